#include "engine/assert.hpp"
#include "http/problem.hpp"
#include "http/server_problem.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace cavea::http {

namespace {

using engine::Rejection;

constexpr std::array<ProblemType, 8> request_problems{{
    {400, "malformed_json", "The body is not valid JSON"},
    {400, "invalid_request", "The request is not valid"},
    {403, "forbidden", "The token's role does not allow this"},
    {415, "unsupported_media_type", "The body must be JSON"},
    {428, "precondition_required", "A change needs an If-Match header with the ETag it rests on"},
    {400, "idempotency_key_missing", "This request needs an Idempotency-Key header"},
    {400, "idempotency_key_invalid", "The Idempotency-Key header cannot be read"},
    {400, "payment_notice_invalid", "This is no notice of the payment provider"},
}};

/// The one place that says how each rejection looks over HTTP. 503 is kept for a node that is not
/// ready and for outcomes that it cannot know; refusals by the state of the sale, which are most,
/// are 409.
unsigned status_of(Rejection rejection) {
  switch (rejection) {
    case Rejection::not_ready:
    case Rejection::outcome_unknown:
      return 503;
    case Rejection::overloaded:
      return 429;
    case Rejection::venue_not_found:
    case Rejection::offering_not_found:
    case Rejection::reservation_not_found:
    case Rejection::waiting_not_found:
    case Rejection::ticket_not_found:
    case Rejection::calendar_not_found:
    case Rejection::dead_letter_not_found:
    case Rejection::webhook_not_found:
      return 404;
    case Rejection::changes_cursor_unknown:
    case Rejection::changes_part_unknown:
      return 400;
    case Rejection::changes_not_kept:
      return 410;
    case Rejection::revision_mismatch:
      return 412;
    case Rejection::idempotency_key_reused:
    case Rejection::definition_not_valid:
    case Rejection::claim_is_empty:
    case Rejection::claim_too_large:
    case Rejection::claim_kind_not_offered:
    case Rejection::place_unknown:
    case Rejection::place_named_twice:
    case Rejection::zone_unknown:
    case Rejection::section_unknown:
    case Rejection::place_not_in_reservation:
    case Rejection::party_too_large:
    case Rejection::ticket_not_valid:
    case Rejection::check_in_nonce_reused:
      return 422;
    default:
      return 409;
  }
}

/// By number, so that a refusal finds its type without a search.
std::array<ProblemType, 256> make_rejection_types() {
  std::array<ProblemType, 256> types{};
  for (const auto rejection : engine::all_rejections()) {
    types[static_cast<std::uint8_t>(rejection)] = {
        status_of(rejection), name_of(rejection), sentence_of(rejection)};
  }
  return types;
}

void add_new(std::vector<KnownProblem>& known, KnownProblem problem) {
  const bool is_known = std::any_of(known.begin(), known.end(), [&](const auto& earlier) {
    return earlier.name == problem.name;
  });
  if (!is_known) known.push_back(problem);
}

}  // namespace

const ProblemType& problem_type(RequestProblem problem) {
  return request_problems.at(static_cast<std::size_t>(problem));
}

const ProblemType& problem_type(Rejection rejection) {
  static const auto types = make_rejection_types();
  const auto& type = types[static_cast<std::uint8_t>(rejection)];
  CAVEA_ASSERT(!type.name.empty());
  return type;
}

std::vector<KnownProblem> known_problems() {
  std::vector<KnownProblem> known;
  for (const auto& type : request_problems) add_new(known, {type.name, type.status});
  for (auto i = 0; i <= static_cast<int>(ServerProblem::internal_error); ++i) {
    const auto problem = static_cast<ServerProblem>(i);
    add_new(known, {name_of(problem), status_of(problem)});
  }
  for (const auto rejection : engine::all_rejections()) {
    const auto& type = problem_type(rejection);
    add_new(known, {type.name, type.status});
  }
  return known;
}

}  // namespace cavea::http
