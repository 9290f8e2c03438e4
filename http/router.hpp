#pragma once

#include "http/exchange.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cavea::http {

/// What a path leads to.
struct RouteMatch {
  /// By method, as positions in `Router::routes()`; -1: the path does not take the method.
  const std::array<std::int32_t, method_count>* by_method = nullptr;  ///< Null: no such path.
  std::string_view allow;  ///< The value of `Allow`: "GET, HEAD, OPTIONS".
  std::array<std::string_view, limits::path_parameters> parameters{};  ///< Still encoded.
  std::size_t parameter_count = 0;
};

/// Finds routes by path, one step a segment. Immutable once built; shared by all threads.
class Router {
 public:
  /// Asserts that patterns are well-formed and no method of a pattern comes twice.
  explicit Router(std::vector<Route> routes);

  [[nodiscard]] const std::vector<Route>& routes() const noexcept { return routes_; }

  /// `path` without the query string. A literal segment wins over a parameter. Does not allocate.
  [[nodiscard]] RouteMatch find(std::string_view path) const noexcept;

 private:
  static constexpr std::uint32_t none = UINT32_MAX;

  struct Node {
    std::vector<std::pair<std::string, std::uint32_t>> literals;
    std::uint32_t parameter = none;
    std::array<std::int32_t, method_count> routes;
    std::string allow;  ///< Empty: no route ends here.
  };

  void add(std::size_t route);
  std::uint32_t child_of(std::uint32_t node, std::string_view segment);
  std::uint32_t make_node();

  std::vector<Route> routes_;
  std::vector<Node> nodes_;
};

}  // namespace cavea::http
