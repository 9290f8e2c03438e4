#include "http/router.hpp"

#include "engine/assert.hpp"
#include "http/text.hpp"

namespace cavea::http {

namespace {

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

std::string allow_of(const std::array<std::int32_t, method_count>& routes) {
  std::string allow;
  for (std::size_t i = 0; i < method_count; ++i) {
    if (routes[i] < 0) continue;
    allow.append(name_of(static_cast<Method>(i))).append(", ");
    if (static_cast<Method>(i) == Method::get) allow.append("HEAD, ");
  }
  return allow.append("OPTIONS");
}

}  // namespace

Router::Router(std::vector<Route> routes) : routes_(std::move(routes)) {
  make_node();
  for (std::size_t i = 0; i < routes_.size(); ++i) add(i);
}

std::uint32_t Router::make_node() {
  nodes_.emplace_back().routes.fill(-1);
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

std::uint32_t Router::child_of(std::uint32_t node, std::string_view segment) {
  if (is_parameter(segment)) {
    if (nodes_[node].parameter == none) {
      const auto made = make_node();
      nodes_[node].parameter = made;
    }
    return nodes_[node].parameter;
  }
  for (const auto& [literal, child] : nodes_[node].literals) {
    if (literal == segment) return child;
  }
  const auto made = make_node();
  nodes_[node].literals.emplace_back(segment, made);
  return made;
}

void Router::add(std::size_t route) {
  const auto& added = routes_[route];
  CAVEA_ASSERT(!added.pattern.empty() && added.pattern.front() == '/');
  std::string_view rest = std::string_view(added.pattern).substr(1);
  std::uint32_t node = 0;
  std::size_t parameters = 0;
  while (!rest.empty()) {
    const auto segment = take_until(rest, '/');
    if (is_parameter(segment)) ++parameters;
    node = child_of(node, segment);
  }
  CAVEA_ASSERT(parameters <= limits::path_parameters);
  auto& slot = nodes_[node].routes[static_cast<std::size_t>(added.method)];
  CAVEA_ASSERT(slot < 0);
  slot = static_cast<std::int32_t>(route);
  nodes_[node].allow = allow_of(nodes_[node].routes);
}

RouteMatch Router::find(std::string_view path) const noexcept {
  RouteMatch match;
  if (path.empty() || path.front() != '/') return match;

  std::string_view rest = path.substr(1);
  const Node* node = &nodes_.front();
  bool more = !rest.empty();
  while (more) {
    more = rest.find('/') != std::string_view::npos;
    const auto segment = take_until(rest, '/');
    std::uint32_t next = none;
    for (const auto& [literal, child] : node->literals) {
      if (literal == segment) next = child;
    }
    if (next == none) {
      next = node->parameter;
      if (next == none || segment.empty()) return match;
      match.parameters[match.parameter_count++] = segment;
    }
    node = &nodes_[next];
  }
  if (node->allow.empty()) return match;
  match.by_method = &node->routes;
  match.allow = node->allow;
  return match;
}

}  // namespace cavea::http
