#include "http/random_bytes.hpp"

#include "engine/assert.hpp"

#include <string_view>

#include <sys/random.h>

namespace cavea::http {

std::string random_bytes(std::size_t count) {
  // The system gives up to 256 bytes at once and whole.
  CAVEA_ASSERT(count <= 256);
  std::string bytes(count, '\0');
  CAVEA_ASSERT(::getrandom(bytes.data(), count, 0) == static_cast<ssize_t>(count));
  return bytes;
}

std::string random_hex(std::size_t bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : random_bytes(bytes)) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

}  // namespace cavea::http
