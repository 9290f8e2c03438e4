#pragma once

#include "engine/definition.hpp"
#include "engine/rejection.hpp"
#include "http/exchange.hpp"
#include "http/json/findings.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

// Problem documents (RFC 9457): every answer that is no success.

namespace cavea::http {

/// What a handler refuses before the engine is asked. What the server refuses before a handler is
/// asked is a `ServerProblem`, everything after it an `engine::Rejection`.
enum class RequestProblem : std::uint8_t {
  malformed_json = 0,
  invalid_request = 1,
  forbidden = 2,
  unsupported_media_type = 3,
  precondition_required = 4,
  idempotency_key_missing = 5,
  idempotency_key_invalid = 6,
  payment_notice_invalid = 7,
};

/// The constant part of a problem: its `type` is `/problems/<name>` and never changes.
struct ProblemType {
  unsigned status = 500;
  std::string_view name;
  std::string_view title;
};

[[nodiscard]] const ProblemType& problem_type(RequestProblem problem);
[[nodiscard]] const ProblemType& problem_type(engine::Rejection rejection);

/// A problem that any answer of this node may be.
struct KnownProblem {
  std::string_view name;
  unsigned status = 500;
};

/// All of them, those of the server and the engine too; each name once.
[[nodiscard]] std::vector<KnownProblem> known_problems();

/// Makes `response` the problem. `detail` is one sentence about this case, empty: none. A field of
/// `faults` that begins with `/` or is empty is a JSON pointer into the body; `?limit` is a
/// parameter of the query or the path, `If-Match` (anything else) a header.
void write_problem(
    Response& response,
    RequestProblem problem,
    std::string_view request_id,
    std::string_view detail = {},
    const engine::Faults& faults = {});

/// Makes `response` the answer to a refusal, with the places, alternatives and numbers it carries.
void write_refusal(Response& response, const engine::Refusal& refusal, std::string_view request_id);

/// Makes `response` the answer to a cursor of changes that are not kept any more: 410, with the
/// cursor that leads to all that are, and when the oldest of those happened.
void write_gone(
    Response& response,
    std::string_view next,
    const std::optional<engine::Timestamp>& oldest_at,
    std::string_view request_id);

/// Makes `response` the answer to a body that could not be read.
void write_bad_input(Response& response, const json::BadInput& input, std::string_view request_id);

/// Answers `exchange` with the problem.
void reply_problem(
    Exchange& exchange,
    RequestProblem problem,
    std::string_view detail = {},
    const engine::Faults& faults = {});
void reply_refusal(Exchange& exchange, const engine::Refusal& refusal);
void reply_gone(
    Exchange& exchange, std::string_view next, const std::optional<engine::Timestamp>& oldest_at);
void reply_bad_input(Exchange& exchange, const json::BadInput& input);

}  // namespace cavea::http
