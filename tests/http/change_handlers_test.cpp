#include "http/changes_cursor.hpp"
#include "tests/http/handlers_fixture.hpp"

#include <string>
#include <variant>

namespace cavea::http {

namespace {

constexpr std::string_view route = "/v1/changes";

engine::ChangesPosition position(std::uint64_t index) {
  engine::ChangesPosition made;
  made.data = 7;
  made.read = {index, 20};
  return made;
}

engine::ChangePage page_of(std::uint64_t count, std::uint64_t next, bool has_more) {
  engine::ChangePage page;
  for (std::uint64_t i = 0; i < count; ++i) {
    auto& event = page.events.emplace_back();
    event.index = i + 1;
    event.at = samples::now;
    event.type = engine::ChangeType::offering_deleted;
    event.subject = samples::offering_id("yoga-1");
    event.version = i + 1;
    event.definition = samples::yoga().definition;
    event.event = engine::OfferingEvent(engine::OfferingDeleted{});
  }
  page.next = position(next);
  page.has_more = has_more;
  return page;
}

FakeExchange& ask(FakeExchange& exchange) {
  exchange.with(Method::get, "/v1/changes").as_admin();
  run(exchange, route);
  return exchange;
}

const engine::ListChanges& asked(const FakeExchange& exchange) {
  return std::get<engine::ListChanges>(exchange.asked().value());
}

}  // namespace

TEST_CASE("the event feed is asked for from the beginning, and its page leads on") {
  FakeExchange exchange;
  ask(exchange);
  CHECK_FALSE(asked(exchange).after.has_value());
  CHECK(asked(exchange).start == engine::ListChanges::Start::beginning);
  CHECK(asked(exchange).limit == 100);
  CHECK(asked(exchange).filter.types == engine::ChangeTypes::all());
  CHECK(asked(exchange).wait.ms == 0);
  exchange.answer(page_of(2, 3, true));
  check_documented(exchange);
  const auto body = exchange.body();
  CHECK(body["items"].size() == 2);
  CHECK(body["items"][0]["id"] == "0-1-0");
  CHECK(body["more"] == true);
  CHECK(exchange.response().header("Cache-Control") == "no-store");

  FakeExchange next;
  next.with_parameter("cursor", body["next"].get<std::string>());
  const auto cursor = body["next"].get<std::string>();
  FakeExchange again;
  again.with_parameter("cursor", cursor).with_parameter("limit", "1000");
  ask(again);
  CHECK(asked(again).after == position(3));
  CHECK(asked(again).limit == 1'000);
  again.answer(page_of(0, 3, false));
  check_documented(again);
  CHECK(again.body()["items"].empty());
  CHECK(again.body()["next"] == cursor);
  CHECK(again.body()["more"] == false);
}

TEST_CASE("the event feed can be filtered, and begun now or in a part") {
  FakeExchange exchange;
  exchange.with_parameter("from", "now")
      .with_parameter("part", "3")
      .with_parameter("types", "cavea.reservation.held, cavea.offering.*")
      .with_parameter("offerings", "yoga-1,the-lighthouse");
  ask(exchange);
  const auto& list = asked(exchange);
  CHECK(list.start == engine::ListChanges::Start::now);
  CHECK(list.part == 3);
  CHECK(list.filter.types.has(engine::ChangeType::reservation_held));
  CHECK(list.filter.types.has(engine::ChangeType::offering_deleted));
  CHECK_FALSE(list.filter.types.has(engine::ChangeType::reservation_sold));
  CHECK(list.filter.wants(samples::offering_id("yoga-1")));
  CHECK_FALSE(list.filter.wants(samples::offering_id("yoga-2")));
  CHECK_FALSE(list.filter.wants_others());
}

TEST_CASE("what is wrong with the parameters of the event feed is named") {
  const auto cursor = encode_changes_cursor(position(3));
  const auto fault_of =
      [](std::string_view name, std::string_view value, std::string_view beside = {}) {
        FakeExchange exchange;
        exchange.with_parameter(name, value);
        const auto valid = encode_changes_cursor(position(3));
        if (!beside.empty()) exchange.with_parameter("cursor", valid);
        ask(exchange);
        CHECK(problem_of(exchange) == "400 invalid_request");
        return exchange.body()["errors"][0]["parameter"].get<std::string>();
      };
  CHECK(fault_of("cursor", "abc") == "cursor");
  CHECK(fault_of("from", "yesterday") == "from");
  CHECK(fault_of("from", "now", "cursor") == "from");
  CHECK(fault_of("part", "-1") == "part");
  CHECK(fault_of("part", "0", "cursor") == "part");
  CHECK(fault_of("limit", "1001") == "limit");
  CHECK(fault_of("types", "cavea.unknown") == "types");
  CHECK(fault_of("types", "") == "types");
  CHECK(fault_of("offerings", "No Name") == "offerings");
  CHECK(fault_of("wait", "3") == "wait");
}

TEST_CASE("who comes too late is told where to go on") {
  FakeExchange exchange;
  exchange.with_parameter("cursor", "Y");
  ask(exchange);
  CHECK(problem_of(exchange) == "400 invalid_request");

  const auto cursor = encode_changes_cursor(position(3));
  FakeExchange late;
  late.with_parameter("cursor", cursor);
  ask(late);
  late.answer(engine::ChangesGone{position(50), samples::now});
  CHECK(problem_of(late) == "410 changes_not_kept");
  CHECK(late.body()["next"] == encode_changes_cursor(position(50)));
  CHECK(late.body()["oldest_at"] == "2026-11-20T12:00:00+00:00");

  FakeExchange other;
  other.with_parameter("cursor", cursor);
  ask(other);
  engine::Refusal refusal(engine::Rejection::changes_cursor_unknown);
  refusal.faults.push_back({"?cursor", "is of other data than this node's"});
  other.answer(refusal);
  CHECK(problem_of(other) == "400 changes_cursor_unknown");
  CHECK(other.body()["errors"][0]["parameter"] == "cursor");
}

TEST_CASE("a follower that takes events gets a stream, and goes on behind its last one") {
  FakeExchange exchange;
  exchange.with_header("Accept", "application/json;q=0.5, text/event-stream")
      .with_parameter("from", "now");
  ask(exchange);
  CHECK(asked(exchange).start == engine::ListChanges::Start::now);
  exchange.answer(page_of(1, 4, false));
  REQUIRE(exchange.pages() != nullptr);
  const auto next = exchange.pages()->next_query({}).value();
  CHECK(std::get<engine::ListChanges>(next).after == position(4));
  CHECK_FALSE(exchange.is_answered());

  // A browser repeats the address with which it began.
  const auto last = encode_changes_cursor(position(9));
  FakeExchange back;
  back.with_header("Accept", "text/event-stream")
      .with_header("Last-Event-ID", last)
      .with_parameter("from", "now");
  ask(back);
  CHECK(asked(back).after == position(9));
  // Before it begins, a stream is refused as a page is.
  back.answer(engine::ChangesGone{position(50), std::nullopt});
  CHECK(problem_of(back) == "410 changes_not_kept");

  FakeExchange bad;
  bad.with_header("Accept", "text/event-stream").with_header("Last-Event-ID", "17");
  ask(bad);
  CHECK(problem_of(bad) == "400 invalid_request");
  CHECK(bad.body()["errors"][0]["header"] == "Last-Event-ID");
}

}  // namespace cavea::http
