#include "http/problem.hpp"

#include "http/json/offering_codec.hpp"
#include "http/json/seat_map_codec.hpp"
#include "http/json/writer.hpp"
#include "http/text.hpp"
#include "http/time_zone.hpp"

#include <string>

namespace cavea::http {

namespace {

using engine::Rejection;

json::Writer begin_problem(
    Response& response, const ProblemType& type, std::string_view request_id) {
  response.status = type.status;
  response.content_type = content_type::problem;
  json::Writer writer(response.body);
  writer.begin_object().key("type");
  writer.place().append("\"/problems/").append(type.name) += '"';
  writer.done();
  writer.key("title").text(type.title).key("status").number(type.status);
  writer.key("instance").text(request_id);
  return writer;
}

/// Which member says where a fault is: see `write_problem`.
std::string_view place_member(std::string_view field) {
  if (field.empty() || field.front() == '/') return "pointer";
  return field.front() == '?' ? "parameter" : "header";
}

void write_faults(json::Writer& writer, const engine::Faults& faults) {
  if (faults.empty()) return;
  writer.key("errors").begin_array();
  for (const auto& fault : faults) {
    std::string_view field = fault.field;
    writer.begin_object().key(place_member(field));
    if (field.starts_with('?')) field.remove_prefix(1);
    // The name of a parameter is what the client sent, UTF-8 or not.
    append_json_string(writer.place(), field);
    writer.done().key("reason").text(fault.reason).end_object();
  }
  writer.end_array();
}

/// Seconds after which the same request may well succeed; 0: it would not.
unsigned retry_after_seconds(Rejection rejection) {
  return engine::is_worth_retrying(rejection) ? 1 : 0;
}

void write_places(
    json::Writer& writer, const engine::Refusal& refusal, const engine::SeatMap& map) {
  if (!refusal.places.empty()) {
    writer.key("places").begin_array();
    for (const auto& place : refusal.places) {
      writer.begin_object().key("seat");
      json::append_label(writer.place(), map, place.place);
      writer.done().key("state").text(name_of(place.state)).end_object();
    }
    writer.end_array();
  }
  if (refusal.alternatives.empty()) return;
  writer.key("alternatives").begin_array();
  for (const auto& selection : refusal.alternatives) {
    writer.begin_array();
    for (const auto place : selection) {
      json::append_label(writer.place(), map, place);
      writer.done();
    }
    writer.end_array();
  }
  writer.end_array();
}

bool carries_available(Rejection rejection) {
  return rejection == Rejection::not_enough_places || rejection == Rejection::person_limit_reached
         || rejection == Rejection::claim_too_large || rejection == Rejection::party_too_large;
}

void write_time(
    json::Writer& writer,
    std::string_view key,
    engine::Timestamp at,
    const engine::DefinitionRef& definition) {
  auto zone = TimeZone::utc();
  if (definition) zone = TimeZone::find(definition->time_zone).value_or(zone);
  writer.key(key);
  auto& out = writer.place();
  out += '"';
  append_time(out, at, zone);
  out += '"';
  writer.done();
}

void write_time(json::Writer& writer, std::string_view key, const engine::Refusal& refusal) {
  if (refusal.at.ms != 0) write_time(writer, key, refusal.at, refusal.definition);
}

/// What the person has at that time.
void write_overlap(json::Writer& writer, const std::optional<engine::Overlap>& overlap) {
  if (!overlap) return;
  const auto& definition = overlap->definition;
  writer.key("overlaps_with").begin_object();
  writer.key("reservation").text(overlap->reservation.str());
  writer.key("offering").text(overlap->offering.view());
  writer.key("kind").text(json::name_of_kind(kind_of(*definition)));
  writer.key("title").text(definition->title);
  write_time(writer, "starts_at", definition->starts_at, definition);
  write_time(writer, "ends_at", definition->ends_at, definition);
  writer.end_object();
}

/// Which item of a reservation over several offerings was refused, and where it stands in the body.
void write_refused_item(json::Writer& writer, const engine::Refusal& refusal) {
  if (!refusal.item) return;
  writer.key("item").number(*refusal.item);
  if (!refusal.faults.empty()) return;
  const engine::Fault fault{
      "/items/" + std::to_string(*refusal.item), std::string(sentence_of(refusal.reason))};
  write_faults(writer, {fault});
}

void write_names(json::Writer& writer, const std::vector<std::string>& names) {
  if (names.empty()) return;
  writer.key("unknown").begin_array();
  for (const auto& name : names) writer.text(name);
  writer.end_array();
}

}  // namespace

void write_problem(
    Response& response,
    RequestProblem problem,
    std::string_view request_id,
    std::string_view detail,
    const engine::Faults& faults) {
  auto writer = begin_problem(response, problem_type(problem), request_id);
  if (!detail.empty()) writer.key("detail").text(detail);
  write_faults(writer, faults);
  writer.end_object();
}

void write_refusal(
    Response& response, const engine::Refusal& refusal, std::string_view request_id) {
  auto writer = begin_problem(response, problem_type(refusal.reason), request_id);
  write_faults(writer, refusal.faults);
  write_refused_item(writer, refusal);
  const auto* performance = refusal.definition ? refusal.definition->performance() : nullptr;
  if (performance != nullptr) write_places(writer, refusal, *performance->seat_map);
  write_names(writer, refusal.unknown_names);
  if (refusal.available && carries_available(refusal.reason)) {
    writer.key("available").number(*refusal.available);
  }
  write_overlap(writer, refusal.overlap);
  if (refusal.reason == Rejection::sale_not_open) write_time(writer, "opens_at", refusal);
  if (refusal.reason == Rejection::hold_has_expired) write_time(writer, "expired_at", refusal);
  const bool says_since = refusal.reason == Rejection::ticket_is_inside
                          || refusal.reason == Rejection::ticket_is_outside;
  if (says_since && refusal.at.ms != 0) write_time(writer, "since", refusal);
  writer.end_object();

  const auto seconds = retry_after_seconds(refusal.reason);
  if (seconds != 0) response.add_header("Retry-After", std::to_string(seconds));
}

void write_gone(
    Response& response,
    std::string_view next,
    const std::optional<engine::Timestamp>& oldest_at,
    std::string_view request_id) {
  auto writer = begin_problem(response, problem_type(Rejection::changes_not_kept), request_id);
  writer.key("detail").text(
      "Go on with the cursor \"next\"; what happened before it is lost to this follower.");
  writer.key("next").text(next);
  if (oldest_at) {
    writer.key("oldest_at");
    auto& out = writer.place();
    out += '"';
    append_time(out, *oldest_at, TimeZone::utc());
    out += '"';
    writer.done();
  }
  writer.end_object();
}

void write_bad_input(Response& response, const json::BadInput& input, std::string_view request_id) {
  switch (input.severity) {
    case json::Severity::malformed:
      return write_problem(response, RequestProblem::malformed_json, request_id, input.detail);
    case json::Severity::shape:
      return write_problem(
          response, RequestProblem::invalid_request, request_id, input.detail, input.faults);
    case json::Severity::meaning:
      break;
  }
  engine::Refusal refusal(Rejection::definition_not_valid);
  refusal.faults = input.faults;
  write_refusal(response, refusal, request_id);
}

void reply_problem(
    Exchange& exchange,
    RequestProblem problem,
    std::string_view detail,
    const engine::Faults& faults) {
  auto response = exchange.make_response(problem_type(problem).status);
  write_problem(response, problem, exchange.request().request_id, detail, faults);
  exchange.reply(std::move(response));
}

void reply_refusal(Exchange& exchange, const engine::Refusal& refusal) {
  auto response = exchange.make_response(problem_type(refusal.reason).status);
  write_refusal(response, refusal, exchange.request().request_id);
  exchange.reply(std::move(response));
}

void reply_gone(
    Exchange& exchange, std::string_view next, const std::optional<engine::Timestamp>& oldest_at) {
  auto response = exchange.make_response(problem_type(Rejection::changes_not_kept).status);
  write_gone(response, next, oldest_at, exchange.request().request_id);
  exchange.reply(std::move(response));
}

void reply_bad_input(Exchange& exchange, const json::BadInput& input) {
  auto response = exchange.make_response(400);
  write_bad_input(response, input, exchange.request().request_id);
  exchange.reply(std::move(response));
}

}  // namespace cavea::http
