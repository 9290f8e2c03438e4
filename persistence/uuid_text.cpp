#include "persistence/uuid_text.hpp"

#include <cstddef>

namespace cavea::persistence {

namespace {

constexpr std::size_t text_size = 36;

constexpr bool is_dash_at(std::size_t i) {
  return i == 8 || i == 13 || i == 18 || i == 23;
}

constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

}  // namespace

std::optional<UuidBytes> uuid_bytes(std::string_view text) {
  if (text.size() != text_size) return std::nullopt;

  UuidBytes bytes{};
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text_size; ++i) {
    if (is_dash_at(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const int digit = hex_digit(text[i]);
    if (digit < 0) return std::nullopt;
    auto& byte = bytes[digits / 2];
    byte = static_cast<char>(static_cast<unsigned char>(byte) << 4 | digit);
    ++digits;
  }
  return bytes;
}

std::string uuid_text(std::string_view bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(text_size);
  for (const char c : bytes) {
    if (is_dash_at(text.size())) text.push_back('-');
    const auto value = static_cast<unsigned char>(c);
    text.push_back(digits[value >> 4]);
    text.push_back(digits[value & 15]);
  }
  return text;
}

}  // namespace cavea::persistence
