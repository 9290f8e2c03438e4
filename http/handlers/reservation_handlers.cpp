#include "http/handlers/reservation_handlers.hpp"

#include "http/cursor.hpp"
#include "http/handlers/answers.hpp"
#include "http/handlers/list_input.hpp"
#include "http/handlers/request_input.hpp"
#include "http/handlers/reservation_create.hpp"
#include "http/json/reservation_codec.hpp"

#include <string>
#include <utility>

namespace cavea::http {

namespace {

using engine::Answer;

void reply_as_it_is(Exchange& exchange, Answer&& answer) {
  const auto* view = answer_as<engine::ReservationView>(exchange, answer);
  if (view != nullptr) reply_reservation(exchange, 200, *view);
}

void get_reservation(Exchange& exchange) {
  const auto id = reservation_in_path(exchange);
  if (!id) return;
  engine::GetReservation query{.id = *id, .viewer = viewer_of(exchange.request())};
  exchange.query(std::move(query), &reply_as_it_is);
}

void reply_reservations(Exchange& exchange, Answer&& answer) {
  const auto* page = answer_as<engine::ReservationPage>(exchange, answer);
  if (page == nullptr) return;
  auto response = exchange.make_response(200);
  response.add_header("Cache-Control", "no-store");
  append_page(
      response.body,
      page->reservations,
      page->next ? encode_cursor(list_mark_of(exchange.request()), *page->next) : std::string(),
      [viewer = viewer_in(exchange)](std::string& out, const auto& view) {
        json::append_reservation(out, view, viewer);
      });
  exchange.reply(std::move(response));
}

void list_by(Exchange& exchange, ParameterReader& parameters, std::string user) {
  engine::ListReservations list{.user = std::move(user), .offering = {}, .after = {}};
  list.limit = parameters.limit();
  list.offering = parameters.parsed(
      "offering", "must be the id of a performance or class", engine::OfferingId::from);
  list.after = parameters.cursor(decode_reservation_cursor);
  if (!parameters.finish(exchange)) return;
  exchange.query(std::move(list), &reply_reservations);
}

void list_my_reservations(Exchange& exchange) {
  const auto& request = exchange.request();
  ParameterReader parameters(request, {"offering", "limit", "cursor"});
  list_by(exchange, parameters, request.principal->user);
}

void list_all(Exchange& exchange) {
  const auto& request = exchange.request();
  ParameterReader parameters(request, {"offering", "user", "limit", "cursor"});
  auto user = parameters.words("user");
  const bool is_given = request.parameter("user").has_value();
  if (is_given && (user.empty() || user.size() > engine::limits::user_length_max)) {
    parameters.fault("user", "must be 1 to 128 bytes");
  }
  list_by(exchange, parameters, std::move(user));
}

void submit_to_reservation(
    Exchange& exchange, const engine::ReservationId& id, engine::OfferingCommand command) {
  const auto& request = exchange.request();
  engine::ReservationRequest asked{
      .reservation = id, .viewer = viewer_of(request), .command = std::move(command)};
  exchange.submit({std::move(asked), idempotency_of(request)}, &reply_as_it_is);
}

/// Gives back places of one item. Without an item the bus knows itself whether there is a saga.
void cancel_item(
    Exchange& exchange,
    const engine::ReservationId& id,
    std::uint32_t item,
    json::PlacesInput places) {
  const auto& request = exchange.request();
  engine::CancelPlaces command;
  command.part = engine::CancelPlaces::Part{
      .leg = item, .seats = std::move(places.seats), .quantity = places.quantity};
  if (request.principal->is_admin()) command.cause = engine::Cause::administrator;
  engine::SagaRequest asked{
      .reservation = id, .viewer = viewer_of(request), .command = std::move(command)};
  exchange.submit({std::move(asked), idempotency_of(request)}, &reply_as_it_is);
}

void cancel(Exchange& exchange, json::PlacesInput places) {
  const auto id = reservation_in_path(exchange);
  if (!id) return;
  if (places.item) return cancel_item(exchange, *id, *places.item, std::move(places));
  engine::CancelReservation command{
      .reservation = *id,
      .seats = std::move(places.seats),
      .quantity = places.quantity,
      .person = {}};
  const auto& caller = *exchange.request().principal;
  if (!caller.is_admin()) command.person = engine::PersonKey::of(caller.user);
  submit_to_reservation(exchange, *id, std::move(command));
}

void cancel_places(Exchange& exchange) {
  if (!check_idempotency(exchange, KeyNeed::optional)) return;
  if (exchange.request().body.empty()) return cancel(exchange, {});
  const auto body = read_body(exchange);
  if (!body) return;
  auto places = json::read_cancellation(*body);
  if (!places) return reply_bad_input(exchange, places.error());
  cancel(exchange, std::move(*places));
}

void cancel_whole(Exchange& exchange) {
  if (check_idempotency(exchange, KeyNeed::optional)) cancel(exchange, {});
}

void confirm(Exchange& exchange) {
  const auto id = reservation_in_path(exchange);
  if (!id || !check_idempotency(exchange, KeyNeed::optional)) return;
  submit_to_reservation(exchange, *id, engine::ConfirmReservation{*id});
}

}  // namespace

void add_reservation_routes(std::vector<Route>& routes) {
  const std::string all = "/v1/reservations";
  const auto one = all + "/{id}";
  const auto add = [&](Method method,
                       const std::string& pattern,
                       Access access,
                       void (*handler)(Exchange&)) {
    routes.push_back({.method = method, .pattern = pattern, .access = access, .handler = handler});
  };
  add(Method::post, all, Access::user, create_reservation);
  add(Method::get, all, Access::admin, list_all);
  add(Method::get, one, Access::user, get_reservation);
  add(Method::delete_, one, Access::user, cancel_whole);
  add(Method::post, one + "/cancellation", Access::user, cancel_places);
  add(Method::post, one + "/confirmation", Access::admin, confirm);
  add(Method::get, "/v1/me/reservations", Access::user, list_my_reservations);
}

}  // namespace cavea::http
