#include "simulator/payment.hpp"

#include <algorithm>
#include <charconv>

namespace cavea::simulator {

namespace {

constexpr std::string_view payment_prefix = "pi_";
constexpr std::size_t run_digits = 6;
constexpr std::size_t number_digits = 10;

void append_hex(std::string& out, std::uint64_t number, std::size_t digits) {
  constexpr std::string_view alphabet = "0123456789abcdef";
  const auto begin = out.size();
  out.append(digits, '0');
  for (std::size_t i = digits; i-- > 0; number >>= 4) out[begin + i] = alphabet[number & 15];
}

/// The finalizer of SplitMix64 (https://prng.di.unimi.it/splitmix64.c): what cannot be guessed
/// without the seed is good enough for money that is none.
std::uint64_t scrambled(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

}  // namespace

std::string_view Payment::script() const {
  const auto found = std::find_if(metadata.begin(), metadata.end(), [](const auto& entry) {
    return entry.first == "simulate";
  });
  return found == metadata.end() ? std::string_view() : std::string_view(found->second);
}

Names::Names(std::uint64_t seed) : seed_(scrambled(seed)) {
  append_hex(run_, scrambled(seed_), run_digits);
}

std::string Names::make(std::string_view prefix, std::uint64_t number) const {
  std::string id;
  id.reserve(48);
  id.append(prefix).append(run_);
  append_hex(id, number, number_digits);
  return id;
}

std::string Names::payment(std::uint64_t number) const {
  return make(payment_prefix, number);
}

std::string Names::client_secret(std::uint64_t number) const {
  auto secret = payment(number);
  secret += "_secret_";
  append_hex(secret, scrambled(seed_ ^ number), 16);
  return secret;
}

std::string Names::charge(std::uint64_t number, std::uint32_t attempt) const {
  auto id = make("ch_", number);
  append_hex(id, attempt, 4);
  return id;
}

std::string Names::refund(std::uint64_t number, std::uint32_t index) const {
  auto id = make("re_", number);
  append_hex(id, index, 4);
  return id;
}

std::string Names::event(std::uint64_t number) const {
  return make("evt_", number);
}

std::string Names::request(std::uint64_t number) const {
  return make("req_", number);
}

std::uint64_t Names::number_of_payment(std::string_view id) const {
  if (id.size() != payment_prefix.size() + run_digits + number_digits) return 0;
  if (!id.starts_with(payment_prefix)) return 0;
  if (id.substr(payment_prefix.size(), run_digits) != run_) return 0;
  const auto digits = id.substr(payment_prefix.size() + run_digits);
  std::uint64_t number = 0;
  const auto* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number, 16);
  return error == std::errc() && stop == end ? number : 0;
}

}  // namespace cavea::simulator
