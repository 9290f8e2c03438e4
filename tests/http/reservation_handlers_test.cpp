#include "tests/http/handlers_fixture.hpp"

#include <string>
#include <variant>

namespace cavea::http {

namespace {

constexpr std::string_view route = "/v1/reservations";
constexpr std::string_view one = "/v1/reservations/{id}";

std::string id_text() {
  return samples::held_seats().reservation.id.str();
}

/// A user's `POST /v1/reservations`, run.
FakeExchange& post(FakeExchange& exchange, std::string body) {
  exchange.with(Method::post, "/v1/reservations").with_body(std::move(body)).as_user("alice");
  exchange.with_header("Idempotency-Key", "\"k-1\"")
      .with_header("Content-Type", "application/json");
  run(exchange, route);
  return exchange;
}

const engine::ReservationRequest& request_of(const FakeExchange& exchange) {
  return std::get<engine::ReservationRequest>(exchange.command().value().what);
}

}  // namespace

TEST_CASE("a reservation is asked of the bus and answered with 201 and its place") {
  FakeExchange exchange;
  post(
      exchange, R"({"items":[{"offering":"the-lighthouse","seats":["stalls-A-1","stalls-A-3"]}]})");
  const auto* hold = exchange.offering_command<engine::HoldPlaces>();
  REQUIRE(hold != nullptr);
  CHECK(hold->user == "alice");
  CHECK(hold->person == engine::PersonKey::of("alice"));
  CHECK(hold->reservation == engine::ReservationId());
  const auto& key = exchange.command()->idempotency.value();
  CHECK(key.caller == "alice");
  CHECK(key.key == "k-1");

  exchange.answer(samples::held_seats());
  check_documented(exchange);
  CHECK(exchange.response().status == 201);
  CHECK(exchange.response().header("Location") == "/v1/reservations/" + id_text());
  CHECK(exchange.response().header("Idempotency-Replayed").empty());
  CHECK(exchange.response().body == samples::golden("reservation_held.json"));
}

TEST_CASE("a repeated reservation has the same body and a mark") {
  FakeExchange exchange;
  post(exchange, R"({"items":[{"offering":"yoga-1","quantity":2}]})");
  auto view = samples::confirmed_places();
  view.replayed = true;
  exchange.answer(view);
  CHECK(exchange.response().status == 201);
  CHECK(exchange.response().header("Idempotency-Replayed") == "true");
  CHECK(exchange.response().body == samples::golden("reservation_confirmed.json"));
}

TEST_CASE("the best seats are asked for by the longer way") {
  FakeExchange exchange;
  post(exchange, R"({"items":[{"offering":"the-lighthouse","best_available":{"party_size":2}}]})");
  const auto* hold = exchange.offering_command<engine::HoldPlaces>();
  REQUIRE(hold != nullptr);
  CHECK(std::get<engine::BestAvailable>(hold->claim).party_size == 2);
}

TEST_CASE("a reservation needs a key that can be read") {
  FakeExchange without;
  without.with(Method::post, "/v1/reservations").as_user("alice").with_body("{}");
  run(without, route);
  CHECK(problem_of(without) == "400 idempotency_key_missing");

  FakeExchange broken;
  broken.with(Method::post, "/v1/reservations").as_user("alice").with_body("{}");
  broken.with_header("Idempotency-Key", "\"open");
  run(broken, route);
  CHECK(problem_of(broken) == "400 idempotency_key_invalid");
}

TEST_CASE("bodies that are wrong are refused before the bus is asked") {
  const auto problem = [](std::string body) {
    FakeExchange exchange;
    return problem_of(post(exchange, std::move(body)));
  };
  CHECK(problem("") == "400 malformed_json");
  CHECK(problem("{") == "400 malformed_json");
  CHECK(
      problem(R"({"items":[{"offering":"yoga-1","quantity":2,"quantity":3}]})")
      == "400 invalid_request");
  CHECK(problem(R"({"items":[{"offering":"yoga-1","quantity":"2"}]})") == "400 invalid_request");

  FakeExchange form;
  form.with(Method::post, "/v1/reservations").as_user("alice").with_body("a=b");
  form.with_header("Idempotency-Key", "k")
      .with_header("Content-Type", "application/x-www-form-urlencoded");
  run(form, route);
  CHECK(problem_of(form) == "415 unsupported_media_type");
}

TEST_CASE("only an administrator reserves for somebody else") {
  const std::string body = R"({"items":[{"offering":"yoga-1","quantity":1}],"user":"bob"})";
  FakeExchange user;
  CHECK(problem_of(post(user, body)) == "403 forbidden");

  FakeExchange admin;
  admin.with(Method::post, "/v1/reservations").with_body(body).as_admin();
  admin.with_header("Idempotency-Key", "k");
  run(admin, route);
  const auto* hold = admin.offering_command<engine::HoldPlaces>();
  REQUIRE(hold != nullptr);
  CHECK(hold->user == "bob");
  CHECK(hold->person == engine::PersonKey::of("bob"));
  CHECK(admin.command()->idempotency->caller == "boss");
}

TEST_CASE("every refusal of a claim is answered with a documented problem") {
  for (const auto rejection : engine::all_rejections()) {
    FakeExchange exchange;
    post(exchange, R"({"items":[{"offering":"yoga-1","quantity":2}]})");
    engine::Refusal refusal(rejection);
    refusal.definition = samples::performance().definition;
    refusal.places = {{{0}, engine::PlaceState::sold}};
    refusal.at = samples::now;
    exchange.answer(refusal);
    CAPTURE(name_of(rejection));
    check_documented(exchange);
    CHECK(exchange.problem() == name_of(rejection));
  }
}

TEST_CASE("a person sees only what is theirs, an administrator everything") {
  FakeExchange user;
  user.with(Method::get, "/v1/reservations/" + id_text(), id_text()).as_user("alice");
  run(user, one);
  CHECK(std::get<engine::GetReservation>(user.asked().value()).viewer == "alice");
  user.answer(samples::held_seats());
  check_documented(user);
  CHECK(user.response().status == 200);

  FakeExchange admin;
  admin.with(Method::get, "/v1/reservations/" + id_text(), id_text()).as_admin();
  run(admin, one);
  CHECK(std::get<engine::GetReservation>(admin.asked().value()).viewer.empty());
  admin.answer(engine::Refusal(engine::Rejection::reservation_not_found));
  CHECK(problem_of(admin) == "404 reservation_not_found");

  FakeExchange garbled;
  garbled.with(Method::get, "/v1/reservations/x", "x").as_user("alice");
  run(garbled, one);
  CHECK(problem_of(garbled) == "404 reservation_not_found");
}

TEST_CASE("a cancellation is of everything or of some places") {
  const auto cancel = [](FakeExchange& exchange, std::string body) -> FakeExchange& {
    exchange.with(Method::post, "/v1/reservations/" + id_text() + "/cancellation", id_text());
    exchange.with_body(std::move(body));
    run(exchange, "/v1/reservations/{id}/cancellation");
    return exchange;
  };
  FakeExchange whole;
  cancel(whole.as_user("alice"), "");
  const auto& all = std::get<engine::CancelReservation>(request_of(whole).command);
  CHECK(all.seats.empty());
  CHECK(all.quantity == 0);
  CHECK(all.person == engine::PersonKey::of("alice"));
  CHECK(request_of(whole).viewer == "alice");
  whole.answer(samples::held_seats());
  check_documented(whole);

  FakeExchange some;
  cancel(some.as_admin(), R"({"seats": ["stalls-A-1"]})");
  const auto& part = std::get<engine::CancelReservation>(request_of(some).command);
  CHECK(part.seats == std::vector<std::string>{"stalls-A-1"});
  CHECK_FALSE(part.person.has_value());
  CHECK(request_of(some).viewer.empty());

  FakeExchange wrong;
  cancel(wrong.as_user("alice"), R"({"seats": []})");
  CHECK(problem_of(wrong) == "400 invalid_request");

  FakeExchange deleted;
  deleted.with(Method::delete_, "/v1/reservations/" + id_text(), id_text()).as_user("alice");
  run(deleted, one);
  CHECK(std::holds_alternative<engine::CancelReservation>(request_of(deleted).command));
}

TEST_CASE("the box office confirms a hold") {
  FakeExchange exchange;
  exchange.with(Method::post, "/v1/reservations/" + id_text() + "/confirmation", id_text())
      .as_admin();
  run(exchange, "/v1/reservations/{id}/confirmation");
  CHECK(std::holds_alternative<engine::ConfirmReservation>(request_of(exchange).command));
  exchange.answer(engine::Refusal(engine::Rejection::reservation_not_held));
  CHECK(problem_of(exchange) == "409 reservation_not_held");
}

TEST_CASE("my reservations come in pages") {
  FakeExchange first;
  first.with(Method::get, "/v1/me/reservations").as_user("alice").with_parameter("limit", "2");
  run(first, "/v1/me/reservations");
  const auto& query = std::get<engine::ListReservations>(first.asked().value());
  CHECK(query.user == "alice");
  CHECK(query.limit == 2);
  const auto last = samples::held_seats().reservation.id;
  first.answer(engine::ReservationPage{{samples::confirmed_places(), samples::held_seats()}, last});
  check_documented(first);
  const std::string next = first.body()["next"];

  FakeExchange second;
  second.with(Method::get, "/v1/me/reservations").as_user("alice").with_parameter("cursor", next);
  run(second, "/v1/me/reservations");
  CHECK(std::get<engine::ListReservations>(second.asked().value()).after == last);
  second.answer(engine::ReservationPage{});
  CHECK(second.response().body == R"({"items":[],"next":null})");
}

TEST_CASE("administrators list by offering and user") {
  FakeExchange exchange;
  exchange.with(Method::get, "/v1/reservations").as_admin();
  exchange.with_parameter("offering", "yoga-1").with_parameter("user", "bob");
  run(exchange, route);
  const auto& query = std::get<engine::ListReservations>(exchange.asked().value());
  CHECK(query.user == "bob");
  CHECK(query.offering == samples::offering_id("yoga-1"));

  FakeExchange wrong;
  wrong.with(Method::get, "/v1/reservations").as_admin();
  wrong.with_parameter("offering", "Yoga 1")
      .with_parameter("user", "")
      .with_parameter("colour", "x");
  wrong.with_parameter("limit", "201").with_parameter("cursor", "?").with_parameter("limit", "3");
  run(wrong, route);
  CHECK(problem_of(wrong) == "400 invalid_request");
  CHECK(wrong.body()["errors"].size() == 6);
}

}  // namespace cavea::http
