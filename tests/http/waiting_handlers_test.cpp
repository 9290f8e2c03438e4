#include "tests/http/handlers_fixture.hpp"

#include <string>
#include <tuple>
#include <variant>

namespace cavea::http {

namespace {

constexpr std::string_view route = "/v1/waiting-list";
constexpr std::string_view one = "/v1/waiting-list/{id}";

FakeExchange& post(FakeExchange& exchange, std::string body) {
  exchange.with(Method::post, "/v1/waiting-list").with_body(std::move(body)).as_user("alice");
  exchange.with_header("Idempotency-Key", "\"k-1\"")
      .with_header("Content-Type", "application/json");
  run(exchange, route);
  return exchange;
}

std::string problem_of_post(std::string body) {
  FakeExchange exchange;
  post(exchange, std::move(body));
  return problem_of(exchange);
}

template <class Query>
const Query* asked(const FakeExchange& exchange) {
  return exchange.asked() ? std::get_if<Query>(&*exchange.asked()) : nullptr;
}

/// Alice and somebody else wait for the class, behind two parties of three.
engine::WaitingView waiting() {
  const auto yoga = samples::yoga();
  engine::WaitingItem item;
  item.record.party.id = engine::WaitingId::make(samples::now, {3}, 0x1122'3344'5566'7788);
  item.record.party.order = 17;
  item.record.party.user = "alice";
  item.record.party.passed_over = 1;
  item.record.offering = yoga.id;
  item.record.wish.party_size = 2;
  item.record.changed_at = samples::now;
  item.record.version = {17};
  item.definition = yoga.definition;
  item.parties_ahead = 2;
  item.places_ahead = 6;
  engine::WaitingView view;
  view.items.push_back(std::move(item));
  return view;
}

}  // namespace

TEST_CASE("a party joins the waiting list and is answered with 201 and its position") {
  FakeExchange exchange;
  post(
      exchange,
      R"({"offerings":["the-lighthouse"],"party_size":3,"together":true,"accessible":true,)"
      R"("zones":["premium"],"sections":["stalls"],"book_at_once":true})");
  const auto* join = exchange.offering_command<engine::JoinWaitingList>();
  REQUIRE(join != nullptr);
  CHECK(join->user == "alice");
  CHECK(join->person == engine::PersonKey::of("alice"));
  CHECK(join->id == engine::WaitingId());
  CHECK(join->wish.party_size == 3);
  CHECK(join->wish.together);
  CHECK(join->wish.accessible);
  CHECK(join->wish.zones == std::vector<std::string>{"premium"});
  CHECK(join->wish.sections == std::vector<std::string>{"stalls"});
  CHECK(join->book_at_once);
  const auto& request = std::get<engine::OfferingRequest>(exchange.command()->what);
  CHECK(request.offering == samples::offering_id("the-lighthouse"));
  CHECK(exchange.command()->idempotency.value().key == "k-1");

  exchange.answer(waiting());
  check_documented(exchange);
  CHECK(exchange.response().status == 201);
  const auto id = waiting().items.front().record.party.id.str();
  CHECK(exchange.response().header("Location") == "/v1/waiting-list/" + id);
  const auto body = exchange.body();
  CHECK(body["id"] == id);
  CHECK(body["status"] == "waiting");
  CHECK(body["joined_at"] == "2026-11-20T13:00:00+01:00");
  const auto& item = body["offerings"][0];
  CHECK(item["position"] == 3);
  CHECK(item["places_ahead"] == 6);
  CHECK(item["passed_over"] == 1);
  CHECK(item["reservation"].is_null());
}

TEST_CASE("a granted party names its reservation, one that left says why") {
  FakeExchange exchange;
  exchange.with(Method::get, "/v1/waiting-list/x", waiting().items.front().record.party.id.str());
  exchange.as_user("alice");
  run(exchange, one);
  REQUIRE(asked<engine::GetWaiting>(exchange) != nullptr);
  CHECK(asked<engine::GetWaiting>(exchange)->viewer == "alice");
  auto view = waiting();
  view.items.front().record.status = engine::WaitingStatus::granted;
  exchange.answer(view);
  check_documented(exchange);
  CHECK(exchange.body()["status"] == "granted");
  CHECK(exchange.body()["offerings"][0]["position"].is_null());
  CHECK(exchange.body()["offerings"][0]["reservation"] == exchange.body()["id"]);

  FakeExchange other;
  other.with(Method::delete_, "/v1/waiting-list/x", view.items.front().record.party.id.str());
  other.as_admin();
  run(other, one);
  const auto& request = std::get<engine::ReservationRequest>(other.command().value().what);
  CHECK(request.viewer.empty());
  CHECK(std::holds_alternative<engine::LeaveWaitingList>(request.command));
  for (const auto& [end, status, reason] :
       {std::tuple(engine::WaitingEnd::administrator, "left", "administrator"),
        std::tuple(engine::WaitingEnd::user, "left", "user"),
        std::tuple(engine::WaitingEnd::sale_closed, "withdrawn", "sale_closed"),
        std::tuple(engine::WaitingEnd::offering_cancelled, "withdrawn", "offering_cancelled"),
        std::tuple(engine::WaitingEnd::offering_deleted, "withdrawn", "offering_deleted"),
        std::tuple(engine::WaitingEnd::offering_changed, "withdrawn", "offering_changed"),
        std::tuple(engine::WaitingEnd::person_limit, "withdrawn", "person_limit"),
        std::tuple(engine::WaitingEnd::granted_elsewhere, "withdrawn", "granted_elsewhere")}) {
    view.items.front().record.status = engine::WaitingStatus::ended;
    view.items.front().record.end = end;
    FakeExchange shown;
    shown.with(Method::get, "/v1/waiting-list/x", view.items.front().record.party.id.str());
    shown.as_user("alice");
    run(shown, one);
    shown.answer(view);
    check_documented(shown);
    CHECK(shown.body()["status"] == status);
    CHECK(shown.body()["offerings"][0]["ended_by"] == reason);
  }
}

TEST_CASE("what is wrong with a wish is named") {
  CHECK(problem_of_post("{}") == "400 invalid_request");
  CHECK(problem_of_post(R"({"offerings":[],"party_size":1})") == "400 invalid_request");
  CHECK(problem_of_post(R"({"offerings":["No"],"party_size":1})") == "400 invalid_request");
  CHECK(problem_of_post(R"({"offerings":["a","a"],"party_size":1})") == "400 invalid_request");
  CHECK(problem_of_post(R"({"offerings":["a"],"party_size":-1})") == "400 invalid_request");
  CHECK(
      problem_of_post(R"({"offerings":["a"],"party_size":1,"hurry":true})")
      == "400 invalid_request");
  CHECK(problem_of_post(R"({"offerings":["a"],"party_size":1,"user":"bob"})") == "403 forbidden");
  FakeExchange exchange;
  post(exchange, R"({"offerings":["a","B"],"party_size":"1"})");
  const auto errors = exchange.body()["errors"];
  REQUIRE(errors.size() == 2);
  CHECK(errors[0]["pointer"] == "/offerings/1");
  CHECK(errors[1]["pointer"] == "/party_size");

  FakeExchange unknown;
  unknown.with(Method::get, "/v1/waiting-list/x", "x").as_user("alice");
  run(unknown, one);
  CHECK(problem_of(unknown) == "404 waiting_not_found");
}

TEST_CASE("my wishes and the parties of an offering are listed page by page") {
  FakeExchange mine;
  mine.with(Method::get, "/v1/me/waiting-list").as_user("alice").with_parameter("limit", "1");
  run(mine, "/v1/me/waiting-list");
  const auto* list = asked<engine::ListWaiting>(mine);
  REQUIRE(list != nullptr);
  CHECK(list->user == "alice");
  CHECK(list->limit == 1);
  engine::WaitingPage page;
  page.wishes.push_back(waiting());
  page.next = page.wishes.front().items.front().record.party.id;
  mine.answer(page);
  check_documented(mine);
  const auto cursor = mine.body()["next"].get<std::string>();

  FakeExchange next;
  next.with(Method::get, "/v1/me/waiting-list").as_user("alice").with_parameter("cursor", cursor);
  run(next, "/v1/me/waiting-list");
  CHECK(asked<engine::ListWaiting>(next)->after == page.next);

  FakeExchange parties;
  parties.with(Method::get, "/v1/classes/yoga-1/waiting-list", "yoga-1").as_admin();
  run(parties, "/v1/classes/{id}/waiting-list");
  const auto* of_class = asked<engine::ListWaitingParties>(parties);
  REQUIRE(of_class != nullptr);
  CHECK(of_class->kind == engine::OfferingKind::klass);
  CHECK(of_class->offering == samples::offering_id("yoga-1"));
  page.next.reset();
  parties.answer(page);
  check_documented(parties);
  CHECK(parties.body()["next"].is_null());

  FakeExchange seated;
  seated.with(Method::get, "/v1/performances/x/waiting-list", "x").as_admin();
  run(seated, "/v1/performances/{id}/waiting-list");
  CHECK(asked<engine::ListWaitingParties>(seated)->kind == engine::OfferingKind::performance);
}

TEST_CASE("an offer is accepted by the person it was made to, whoever asks") {
  FakeExchange exchange;
  const auto id = samples::confirmed_places().reservation.id;
  exchange.with(Method::post, "/v1/reservations/x/acceptance", id.str()).as_admin("boss");
  run(exchange, "/v1/reservations/{id}/acceptance");
  const auto& request = std::get<engine::ReservationRequest>(exchange.command().value().what);
  CHECK(request.viewer == "boss");
  CHECK(std::holds_alternative<engine::AcceptOffer>(request.command));
  exchange.answer(samples::confirmed_places());
  check_documented(exchange);
  CHECK(exchange.response().status == 200);
}

}  // namespace cavea::http
