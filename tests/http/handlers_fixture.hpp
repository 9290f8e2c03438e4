#pragma once

#include "http/exchange.hpp"
#include "http/handlers/handler_context.hpp"
#include "http/openapi.hpp"
#include "tests/http/fake_exchange.hpp"
#include "tests/http/samples.hpp"
#include "tests/support/openapi_checker.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <string_view>

namespace cavea::http {

/// What the handlers that `run` runs have.
inline HandlerContext& handler_context() {
  static const auto key = tickets::TicketKey::from(tickets::make_private_key().value());
  static HandlerContext context{
      .version = "1.2.3", .ticket_key = &key.value(), .languages = {"en", "ko"}};
  return context;
}

/// Runs the handler of a route.
inline void run(FakeExchange& exchange, std::string_view pattern) {
  static const auto routes = api_routes(handler_context());
  for (const auto& route : routes) {
    if (route.method == exchange.request().method && route.pattern == pattern) {
      return route.handler(exchange);
    }
  }
  throw std::logic_error("there is no such route");
}

/// Holds the answer against the OpenAPI document.
inline void check_documented(const FakeExchange& exchange) {
  static const test::OpenApiChecker checker(openapi_document("1.2.3"));
  REQUIRE(exchange.is_answered());
  const auto& response = exchange.response();
  const auto faults = checker.faults(
      {.method = std::string(name_of(exchange.request().method)),
       .path = std::string(exchange.request().path),
       .status = static_cast<int>(response.status),
       .content_type = std::string(response.content_type),
       .body = response.body});
  CAPTURE(response.body);
  for (const auto& fault : faults) FAIL_CHECK(fault);
}

/// The problem, after a look whether it is documented: "409 places_taken".
inline std::string problem_of(const FakeExchange& exchange) {
  check_documented(exchange);
  return std::to_string(exchange.response().status) + " " + exchange.problem();
}

}  // namespace cavea::http
