#include "simulator/webhook_signature.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

namespace cavea::simulator {

std::string sign_webhook(std::string_view body, std::string_view secret, std::int64_t seconds) {
  std::string message = fmt::format("{}.", seconds);
  message += body;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  ::HMAC(
      EVP_sha256(),
      secret.data(),
      static_cast<int>(secret.size()),
      reinterpret_cast<const unsigned char*>(message.data()),
      message.size(),
      digest.data(),
      &size);
  std::string header = fmt::format("t={},v1=", seconds);
  constexpr std::string_view digits = "0123456789abcdef";
  for (std::size_t i = 0; i < size; ++i) {
    header += digits[digest[i] >> 4];
    header += digits[digest[i] & 15];
  }
  return header;
}

}  // namespace cavea::simulator
