#include "outbound/payment/webhook_signature.hpp"

#include "outbound/payment/limits.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace cavea::outbound::payment {

namespace {

using engine::NoticeFault;

constexpr std::size_t digest_bytes = 32;
using Digest = std::array<unsigned char, digest_bytes>;

/// More than two keys are never in use at once; who sends more only wants us to calculate.
constexpr std::size_t signatures_max = 8;

/// 2100-01-01: a later time could not be calculated with.
constexpr std::int64_t seconds_max = 4'102'444'800;

struct Header {
  std::string_view time_text;
  std::int64_t seconds = 0;
  std::vector<Digest> signatures;
};

int value_of_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::optional<Digest> read_digest(std::string_view hex) {
  if (hex.size() != 2 * digest_bytes) return std::nullopt;
  Digest digest{};
  for (std::size_t i = 0; i < digest_bytes; ++i) {
    const int high = value_of_digit(hex[2 * i]);
    const int low = value_of_digit(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    digest[i] = static_cast<unsigned char>(high * 16 + low);
  }
  return digest;
}

bool read_time(std::string_view text, Header& header) {
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, header.seconds);
  header.time_text = text;
  return error == std::errc() && stop == end && header.seconds >= 0
         && header.seconds <= seconds_max;
}

/// Nothing unless the header has one time and a signature of the scheme that we know.
std::optional<Header> read_header(std::string_view text) {
  if (text.size() > limits::signature_header_bytes) return std::nullopt;
  Header header;
  bool has_time = false;
  while (!text.empty()) {
    const auto part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const auto name = part.substr(0, equals);
    const auto value = part.substr(equals + 1);
    if (name == "t") {
      if (std::exchange(has_time, true) || !read_time(value, header)) return std::nullopt;
    } else if (name == "v1" && header.signatures.size() < signatures_max) {
      const auto digest = read_digest(value);
      if (!digest) return std::nullopt;
      header.signatures.push_back(*digest);
    }
  }
  if (!has_time || header.signatures.empty()) return std::nullopt;
  return header;
}

std::optional<Digest> sign(const Secret& secret, std::string_view message) {
  Digest digest{};
  unsigned int size = 0;
  const auto& key = secret.reveal();
  const auto* done = ::HMAC(
      EVP_sha256(),
      key.data(),
      static_cast<int>(key.size()),
      reinterpret_cast<const unsigned char*>(message.data()),
      message.size(),
      digest.data(),
      &size);
  if (done == nullptr || size != digest_bytes) return std::nullopt;
  return digest;
}

bool is_signed(const Header& header, std::string_view body, const std::vector<Secret>& secrets) {
  std::string message;
  message.reserve(header.time_text.size() + 1 + body.size());
  message.append(header.time_text).append(".").append(body);
  bool fits = false;
  for (const auto& secret : secrets) {
    const auto expected = sign(secret, message);
    if (!expected) continue;
    for (const auto& signature : header.signatures) {
      // In constant time, and through all of them: how long it takes tells nothing.
      fits |= CRYPTO_memcmp(signature.data(), expected->data(), digest_bytes) == 0;
    }
  }
  return fits;
}

}  // namespace

std::optional<NoticeFault> fault_of_signature(
    std::string_view body,
    std::string_view header_text,
    const std::vector<Secret>& secrets,
    engine::Timestamp now) {
  using Kind = NoticeFault::Kind;
  const auto header = read_header(header_text);
  if (!header) {
    return NoticeFault{
        Kind::header_malformed,
        "The signature header must hold one time (t) and at least one signature (v1)."};
  }
  if (!is_signed(*header, body, secrets)) {
    return NoticeFault{Kind::signature_wrong, "No signature fits the body and our secrets."};
  }
  constexpr std::int64_t tolerance_ms = std::chrono::milliseconds(limits::notice_tolerance).count();
  const auto age_ms = now.ms - header->seconds * 1000;
  if (age_ms > tolerance_ms) {
    return NoticeFault{Kind::too_old, "It was signed more than 5 minutes ago."};
  }
  if (age_ms < -tolerance_ms) {
    return NoticeFault{Kind::from_the_future, "It was signed more than 5 minutes from now."};
  }
  return std::nullopt;
}

}  // namespace cavea::outbound::payment
