#include "app/money_text.hpp"

namespace cavea::app {
namespace {

/// More digits than any price has; keeps the sum far from overflow.
constexpr std::size_t digits_max = 15;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

std::optional<std::int64_t> read_amount(std::string_view text, int decimals) {
  const auto point = text.find('.');
  const auto whole = text.substr(0, point);
  const auto part = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (whole.empty() || whole.size() > digits_max) return std::nullopt;
  if (point != std::string_view::npos && part.empty()) return std::nullopt;
  if (part.size() > static_cast<std::size_t>(decimals)) return std::nullopt;
  std::int64_t minor = 0;
  for (const char c : whole) {
    if (!is_digit(c)) return std::nullopt;
    minor = minor * 10 + (c - '0');
  }
  for (int i = 0; i < decimals; ++i) {
    const char c =
        static_cast<std::size_t>(i) < part.size() ? part[static_cast<std::size_t>(i)] : '0';
    if (!is_digit(c)) return std::nullopt;
    minor = minor * 10 + (c - '0');
  }
  return minor;
}

}  // namespace cavea::app
