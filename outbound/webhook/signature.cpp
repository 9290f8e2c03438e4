#include "outbound/webhook/signature.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>

namespace cavea::outbound::webhook {

namespace {

constexpr std::size_t hash_bytes = 32;

std::string to_base64(const std::array<unsigned char, hash_bytes>& bytes) {
  // Four characters for every three bytes, and a zero that OpenSSL puts behind them.
  std::array<unsigned char, (hash_bytes + 2) / 3 * 4 + 1> text{};
  const int size = EVP_EncodeBlock(text.data(), bytes.data(), static_cast<int>(bytes.size()));
  return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(size)};
}

}  // namespace

std::string signature_of(
    std::string_view secret, std::string_view id, engine::Timestamp at, std::string_view body) {
  std::string content(id);
  content.append(".").append(std::to_string(at.ms / 1'000)).append(".").append(body);
  std::array<unsigned char, hash_bytes> hash{};
  unsigned size = 0;
  const auto* made = HMAC(
      EVP_sha256(),
      secret.data(),
      static_cast<int>(secret.size()),
      reinterpret_cast<const unsigned char*>(content.data()),
      content.size(),
      hash.data(),
      &size);
  if (made == nullptr || size != hash.size()) throw std::runtime_error("HMAC-SHA256 failed");
  return "v1," + to_base64(hash);
}

}  // namespace cavea::outbound::webhook
