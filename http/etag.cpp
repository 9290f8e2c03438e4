#include "http/etag.hpp"

#include "http/text.hpp"

#include <charconv>

namespace cavea::http {

std::string make_etag(std::uint64_t number) {
  return '"' + std::to_string(number) + '"';
}

std::optional<std::uint64_t> parse_etag(std::string_view header) {
  header = trimmed(header);
  if (header.size() < 3 || header.front() != '"' || header.back() != '"') return std::nullopt;
  header = header.substr(1, header.size() - 2);
  std::uint64_t number = 0;
  const auto end = header.data() + header.size();
  const auto [stopped_at, problem] = std::from_chars(header.data(), end, number);
  if (problem != std::errc() || stopped_at != end) return std::nullopt;
  return number;
}

bool if_none_match_has(std::string_view header, std::uint64_t number) {
  if (trimmed(header) == "*") return true;
  while (!header.empty()) {
    auto tag = trimmed(take_until(header, ','));
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (parse_etag(tag) == number) return true;
  }
  return false;
}

}  // namespace cavea::http
