#include "engine/ids.hpp"

namespace cavea::engine {

namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

int digit_of(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  const auto at = alphabet.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

std::uint64_t stable_hash(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  hash ^= hash >> 33;
  hash *= 0xff51afd7ed558ccdULL;
  hash ^= hash >> 33;
  hash *= 0xc4ceb9fe1a85ec53ULL;
  return hash ^ (hash >> 33);
}

std::optional<ReservationId> ReservationId::from(std::string_view text) {
  if (text.size() != text_length) return std::nullopt;
  // 26 digits of 5 bits are 130 bits: the first digit may only use 3 of its 5.
  if (digit_of(text.front()) > 7) return std::nullopt;

  ReservationId id;
  for (const char c : text) {
    const int digit = digit_of(c);
    if (digit < 0) return std::nullopt;
    id.high = (id.high << 5) | (id.low >> 59);
    id.low = (id.low << 5) | static_cast<std::uint64_t>(digit);
  }
  return id;
}

void ReservationId::write(char* out) const noexcept {
  auto rest_high = high;
  auto rest_low = low;
  for (std::size_t i = text_length; i-- > 0;) {
    out[i] = alphabet[rest_low & 31];
    rest_low = (rest_low >> 5) | (rest_high << 59);
    rest_high >>= 5;
  }
}

}  // namespace cavea::engine
