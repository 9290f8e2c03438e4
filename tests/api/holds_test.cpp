#include "http/time_zone.hpp"
#include "tests/api/event_stream.hpp"
#include "tests/api/world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>

namespace cavea::test {
namespace {

const Json prices = {{"premium", 9500}, {"standard", 6500}};

std::int64_t now_ms() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
}

std::int64_t ms_of(const Json& time) {
  const auto parsed = http::parse_time(time.get<std::string>(), http::TimeZone::utc());
  REQUIRE(parsed);
  return parsed.value().ms;
}

/// Reads on until a delta that frees `seat`.
void wait_until_free(EventStream& stream, const std::string& seat) {
  while (true) {
    const auto event = stream.next();
    if (event.data.at("states").value(seat, "") == "free") return;
  }
}

TEST_CASE("places that cost something are held, then confirmed by an administrator") {
  const auto play = make_performance({{"prices", prices}});
  auto anna = user("anna");
  const auto held = anna.reserve({{"offering", play}, {"seats", {"stalls-B-8", "stalls-C-8"}}});
  REQUIRE(held.status == 201);
  CHECK(held.json.at("status") == "held");
  CHECK(held.json.at("total") == Json{{"amount", 16'000}, {"currency", "GBP"}});
  const auto remaining = ms_of(held.json.at("held_until")) - ms_of(held.json.at("created_at"));
  CHECK(remaining >= 600'000);
  CHECK(remaining < 601'000);
  CHECK(held.json.at("items").at(0).at("places").at(0).at("status") == "held");
  const auto counts = anyone().get("/v1/performances/" + play).json.at("places");
  CHECK(counts.at("held") == 2);
  CHECK(counts.at("sold") == 0);

  const auto path = held.header("location");
  const auto confirmed = administrator().post(path + "/confirmation");
  CHECK(confirmed.status == 200);
  CHECK(confirmed.json.at("status") == "confirmed");
  CHECK(confirmed.json.at("held_until").is_null());
  CHECK(confirmed.json.at("items").at(0).at("places").at(0).at("status") == "sold");
  CHECK(anna.get(path).json == confirmed.json);
  check_problem(administrator().post(path + "/confirmation"), 409, "reservation_not_held");

  const auto fewer = anna.post(path + "/cancellation", {{"seats", {"stalls-B-8"}}});
  CHECK(fewer.json.at("total").at("amount") == 6500);
  CHECK(anna.remove(path).json.at("total").at("amount") == 0);
  check_problem(administrator().post(path + "/confirmation"), 409, "reservation_has_ended");
}

TEST_CASE("a hold expires at its deadline and whoever watches the seats sees it at once") {
  const auto play = make_performance({{"prices", prices}, {"hold_seconds", 1}});
  EventStream stream(play);
  std::int64_t worst = 0;
  for (int i = 1; i <= 3; ++i) {
    const auto seat = "stalls-A-" + std::to_string(i + 3);
    const auto held = user("berta").reserve({{"offering", play}, {"seats", {seat}}});
    REQUIRE(held.status == 201);
    wait_until_free(stream, seat);
    const auto late = now_ms() - ms_of(held.json.at("held_until"));
    CHECK_MESSAGE(late >= 0, "a hold must not end before its deadline");
    worst = std::max(worst, late);

    const auto path = held.header("location");
    const auto expired = user("berta").get(path);
    CHECK(expired.json.at("status") == "expired");
    CHECK(expired.json.at("held_until") == held.json.at("held_until"));
    CHECK(expired.json.at("total").at("amount") == 0);
    check_problem(administrator().post(path + "/confirmation"), 409, "reservation_has_ended");
    check_problem(user("berta").remove(path), 409, "reservation_has_ended");
    CHECK(user("clara").reserve({{"offering", play}, {"seats", {seat}}}).status == 201);
  }
  MESSAGE("the latest release was seen " << worst << " ms after its deadline (wanted: < 100)");
  // A busy machine is no fault of the program; far beyond this, nobody is watching the deadlines.
  CHECK(worst < 1'000);
}

TEST_CASE("a confirmed hold does not expire") {
  const auto play = make_performance({{"prices", prices}, {"hold_seconds", 1}});
  EventStream stream(play);
  const auto paid = user("dora").reserve({{"offering", play}, {"seats", {"stalls-D-1"}}});
  REQUIRE(paid.status == 201);
  REQUIRE(administrator().post(paid.header("location") + "/confirmation").status == 200);
  // A hold that was made later expires; by then the paid one would have.
  REQUIRE(user("emil").reserve({{"offering", play}, {"seats", {"stalls-D-3"}}}).status == 201);
  wait_until_free(stream, "stalls-D-3");
  CHECK(
      anyone().get("/v1/performances/" + play + "/seats").json.at("states")
      == Json{{"stalls-D-1", "sold"}});
}

TEST_CASE("a held place of a class comes back and can be sold again") {
  const auto yoga = make_class({{"price", 1400}, {"capacity", 1}, {"hold_seconds", 3600}});
  const auto held = user("fritz").reserve({{"offering", yoga}, {"quantity", 1}});
  CHECK(held.json.at("status") == "held");
  check_problem(user("gerda").reserve({{"offering", yoga}, {"quantity", 1}}), 409, "sold_out");
  CHECK(user("fritz").remove(held.header("location")).json.at("status") == "cancelled");
  CHECK(user("gerda").reserve({{"offering", yoga}, {"quantity", 1}}).status == 201);
}

}  // namespace
}  // namespace cavea::test
