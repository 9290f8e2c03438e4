#include "engine/email_address.hpp"

#include <algorithm>

namespace cavea::engine {

namespace {

bool is_alphanumeric(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// `atext` of RFC 5322, 3.2.3.
bool is_atext(char c) noexcept {
  constexpr std::string_view others = "!#$%&'*+-/=?^_`{|}~";
  return is_alphanumeric(c) || others.find(c) != std::string_view::npos;
}

/// A label of a host name (RFC 1123, 2.1).
bool is_host_label(std::string_view label) noexcept {
  constexpr std::size_t label_max = 63;
  if (label.empty() || label.size() > label_max) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  return std::all_of(
      label.begin(), label.end(), [](char c) { return is_alphanumeric(c) || c == '-'; });
}

/// Calls `check` with the parts between the dots; whether it likes all of them.
template <class Check>
bool all_parts(std::string_view text, Check check) noexcept {
  for (;;) {
    const auto dot = text.find('.');
    if (!check(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool is_atom(std::string_view part) noexcept {
  return !part.empty() && std::all_of(part.begin(), part.end(), is_atext);
}

}  // namespace

bool is_email_address(std::string_view text) noexcept {
  constexpr std::size_t address_max = 254;
  constexpr std::size_t local_max = 64;
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || at > local_max || text.size() > address_max) return false;
  const auto host = text.substr(at + 1);
  return host.find('.') != std::string_view::npos && all_parts(text.substr(0, at), is_atom)
         && all_parts(host, is_host_label);
}

}  // namespace cavea::engine
