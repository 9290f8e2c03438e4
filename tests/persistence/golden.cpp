#include "golden.hpp"

#include <doctest/doctest.h>

#include <cctype>
#include <fstream>
#include <iterator>

namespace cavea::test {

std::string golden(std::string_view name) {
  const auto path =
      std::string(CAVEA_SOURCE_DIR) + "/tests/persistence/golden/" + std::string(name) + ".hex";
  std::ifstream file(path);
  std::string bytes;
  std::string digits;
  for (auto at = std::istreambuf_iterator<char>(file); at != std::istreambuf_iterator<char>();
       ++at) {
    if (std::isxdigit(static_cast<unsigned char>(*at)) == 0) continue;
    digits.push_back(*at);
    if (digits.size() < 2) continue;
    bytes.push_back(static_cast<char>(std::stoi(digits, nullptr, 16)));
    digits.clear();
  }
  return bytes;
}

std::string hex(std::string_view bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto value = static_cast<unsigned char>(bytes[i]);
    text.push_back(digits[value >> 4]);
    text.push_back(digits[value & 15]);
    if (i % 32 == 31 || i + 1 == bytes.size()) text.push_back('\n');
  }
  return text;
}

void expect_golden(std::string_view name, std::string_view bytes) {
  INFO("golden file " << std::string(name) << ", encoded now:\n" << hex(bytes));
  CHECK(golden(name) == bytes);
}

}  // namespace cavea::test
