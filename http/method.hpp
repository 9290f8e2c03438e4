#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cavea::http {

/// The methods that routes answer. A `HEAD` request runs the route of `GET` and its body is
/// dropped; `OPTIONS` is answered by the server itself.
enum class Method : std::uint8_t { get = 0, post = 1, put = 2, patch = 3, delete_ = 4 };

inline constexpr std::size_t method_count = 5;

/// As it is written in a request line: "GET".
[[nodiscard]] constexpr std::string_view name_of(Method method) noexcept {
  constexpr std::array<std::string_view, method_count> names{
      "GET", "POST", "PUT", "PATCH", "DELETE"};
  return names[static_cast<std::size_t>(method)];
}

/// Nothing for methods that no route answers (`HEAD` and `OPTIONS` among them).
[[nodiscard]] constexpr std::optional<Method> method_from(std::string_view name) noexcept {
  for (std::size_t i = 0; i < method_count; ++i) {
    if (name == name_of(static_cast<Method>(i))) return static_cast<Method>(i);
  }
  return std::nullopt;
}

}  // namespace cavea::http
