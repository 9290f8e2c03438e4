#include "tests/http/handlers_fixture.hpp"
#include "tests/http/samples.hpp"
#include "tickets/ticket.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::http {

namespace {

constexpr std::string_view check_ins_route = "/v1/check-ins";

tickets::Ticket sample_ticket() {
  return tickets::tickets_of(samples::confirmed_places()).front();
}

json::Json sample_scan() {
  return {{"token", handler_context().ticket_key->sign(sample_ticket())}, {"nonce", "n-1"}};
}

FakeExchange& send(FakeExchange& exchange, const json::Json& body) {
  exchange.with(Method::post, std::string(check_ins_route)).as_admin().with_body(body.dump());
  run(exchange, check_ins_route);
  return exchange;
}

const engine::CheckIn* command_of(const FakeExchange& exchange) {
  const auto* records = std::get_if<engine::RecordRequest>(&exchange.command()->what);
  return records == nullptr ? nullptr : std::get_if<engine::CheckIn>(&records->command);
}

}  // namespace

TEST_CASE("a ticket at the door is looked up and then taken down") {
  auto body = sample_scan();
  body["passage"] = "exit";
  body["gate"] = "North";
  body["offering"] = sample_ticket().offering.str();
  FakeExchange exchange;
  send(exchange, body);
  const auto& asked = std::get<engine::GetReservation>(exchange.asked().value());
  CHECK(asked.id == sample_ticket().reservation);
  CHECK(asked.viewer.empty());
  exchange.answer(samples::confirmed_places());

  const auto* command = command_of(exchange);
  REQUIRE(command != nullptr);
  CHECK(command->offering == sample_ticket().offering);
  CHECK(command->booking == sample_ticket().booking);
  CHECK(command->place == sample_ticket().place);
  CHECK(command->scan.passage == engine::Passage::exit);
  CHECK(command->scan.nonce == "n-1");
  CHECK(command->scan.gate == "North");

  engine::CheckInView view;
  view.scan = command->scan;
  view.scan.at = samples::now;
  view.entries = 2;
  view.check_ins = {.inside = 7, .entered = 9};
  view.replayed = true;
  exchange.answer(view);
  check_documented(exchange);
  CHECK(exchange.response().header("Idempotency-Replayed") == "true");
  const auto answer = exchange.body();
  CHECK(answer["passage"] == "exit");
  CHECK(answer["gate"] == "North");
  CHECK(answer["entries"] == 2);
  CHECK(answer["inside"] == 7);
  CHECK(answer["entered"] == 9);
  CHECK(answer["ticket"]["holder"] == sample_ticket().holder);
  CHECK(answer["ticket"]["number"] == 1);
}

TEST_CASE("a ticket whose place was given back lets nobody in, but out") {
  auto given_back = samples::confirmed_places();
  given_back.reservation.lines.front().given_back = true;
  auto cancelled = samples::confirmed_places();
  cancelled.reservation.status = engine::ReservationStatus::cancelled;
  auto another = samples::confirmed_places();
  another.reservation.user = "mallory";
  for (const auto& view : {given_back, cancelled, another}) {
    FakeExchange exchange;
    send(exchange, sample_scan()).answer(view);
    CHECK(problem_of(exchange) == "409 ticket_given_back");

    auto body = sample_scan();
    body["passage"] = "exit";
    FakeExchange leaving;
    send(leaving, body).answer(view);
    REQUIRE(command_of(leaving) != nullptr);
    CHECK(command_of(leaving)->scan.passage == engine::Passage::exit);
  }
}

TEST_CASE("what is no ticket of this door is refused before anybody is asked") {
  const auto refused = [](const json::Json& changes) {
    auto body = sample_scan();
    body.update(changes);
    FakeExchange exchange;
    return problem_of(send(exchange, body));
  };
  CHECK(refused({{"token", "x"}}) == "422 ticket_not_valid");
  auto token = sample_scan()["token"].get<std::string>();
  token[token.size() / 2] = token[token.size() / 2] == 'A' ? 'B' : 'A';
  CHECK(refused({{"token", token}}) == "422 ticket_not_valid");
  CHECK(refused({{"offering", "another"}}) == "409 ticket_of_other_offering");
  CHECK(refused({{"offering", "No Name"}}) == "400 invalid_request");
  CHECK(refused({{"passage", "in"}}) == "400 invalid_request");
  CHECK(refused({{"nonce", ""}}) == "400 invalid_request");
  CHECK(refused({{"nonce", std::string(65, 'n')}}) == "400 invalid_request");
  CHECK(refused({{"gate", 5}}) == "400 invalid_request");
  CHECK(refused({{"door", "North"}}) == "400 invalid_request");
  FakeExchange empty;
  CHECK(problem_of(send(empty, json::Json::object())) == "400 invalid_request");
}

TEST_CASE("a ticket that is inside already says since when") {
  FakeExchange exchange;
  send(exchange, sample_scan()).answer(samples::confirmed_places());
  engine::Refusal refusal(engine::Rejection::ticket_is_inside);
  refusal.at = samples::now;
  exchange.answer(refusal);
  CHECK(problem_of(exchange) == "409 ticket_is_inside");
  CHECK(exchange.body().contains("since"));
}

TEST_CASE("doors read how many people came") {
  FakeExchange exchange;
  exchange.with(Method::get, "/v1/classes/yoga-1/check-ins", "yoga-1").as_admin();
  run(exchange, "/v1/classes/{id}/check-ins");
  const auto& asked = std::get<engine::GetCheckIns>(exchange.asked().value());
  CHECK(asked.kind == engine::OfferingKind::klass);
  CHECK(asked.offering.view() == "yoga-1");
  exchange.answer(engine::CheckInsView{{.inside = 3, .entered = 4}});
  check_documented(exchange);
  CHECK(exchange.body() == json::Json{{"inside", 3}, {"entered", 4}});
}

}  // namespace cavea::http
