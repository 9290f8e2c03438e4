#include "http/handlers/venue_handlers.hpp"

#include "http/cursor.hpp"
#include "http/etag.hpp"
#include "http/handlers/answers.hpp"
#include "http/handlers/list_input.hpp"
#include "http/handlers/request_input.hpp"
#include "http/json/venue_codec.hpp"

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace cavea::http {

namespace {

using engine::Answer;

void list_venues(Exchange& exchange) {
  ParameterReader parameters(exchange.request(), {"limit", "cursor"});
  engine::ListVenues list;
  list.limit = parameters.limit();
  list.after = parameters.cursor(decode_venue_cursor);
  if (!parameters.finish(exchange)) return;
  exchange.query(std::move(list), [](Exchange& asked, Answer&& answer) {
    const auto* page = answer_as<engine::VenuePage>(asked, answer);
    if (page == nullptr) return;
    auto response = asked.make_response(200);
    append_page(
        response.body,
        page->venues,
        page->next ? encode_cursor(list_mark_of(asked.request()), *page->next) : std::string(),
        [](std::string& out, const auto& view) { json::append_venue_summary(out, view.venue); });
    asked.reply(std::move(response));
  });
}

void get_venue(Exchange& exchange) {
  const auto id = venue_in_path(exchange);
  if (!id) return;
  exchange.query(engine::GetVenue{*id}, [](Exchange& asked, Answer&& answer) {
    const auto* view = answer_as<engine::VenueView>(asked, answer);
    if (view == nullptr) return;
    const auto revision = view->venue.revision.value;
    if (!if_none_match_has(asked.request().header("If-None-Match"), revision)) {
      return reply_venue(asked, 200, *view);
    }
    auto response = asked.make_response(304);
    response.content_type = {};
    response.add_header("ETag", make_etag(revision));
    asked.reply(std::move(response));
  });
}

void submit_to_venue(
    Exchange& exchange,
    const engine::VenueId& id,
    engine::VenueCommand command,
    Continuation then) {
  engine::VenueRequest request{.venue = id, .command = std::move(command)};
  exchange.submit({std::move(request), idempotency_of(exchange.request())}, std::move(then));
}

void reply_view(Exchange& exchange, Answer& answer, unsigned status) {
  const auto* view = answer_as<engine::VenueView>(exchange, answer);
  if (view != nullptr) reply_venue(exchange, status, *view);
}

void reply_wrong_id(Exchange& exchange, std::string reason) {
  const engine::Faults faults{{"/id", std::move(reason)}};
  reply_problem(exchange, RequestProblem::invalid_request, {}, faults);
}

/// The id was used. Where the venue is there now, the request lacked a precondition that would say
/// which revision it wants to change, or had one that it must not be there.
void explain_used_id(Exchange& exchange, const engine::VenueId& id) {
  if (!exchange.request().header("If-None-Match").empty()) {
    return reply_refusal(exchange, engine::Rejection::revision_mismatch);
  }
  exchange.query(engine::GetVenue{id}, [](Exchange& asked, Answer&& answer) {
    if (std::holds_alternative<engine::VenueView>(answer)) {
      return reply_problem(asked, RequestProblem::precondition_required);
    }
    reply_refusal(asked, engine::Rejection::id_used);
  });
}

void create_at(Exchange& exchange, const engine::VenueId& id, engine::VenueDefinition definition) {
  submit_to_venue(
      exchange,
      id,
      engine::CreateVenue{std::move(definition)},
      [id](Exchange& asked, Answer&& answer) {
        const auto* refusal = std::get_if<engine::Refusal>(&answer);
        const bool is_used = refusal != nullptr && refusal->reason == engine::Rejection::id_used;
        if (is_used) return explain_used_id(asked, id);
        reply_view(asked, answer, 201);
      });
}

void post_venue(Exchange& exchange) {
  if (!check_idempotency(exchange, KeyNeed::optional)) return;
  const auto body = read_body(exchange);
  if (!body) return;
  auto input = json::read_venue(*body);
  if (!input) return reply_bad_input(exchange, input.error());
  if (!input->id) return reply_wrong_id(exchange, "is required");
  submit_to_venue(
      exchange,
      *input->id,
      engine::CreateVenue{std::move(input->definition)},
      [](Exchange& asked, Answer&& answer) { reply_view(asked, answer, 201); });
}

void put_venue(Exchange& exchange) {
  const auto id = new_venue_in_path(exchange);
  if (!id || !check_idempotency(exchange, KeyNeed::optional)) return;
  std::optional<engine::Revision> expected;
  if (!exchange.request().header("If-Match").empty()) {
    expected = require_if_match(exchange);
    if (!expected) return;
  }
  const auto body = read_body(exchange);
  if (!body) return;
  auto input = json::read_venue(*body);
  if (!input) return reply_bad_input(exchange, input.error());
  if (input->id && *input->id != *id) return reply_wrong_id(exchange, "must be the id in the path");
  if (!expected) return create_at(exchange, *id, std::move(input->definition));
  submit_to_venue(
      exchange,
      *id,
      engine::ChangeVenue{
          .definition = std::move(input->definition), .expected_revision = *expected},
      [](Exchange& asked, Answer&& answer) { reply_view(asked, answer, 200); });
}

void delete_venue(Exchange& exchange) {
  const auto id = venue_in_path(exchange);
  if (!id || !check_idempotency(exchange, KeyNeed::optional)) return;
  const auto revision = require_if_match(exchange);
  if (!revision) return;
  submit_to_venue(
      exchange, *id, engine::DeleteVenue{*revision}, [](Exchange& asked, Answer&& answer) {
        reply_done(asked, answer);
      });
}

}  // namespace

void add_venue_routes(std::vector<Route>& routes) {
  const std::string all = "/v1/venues";
  const auto one = all + "/{id}";
  const auto add = [&](Method method,
                       const std::string& pattern,
                       Access access,
                       std::size_t body_bytes_max,
                       void (*handler)(Exchange&)) {
    routes.push_back(
        {.method = method,
         .pattern = pattern,
         .access = access,
         .body_bytes_max = body_bytes_max,
         .handler = handler});
  };
  constexpr auto small = limits::body_bytes_default;
  constexpr auto with_map = limits::body_bytes_seat_map;
  add(Method::get, all, Access::anyone, small, list_venues);
  add(Method::get, one, Access::anyone, small, get_venue);
  add(Method::post, all, Access::admin, with_map, post_venue);
  add(Method::put, one, Access::admin, with_map, put_venue);
  add(Method::delete_, one, Access::admin, small, delete_venue);
}

}  // namespace cavea::http
