#include "http/handlers/request_input.hpp"

#include "http/etag.hpp"
#include "http/idempotency.hpp"
#include "http/json/object_reader.hpp"
#include "http/problem.hpp"
#include "http/text.hpp"

#include <limits>
#include <span>
#include <string>
#include <utility>

namespace cavea::http {

namespace {

constexpr std::string_view key_header = "Idempotency-Key";

bool is_json_type(std::string_view header) {
  const auto type = trimmed(take_until(header, ';'));
  return type.empty() || equal_ignoring_case(type, "application/json")
         || equal_ignoring_case(type, "application/merge-patch+json");
}

/// The part of the path that names a thing; answers with `missing` when it cannot be a name.
template <class Id>
std::optional<Id> id_in_path(Exchange& exchange, engine::Rejection missing) {
  auto id = Id::from(exchange.request().path_parameters[0]);
  if (!id) reply_refusal(exchange, missing);
  return id;
}

}  // namespace

bool check_idempotency(Exchange& exchange, KeyNeed need) {
  const auto header = exchange.request().header(key_header);
  if (header.empty()) {
    if (need == KeyNeed::optional) return true;
    reply_problem(
        exchange,
        RequestProblem::idempotency_key_missing,
        "Send a key of your choice, the same one when you repeat the request.");
    return false;
  }
  if (parse_idempotency_key(header)) return true;
  reply_problem(
      exchange,
      RequestProblem::idempotency_key_invalid,
      "It must be a string in quotes, or visible ASCII, of 1 to 255 bytes.");
  return false;
}

std::optional<engine::IdempotencyKey> idempotency_of(const Request& request) {
  const auto header = request.header(key_header);
  if (header.empty() || request.principal == nullptr) return std::nullopt;
  auto key = parse_idempotency_key(header);
  if (!key) return std::nullopt;
  return engine::IdempotencyKey{
      .caller = request.principal->user,
      .key = std::move(*key),
      .fingerprint = fingerprint_of(request.method, request.path, request.body)};
}

bool check_content_type(Exchange& exchange) {
  const auto encoding = trimmed(exchange.request().header("Content-Encoding"));
  if (!encoding.empty() && !equal_ignoring_case(encoding, "identity")) {
    reply_problem(
        exchange,
        RequestProblem::unsupported_media_type,
        "Send the body as it is, without Content-Encoding.");
    return false;
  }
  if (is_json_type(exchange.request().header("Content-Type"))) return true;
  reply_problem(
      exchange,
      RequestProblem::unsupported_media_type,
      "Send Content-Type: application/json (or application/merge-patch+json with PATCH).");
  return false;
}

std::optional<json::Json> read_body(Exchange& exchange) {
  if (!check_content_type(exchange)) return std::nullopt;
  auto document = json::parse_document(exchange.request().body);
  if (document) return std::move(document).value();
  reply_bad_input(exchange, document.error());
  return std::nullopt;
}

bool check_no_body(Exchange& exchange) {
  if (exchange.request().body.empty()) return true;
  const auto body = read_body(exchange);
  if (!body) return false;
  json::Findings findings;
  json::ObjectReader(*body, json::Path::root(), findings)
      .allow_only(std::span<const std::string_view>());
  if (!findings.any()) return true;
  reply_bad_input(exchange, findings.take());
  return false;
}

std::optional<engine::Revision> require_if_match(Exchange& exchange) {
  const auto header = exchange.request().header("If-Match");
  if (header.empty()) {
    reply_problem(exchange, RequestProblem::precondition_required);
    return std::nullopt;
  }
  // If-Match compares strongly (RFC 9110, 13.1.1), so a weak tag of ours matches nothing. Proxies
  // that compress answers make such tags: their clients sent no bad request.
  const auto tag = trimmed(header);
  if (tag.starts_with("W/") && parse_etag(tag.substr(2))) {
    reply_refusal(exchange, engine::Rejection::revision_mismatch);
    return std::nullopt;
  }
  const auto number = parse_etag(tag);
  if (!number || *number == 0 || *number > std::numeric_limits<std::uint32_t>::max()) {
    const engine::Faults faults{{"If-Match", "must be one ETag as it was given, as \"3\""}};
    reply_problem(exchange, RequestProblem::invalid_request, {}, faults);
    return std::nullopt;
  }
  return engine::Revision{static_cast<std::uint32_t>(*number)};
}

std::optional<engine::OfferingId> offering_in_path(Exchange& exchange) {
  return id_in_path<engine::OfferingId>(exchange, engine::Rejection::offering_not_found);
}

std::optional<engine::VenueId> venue_in_path(Exchange& exchange) {
  return id_in_path<engine::VenueId>(exchange, engine::Rejection::venue_not_found);
}

std::optional<engine::VenueId> new_venue_in_path(Exchange& exchange) {
  auto id = engine::VenueId::from(exchange.request().path_parameters[0]);
  if (!id) {
    const engine::Faults faults{{"?id", std::string(json::name_words)}};
    reply_problem(exchange, RequestProblem::invalid_request, {}, faults);
  }
  return id;
}

std::optional<engine::ReservationId> reservation_in_path(Exchange& exchange) {
  return id_in_path<engine::ReservationId>(exchange, engine::Rejection::reservation_not_found);
}

std::optional<engine::WaitingId> waiting_in_path(Exchange& exchange) {
  return id_in_path<engine::WaitingId>(exchange, engine::Rejection::waiting_not_found);
}

bool wants_stream(const Request& request) {
  auto accept = request.header("Accept");
  while (!accept.empty()) {
    auto choice = take_until(accept, ',');
    if (equal_ignoring_case(trimmed(take_until(choice, ';')), "text/event-stream")) return true;
  }
  return false;
}

std::string viewer_of(const Request& request) {
  return request.principal->is_admin() ? std::string() : request.principal->user;
}

}  // namespace cavea::http
