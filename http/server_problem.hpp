#pragma once

#include "http/exchange.hpp"

#include <cstdint>
#include <string_view>

namespace cavea::http {

/// What the server itself refuses, before a handler sees the request. The names are problem types
/// and never change.
enum class ServerProblem : std::uint8_t {
  invalid_request = 0,       ///< 400: not HTTP, or a broken escape in the path.
  unauthenticated = 1,       ///< 401
  forbidden = 2,             ///< 403
  route_not_found = 3,       ///< 404
  method_not_allowed = 4,    ///< 405, with `Allow`.
  request_timeout = 5,       ///< 408: the client was too slow.
  body_too_large = 6,        ///< 413
  expectation_failed = 7,    ///< 417
  header_too_large = 8,      ///< 431
  too_many_connections = 9,  ///< 429, with `Retry-After`.
  not_ready = 10,            ///< 503, with `Retry-After`.
  internal_error = 11,       ///< 500: a handler threw; the log says what.
};

[[nodiscard]] std::string_view name_of(ServerProblem problem);

[[nodiscard]] unsigned status_of(ServerProblem problem);

/// Fills `response` with the problem document (RFC 9457): `detail` is one sentence for people.
void fill_problem(
    Response& response,
    ServerProblem problem,
    std::string_view detail,
    std::string_view request_id);

}  // namespace cavea::http
