#include "http/exchange.hpp"

#include "http/text.hpp"

namespace cavea::http {

std::string_view name_of(Role role) {
  switch (role) {
    case Role::user:
      return "user";
    case Role::admin:
      return "admin";
    case Role::door:
      return "door";
  }
  return {};
}

std::optional<Role> role_from(std::string_view name) {
  for (const auto role : {Role::user, Role::admin, Role::door}) {
    if (name == name_of(role)) return role;
  }
  return std::nullopt;
}

std::string_view Request::header(std::string_view name) const noexcept {
  for (const auto& field : headers) {
    if (equal_ignoring_case(field.name, name)) return field.value;
  }
  return {};
}

std::optional<std::string_view> Request::parameter(std::string_view name) const noexcept {
  for (const auto& parameter : query) {
    if (parameter.name == name) return parameter.value;
  }
  return std::nullopt;
}

void Response::add_header(std::string_view name, std::string_view value) {
  header_lines.append(name).append(": ");
  for (const char c : value) {
    if (c != '\r' && c != '\n' && c != '\0') header_lines.push_back(c);
  }
  header_lines.append("\r\n");
}

std::string_view Response::header(std::string_view name) const noexcept {
  std::string_view rest = header_lines;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find("\r\n"));
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && equal_ignoring_case(line.substr(0, colon), name)) {
      return line.substr(colon + 2);
    }
    rest.remove_prefix(line.size() + 2);
  }
  return {};
}

}  // namespace cavea::http
