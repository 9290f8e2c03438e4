#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// Small things about text that the whole room needs.

namespace cavea::http {

[[nodiscard]] constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Compares ASCII text as field names are compared.
[[nodiscard]] constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}

/// Without spaces and tabs at both ends.
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Takes the part before `separator` off `rest` (all of it when there is none).
[[nodiscard]] constexpr std::string_view take_until(
    std::string_view& rest, char separator) noexcept {
  const auto end = rest.find(separator);
  const auto part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return part;
}

[[nodiscard]] constexpr int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Undoes percent-encoding (RFC 3986, 2.1); `plus_is_space` as in query strings. Appends to `out`.
/// False when an escape is broken or stands for a control character.
[[nodiscard]] bool percent_decode(std::string_view text, bool plus_is_space, std::string& out);

/// Whether all of it is UTF-8 (RFC 3629).
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// Appends `text` as a JSON string with its quotes (RFC 8259, 7). Bytes that are not UTF-8 become
/// U+FFFD, so that the document stays valid whatever a client sent.
void append_json_string(std::string& out, std::string_view text);

void append_number(std::string& out, std::size_t number);

}  // namespace cavea::http
