#include "bench/load/reservation_requests.hpp"

#include <fmt/format.h>

#include <array>

namespace cavea::bench {
namespace {

/// A 64-bit number in hexadecimal, always as long, so that all requests are equally large.
std::array<char, 16> key_text(std::uint64_t number) {
  std::array<char, 16> text{};
  for (std::size_t i = text.size(); i-- > 0; number >>= 4) {
    text[i] = "0123456789abcdef"[number & 15];
  }
  return text;
}

}  // namespace

ReservationRequests::Claim::Claim(std::string_view body)
    : bytes_(fmt::format(
        "\"\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
        body.size(),
        body)) {}

ReservationRequests::ReservationRequests(
    const Sender& sender, const std::vector<std::string>& tokens) {
  for (const auto& token : tokens) {
    heads_.push_back(fmt::format(
        "POST /v1/reservations HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n"
        "Idempotency-Key: \"{}-",
        sender.host,
        token,
        sender.run_id));
  }
}

void ReservationRequests::write(
    std::string& out, std::uint64_t user, std::uint64_t number, const Claim& claim) const {
  const auto key = key_text(number);
  out.assign(heads_[user % heads_.size()]);
  out.append(key.data(), key.size());
  out.append(claim.bytes());
}

}  // namespace cavea::bench
