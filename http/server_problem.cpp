#include "http/server_problem.hpp"

#include "http/text.hpp"

#include <array>

namespace cavea::http {

namespace {

struct Description {
  std::string_view name;
  std::string_view title;
  unsigned status;
};

// In the order of the enum.
constexpr std::array<Description, 12> descriptions{{
    {"invalid_request", "The request is not valid", 400},
    {"unauthenticated", "A valid token is needed", 401},
    {"forbidden", "The token's role does not allow this", 403},
    {"route_not_found", "There is nothing at this address", 404},
    {"method_not_allowed", "This address does not take that method", 405},
    {"request_timeout", "The request took too long to arrive", 408},
    {"body_too_large", "The body is too large", 413},
    {"expectation_failed", "The expectation cannot be met", 417},
    {"header_too_large", "The header is too large", 431},
    {"too_many_connections", "Too many connections are open", 429},
    {"not_ready", "This node is not ready", 503},
    {"internal_error", "Something went wrong on our side", 500},
}};

const Description& describe(ServerProblem problem) {
  return descriptions[static_cast<std::size_t>(problem)];
}

}  // namespace

std::string_view name_of(ServerProblem problem) {
  return describe(problem).name;
}

unsigned status_of(ServerProblem problem) {
  return describe(problem).status;
}

void fill_problem(
    Response& response,
    ServerProblem problem,
    std::string_view detail,
    std::string_view request_id) {
  const auto& description = describe(problem);
  response.status = description.status;
  response.content_type = content_type::problem;
  auto& body = response.body;
  body.assign("{\"type\":\"/problems/").append(description.name).append("\",\"title\":");
  append_json_string(body, description.title);
  body.append(",\"status\":");
  append_number(body, description.status);
  body.append(",\"detail\":");
  append_json_string(body, detail);
  body.append(",\"instance\":");
  append_json_string(body, request_id);
  body.push_back('}');
  if (problem == ServerProblem::unauthenticated) response.add_header("WWW-Authenticate", "Bearer");
  if (description.status == 429 || description.status == 503) {
    response.add_header("Retry-After", "1");
  }
}

}  // namespace cavea::http
