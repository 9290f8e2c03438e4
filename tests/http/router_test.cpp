#include "http/router.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::http {
namespace {

Router sample_router() {
  std::vector<Route> routes;
  const auto add = [&](Method method, const char* pattern) {
    routes.push_back({.method = method, .pattern = pattern, .handler = [](Exchange&) {}});
  };
  add(Method::get, "/v1/performances");
  add(Method::post, "/v1/performances");
  add(Method::get, "/v1/performances/{id}");
  add(Method::patch, "/v1/performances/{id}");
  add(Method::delete_, "/v1/performances/{id}");
  add(Method::get, "/v1/performances/{id}/seats");
  add(Method::get, "/v1/performances/{id}/seats/stream");
  add(Method::get, "/v1/reservations/{id}");
  add(Method::get, "/v1/reservations/recent");
  return Router(std::move(routes));
}

/// The pattern that a request leads to; "" when no path fits, "-" when only the method does not.
std::string pattern_of(const Router& router, Method method, std::string_view path) {
  const auto match = router.find(path);
  if (match.by_method == nullptr) return "";
  const auto route = (*match.by_method)[static_cast<std::size_t>(method)];
  return route < 0 ? "-" : router.routes()[static_cast<std::size_t>(route)].pattern;
}

TEST_CASE("A path leads to its route, segment by segment") {
  const auto router = sample_router();

  struct Case {
    Method method;
    const char* path;
    const char* pattern;
  };

  const Case cases[] = {
      {Method::get, "/v1/performances", "/v1/performances"},
      {Method::post, "/v1/performances", "/v1/performances"},
      {Method::put, "/v1/performances", "-"},
      {Method::get, "/v1/performances/hamlet", "/v1/performances/{id}"},
      {Method::patch, "/v1/performances/hamlet", "/v1/performances/{id}"},
      {Method::get, "/v1/performances/hamlet/seats", "/v1/performances/{id}/seats"},
      {Method::get, "/v1/performances/hamlet/seats/stream", "/v1/performances/{id}/seats/stream"},
      {Method::get, "/v1/reservations/recent", "/v1/reservations/recent"},
      {Method::get, "/v1/reservations/other", "/v1/reservations/{id}"},
      {Method::get, "/v1/performances/", ""},
      {Method::get, "/v1/performances/hamlet/", ""},
      {Method::get, "/v1/performances/hamlet/seat", ""},
      {Method::get, "/v1/performances/hamlet/seats/stream/more", ""},
      {Method::get, "/v1//performances", ""},
      {Method::get, "//v1/performances", ""},
      {Method::get, "/v1", ""},
      {Method::get, "/", ""},
      {Method::get, "", ""},
      {Method::get, "v1/performances", ""},
      {Method::get, "/V1/performances", ""},
  };
  for (const auto& [method, path, pattern] : cases) {
    CAPTURE(path);
    CHECK(pattern_of(router, method, path) == pattern);
  }
}

TEST_CASE("Parameters of a path are given by position") {
  const auto router = sample_router();
  const auto match = router.find("/v1/performances/hamlet-2026/seats");
  REQUIRE(match.parameter_count == 1);
  CHECK(match.parameters[0] == "hamlet-2026");
}

TEST_CASE("A path knows which methods it takes") {
  const auto router = sample_router();
  CHECK(router.find("/v1/performances").allow == "GET, HEAD, POST, OPTIONS");
  CHECK(router.find("/v1/performances/x").allow == "GET, HEAD, PATCH, DELETE, OPTIONS");
}

}  // namespace
}  // namespace cavea::http
