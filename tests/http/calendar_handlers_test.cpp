#include "tests/http/handlers_fixture.hpp"
#include "tests/http/samples.hpp"
#include "tickets/calendar_link.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::http {

namespace {

constexpr std::string_view mine = "/v1/me/calendar";
constexpr std::string_view reset = "/v1/me/calendar/reset";
constexpr std::string_view calendar = "/v1/calendars/{name}";
constexpr std::int64_t day_ms = 24 * 3'600'000;

/// "xyz.ics" of an address.
std::string name_in(const nlohmann::json& address) {
  const auto path = address.at("path").get<std::string>();
  return path.substr(path.rfind('/') + 1);
}

/// What `alice` is told when she asks where her calendar is.
std::string address_of_alice(std::uint32_t epoch) {
  FakeExchange exchange;
  exchange.with(Method::get, std::string(mine)).as_user("alice");
  run(exchange, mine);
  engine::PersonView person;
  person.settings.calendar_epoch = epoch;
  exchange.answer(person);
  check_documented(exchange);
  CHECK(exchange.response().header("Cache-Control") == "no-store");
  return name_in(exchange.body());
}

/// A calendar program asks for it.
FakeExchange& look(FakeExchange& exchange, const std::string& name) {
  exchange.with(Method::get, "/v1/calendars/" + name, name);
  run(exchange, calendar);
  return exchange;
}

engine::CalendarEntry entry_of_alice(engine::ReservationStatus status, std::int64_t changed_at) {
  engine::CalendarEntry entry{samples::confirmed_places(), {changed_at}};
  entry.view.reservation.status = status;
  return entry;
}

/// The text that is answered when the bus has these.
std::string shown(std::vector<engine::CalendarEntry> entries) {
  FakeExchange exchange;
  look(exchange, address_of_alice(0));
  exchange.answer(engine::CalendarView{std::move(entries), {}});
  check_documented(exchange);
  return exchange.response().body;
}

}  // namespace

TEST_CASE("an address says whose calendar it is, and of which epoch") {
  const auto name = address_of_alice(4);
  FakeExchange exchange;
  look(exchange, name);
  REQUIRE(exchange.asked().has_value());
  const auto& query = std::get<engine::GetCalendar>(*exchange.asked());
  CHECK(query.user == "alice");
  CHECK(query.epoch == 4);
  exchange.answer(engine::Refusal(engine::Rejection::calendar_not_found));
  CHECK(problem_of(exchange) == "404 calendar_not_found");
}

TEST_CASE("what is no address is 404 without a look at anybody's reservations") {
  const auto good = address_of_alice(0);
  auto changed = good;
  changed[changed.size() / 2] = changed[changed.size() / 2] == 'A' ? 'B' : 'A';
  for (const auto& name :
       {std::string("x.ics"), std::string(".ics"), good.substr(0, good.size() - 4), changed}) {
    CAPTURE(name);
    FakeExchange exchange;
    look(exchange, name);
    CHECK_FALSE(exchange.asked().has_value());
    CHECK(problem_of(exchange) == "404 calendar_not_found");
    CHECK_FALSE(exchange.body().contains("detail"));
    CHECK_FALSE(exchange.body().contains("errors"));
  }
}

TEST_CASE("a reset asks for another epoch, and answers with an address of it") {
  FakeExchange exchange;
  exchange.with(Method::post, std::string(reset)).as_user("alice");
  run(exchange, reset);
  REQUIRE(exchange.command().has_value());
  const auto& request = std::get<engine::RecordRequest>(exchange.command()->what);
  const auto& change = std::get<engine::ChangePerson>(request.command);
  CHECK(change.user == "alice");
  CHECK(change.resets_calendar);
  CHECK_FALSE(change.email.has_value());
  engine::PersonView person;
  person.settings.calendar_epoch = 1;
  exchange.answer(person);
  check_documented(exchange);
  const auto link = handler_context().ticket_key->verify_calendar(
      name_in(exchange.body()).substr(0, name_in(exchange.body()).size() - 4),
      exchange.request().received_at);
  REQUIRE(link.has_value());
  CHECK(link->epoch == 1);

  FakeExchange with_body;
  with_body.with(Method::post, std::string(reset)).as_user("alice").with_body(R"({"a": 1})");
  run(with_body, reset);
  CHECK_FALSE(with_body.command().has_value());
}

TEST_CASE("a calendar is one person's, and is not sent again while it says the same") {
  const auto name = address_of_alice(0);
  const auto entry = entry_of_alice(engine::ReservationStatus::confirmed, 1'794'999'000'000);
  FakeExchange first;
  look(first, name).answer(engine::CalendarView{{entry}, {}});
  CHECK(first.response().status == 200);
  CHECK(first.response().content_type == "text/calendar; charset=utf-8");
  CHECK(first.response().header("Cache-Control") == "private, no-cache");
  const std::string tag(first.response().header("ETag"));
  CHECK(first.response().body.find("STATUS:CONFIRMED") != std::string::npos);

  FakeExchange again;
  again.with_header("If-None-Match", tag);
  look(again, name).answer(engine::CalendarView{{entry}, {}});
  CHECK(again.response().status == 304);
  CHECK(again.response().body.empty());
  CHECK(again.response().header("ETag") == tag);

  auto moved = entry;
  moved.changed_at.ms += 5'000;
  FakeExchange later;
  later.with_header("If-None-Match", tag);
  look(later, name).answer(engine::CalendarView{{moved}, {}});
  CHECK(later.response().status == 200);
}

TEST_CASE("a calendar shows what was cancelled for a month, and what ended for a year") {
  using engine::ReservationStatus;
  const auto now = FakeExchange().request().received_at.ms;
  CHECK(shown({}).find("BEGIN:VEVENT") == std::string::npos);
  CHECK(
      shown({entry_of_alice(ReservationStatus::held, now)}).find("BEGIN:VEVENT")
      == std::string::npos);
  const auto gone = entry_of_alice(ReservationStatus::cancelled, now - 29 * day_ms);
  CHECK(shown({gone}).find("STATUS:CANCELLED") != std::string::npos);
  const auto long_gone = entry_of_alice(ReservationStatus::cancelled, now - 31 * day_ms);
  CHECK(shown({long_gone}).find("BEGIN:VEVENT") == std::string::npos);

  const auto ended_days_ago = [&](std::int64_t days) {
    auto entry = entry_of_alice(ReservationStatus::confirmed, now - 500 * day_ms);
    auto definition = *entry.view.definition;
    definition.ends_at = {now - days * day_ms};
    definition.starts_at = {definition.ends_at.ms - 3'600'000};
    entry.view.definition = std::make_shared<const engine::OfferingDefinition>(definition);
    return entry;
  };
  CHECK(shown({ended_days_ago(364)}).find("BEGIN:VEVENT") != std::string::npos);
  CHECK(shown({ended_days_ago(366)}).find("BEGIN:VEVENT") == std::string::npos);
}

}  // namespace cavea::http
