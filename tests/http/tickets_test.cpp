#include "tests/http/handlers_fixture.hpp"
#include "tests/http/samples.hpp"
#include "tickets/ticket.hpp"
#include "tickets/ticket_key.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::http {

namespace {

using tickets::is_confirmed;
using tickets::Ticket;
using tickets::tickets_of;

engine::SagaView confirmed_bundle() {
  auto view = samples::held_bundle();
  view.saga.goal = engine::SagaGoal::confirm;
  view.saga.was_confirmed = true;
  for (auto& leg : view.saga.legs) leg.state = engine::LegState::sold;
  return view;
}

/// "1:0 the-lighthouse stalls-A-1; 2:0 ...": number, item, offering and seat.
std::string words_of(const std::vector<Ticket>& tickets) {
  std::string words;
  for (const auto& ticket : tickets) {
    words += std::to_string(ticket.number) + ':' + std::to_string(ticket.item) + ' '
             + ticket.offering.str() + ' ' + (ticket.label.empty() ? "-" : ticket.label) + "; ";
  }
  return words;
}

constexpr std::string_view list = "/v1/reservations/{id}/tickets";
constexpr std::string_view image = "/v1/reservations/{id}/tickets/{image}";

FakeExchange& get_tickets(FakeExchange& exchange, const engine::ReservationId& id) {
  exchange.with(Method::get, "/v1/reservations/" + id.str() + "/tickets", id.str());
  run(exchange, list);
  return exchange;
}

FakeExchange& get_image(
    FakeExchange& exchange, const engine::ReservationId& id, const std::string& name) {
  exchange.with(Method::get, "/v1/reservations/" + id.str() + "/tickets/" + name, id.str());
  exchange.with_second_parameter(name);
  run(exchange, image);
  return exchange;
}

}  // namespace

TEST_CASE("only a confirmed reservation has tickets") {
  auto seats = samples::held_seats();
  CHECK_FALSE(is_confirmed(seats));
  CHECK(tickets_of(seats).empty());
  seats.reservation.status = engine::ReservationStatus::confirmed;
  CHECK(is_confirmed(seats));
  CHECK(
      words_of(tickets_of(seats))
      == "1:0 the-lighthouse stalls-A-1; 2:0 the-lighthouse stalls-A-3; ");
  seats.reservation.status = engine::ReservationStatus::cancelled;
  CHECK(tickets_of(seats).empty());

  CHECK_FALSE(is_confirmed(samples::view_of(samples::held_bundle())));
  CHECK(tickets_of(samples::view_of(samples::payable_bundle())).empty());
}

TEST_CASE("a reservation of several items has tickets for all of them") {
  const auto bundle = confirmed_bundle();
  const auto found = tickets_of(samples::view_of(bundle));
  CHECK(
      words_of(found)
      == "1:0 the-lighthouse stalls-A-1; 2:0 the-lighthouse stalls-A-3; 3:1 yoga-1 -; 4:1 yoga-1 -; ");
  REQUIRE(found.size() == 4);
  CHECK(found[3].reservation == bundle.saga.id);
  CHECK(found[3].booking == bundle.saga.legs[1].reservation);
  CHECK(found[3].place == engine::Place{1});
  CHECK(found[3].holder == "alice");
  CHECK(found[3].starts_at == bundle.definitions[1]->starts_at);
}

TEST_CASE("a ticket keeps its number when others are given back") {
  auto bundle = confirmed_bundle();
  bundle.saga.legs[0].lines[0].given_back = true;
  CHECK(
      words_of(tickets_of(samples::view_of(bundle)))
      == "2:0 the-lighthouse stalls-A-3; 3:1 yoga-1 -; 4:1 yoga-1 -; ");
  bundle.saga.legs[0].state = engine::LegState::gone;
  CHECK(words_of(tickets_of(samples::view_of(bundle))) == "3:1 yoga-1 -; 4:1 yoga-1 -; ");
}

TEST_CASE("tickets over HTTP carry tokens that the published key verifies") {
  const auto bundle = confirmed_bundle();
  FakeExchange exchange;
  get_tickets(exchange.as_user("alice"), bundle.saga.id);
  const auto& asked = std::get<engine::GetReservation>(exchange.asked().value());
  CHECK(asked.id == bundle.saga.id);
  CHECK(asked.viewer == "alice");

  exchange.answer(samples::view_of(bundle));
  check_documented(exchange);
  CHECK(exchange.response().status == 200);
  CHECK(exchange.response().header("Cache-Control") == "no-store");
  const auto body = exchange.body();
  CHECK(body["reservation"] == bundle.saga.id.str());
  REQUIRE(body["tickets"].size() == 4);
  const auto expected = tickets_of(samples::view_of(bundle));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto token = body["tickets"][i]["token"].get<std::string>();
    CHECK(handler_context().ticket_key->verify(token) == expected[i]);
  }
  CHECK(body["tickets"][0]["seat"] == "stalls-A-1");
  CHECK(body["tickets"][0]["starts_at"] == "2026-12-04T19:30:00+00:00");
  CHECK_FALSE(body["tickets"][2].contains("seat"));
  CHECK(body["tickets"][2]["title"] == "Morning Flow");
  CHECK(
      body["tickets"][2]["image"] == "/v1/reservations/" + bundle.saga.id.str() + "/tickets/3.svg");
}

TEST_CASE("an administrator gets the tickets of anybody") {
  FakeExchange exchange;
  get_tickets(exchange.as_admin(), samples::confirmed_places().reservation.id);
  CHECK(std::get<engine::GetReservation>(exchange.asked().value()).viewer.empty());
  exchange.answer(samples::confirmed_places());
  check_documented(exchange);
  CHECK(exchange.body()["tickets"].size() == 2);
}

TEST_CASE("a reservation without tickets says why") {
  FakeExchange held;
  get_tickets(held.as_user("alice"), samples::held_seats().reservation.id);
  held.answer(samples::held_seats());
  CHECK(problem_of(held) == "409 reservation_not_confirmed");

  FakeExchange foreign;
  get_tickets(foreign.as_user("bob"), samples::held_seats().reservation.id);
  foreign.answer(engine::Refusal(engine::Rejection::reservation_not_found));
  CHECK(problem_of(foreign) == "404 reservation_not_found");
}

TEST_CASE("a ticket's image is found by its number") {
  auto bundle = confirmed_bundle();
  bundle.saga.legs[0].lines[0].given_back = true;
  const auto ask = [&](const std::string& name) {
    FakeExchange exchange;
    get_image(exchange.as_user("alice"), bundle.saga.id, name);
    if (!exchange.is_answered()) exchange.answer(samples::view_of(bundle));
    if (exchange.response().status != 200) return problem_of(exchange);
    check_documented(exchange);
    CHECK(exchange.response().content_type == "image/svg+xml");
    CHECK(exchange.response().header("Cache-Control") == "no-store");
    return exchange.response().body.substr(0, 4);
  };
  CHECK(ask("2.svg") == "<svg");
  CHECK(ask("4.svg") == "<svg");
  for (const auto* name : {"1.svg", "0.svg", "5.svg", "2.png", ".svg", "2", "-1.svg", "x.svg"}) {
    CAPTURE(name);
    CHECK(ask(name) == "404 ticket_not_found");
  }
}

TEST_CASE("anybody reads the keys that tickets are verified by") {
  FakeExchange exchange;
  exchange.with(Method::get, "/v1/tickets/keys");
  run(exchange, "/v1/tickets/keys");
  check_documented(exchange);
  CHECK(exchange.response().body == handler_context().ticket_key->public_keys());
}

}  // namespace cavea::http
