#include "tests/api/world.hpp"

#include <doctest/doctest.h>
#include <libical/ical.h>

#include <ctime>
#include <map>
#include <memory>
#include <string>

namespace cavea::test {
namespace {

struct FreeCalendar {
  void operator()(icalcomponent* component) const noexcept { icalcomponent_free(component); }
};

/// A calendar program: all that it has is an address.
class CalendarProgram {
 public:
  explicit CalendarProgram(std::string path) : path_(std::move(path)) {}

  /// Looks again; false: it has changed nothing since.
  bool look() {
    auto somebody = anyone();
    const auto answer = somebody.get(
        path_, tag_.empty() ? Caller::Headers{} : Caller::Headers{"If-None-Match: " + tag_});
    if (answer.status == 304) return false;
    REQUIRE(answer.status == 200);
    CHECK(answer.header("content-type") == "text/calendar; charset=utf-8");
    CHECK(answer.header("cache-control") == "private, no-cache");
    tag_ = answer.header("etag");
    CHECK_FALSE(tag_.empty());
    root_.reset(icalparser_parse_string(answer.body.c_str()));
    REQUIRE(root_ != nullptr);
    CHECK(icalcomponent_count_errors(root_.get()) == 0);
    events_.clear();
    for (auto* event = icalcomponent_get_first_component(root_.get(), ICAL_VEVENT_COMPONENT);
         event != nullptr;
         event = icalcomponent_get_next_component(root_.get(), ICAL_VEVENT_COMPONENT)) {
      events_[icalcomponent_get_uid(event)] = event;
    }
    return true;
  }

  [[nodiscard]] const std::map<std::string, icalcomponent*>& events() const { return events_; }

  /// Seconds since 1970, by the time zone that the calendar brings along.
  [[nodiscard]] std::time_t start_of(icalcomponent* event) const {
    auto* start = icalcomponent_get_first_property(event, ICAL_DTSTART_PROPERTY);
    auto* id = icalproperty_get_first_parameter(start, ICAL_TZID_PARAMETER);
    REQUIRE(id != nullptr);
    auto* part = icalcomponent_get_first_component(root_.get(), ICAL_VTIMEZONE_COMPONENT);
    for (; part != nullptr;
         part = icalcomponent_get_next_component(root_.get(), ICAL_VTIMEZONE_COMPONENT)) {
      auto* name = icalcomponent_get_first_property(part, ICAL_TZID_PROPERTY);
      if (std::string(icalproperty_get_tzid(name)) == icalparameter_get_tzid(id)) break;
    }
    REQUIRE(part != nullptr);
    const std::unique_ptr<icaltimezone, void (*)(icaltimezone*)> zone(
        icaltimezone_new(), [](icaltimezone* made) { icaltimezone_free(made, 1); });
    REQUIRE(icaltimezone_set_component(zone.get(), icalcomponent_new_clone(part)) == 1);
    return icaltime_as_timet_with_zone(icalproperty_get_dtstart(start), zone.get());
  }

 private:
  std::string path_;
  std::string tag_;
  std::unique_ptr<icalcomponent, FreeCalendar> root_;
  std::map<std::string, icalcomponent*> events_;
};

std::string property(icalcomponent* event, icalproperty_kind kind) {
  auto* found = icalcomponent_get_first_property(event, kind);
  return found == nullptr ? std::string() : icalproperty_get_value_as_string(found);
}

std::string address_of(Caller& who) {
  const auto answer = who.get("/v1/me/calendar");
  REQUIRE(answer.status == 200);
  return answer.json.at("path");
}

TEST_CASE("a calendar program sees what was reserved, moved and cancelled, by its address alone") {
  const auto play = make_performance({{"starts_at", "2031-07-04T19:30:00"}});
  const auto yoga = make_class({{"price", 500}});
  const auto name = unique("calendar");
  auto who = user(name);
  CalendarProgram program(address_of(who));
  program.look();
  CHECK(program.events().empty());

  const auto made = who.reserve({{"offering", play}, {"seats", {"stalls-B-3", "stalls-B-4"}}});
  REQUIRE(made.status == 201);
  // What is only held is in nobody's calendar.
  REQUIRE(who.reserve({{"offering", yoga}, {"quantity", 1}}).status == 201);
  REQUIRE(program.look());
  REQUIRE(program.events().size() == 1);
  const auto uid = program.events().begin()->first;
  auto* event = program.events().begin()->second;
  // 19:30 of a summer's evening in London.
  CHECK(program.start_of(event) == 1'940'956'200);
  CHECK(property(event, ICAL_SUMMARY_PROPERTY) == "The Lighthouse");
  CHECK(property(event, ICAL_LOCATION_PROPERTY) == "Little House\\, 2 Stage Street\\, London");
  CHECK(property(event, ICAL_DESCRIPTION_PROPERTY) == "stalls-B-3\\, stalls-B-4");
  CHECK(property(event, ICAL_STATUS_PROPERTY) == "CONFIRMED");
  CHECK(icalcomponent_get_first_component(event, ICAL_VALARM_COMPONENT) == nullptr);
  const auto sequence = icalcomponent_get_sequence(event);
  const auto changed = property(event, ICAL_LASTMODIFIED_PROPERTY);
  CHECK_FALSE(program.look());

  // Sequences count seconds.
  const auto path = "/v1/performances/" + play;
  const auto next_second = std::time(nullptr) + 2;
  while (std::time(nullptr) < next_second) static_cast<void>(administrator().get(path));
  const auto before = administrator().get(path);
  const auto moved = administrator().patch(
      path,
      {{"starts_at", "2031-12-05T20:00:00"}, {"ends_at", "2031-12-05T22:00:00"}},
      {if_match(before)});
  REQUIRE(moved.status == 200);
  REQUIRE(program.look());
  REQUIRE(program.events().count(uid) == 1);
  event = program.events().at(uid);
  CHECK(program.start_of(event) == 1'954'267'200);
  CHECK(icalcomponent_get_sequence(event) > sequence);
  CHECK(property(event, ICAL_LASTMODIFIED_PROPERTY) > changed);

  REQUIRE(who.remove(made.header("location")).status == 200);
  REQUIRE(program.look());
  REQUIRE(program.events().count(uid) == 1);
  CHECK(property(program.events().at(uid), ICAL_STATUS_PROPERTY) == "CANCELLED");
  CHECK(icalcomponent_get_sequence(program.events().at(uid)) >= sequence);
}

TEST_CASE("after a reset only addresses made since are good") {
  const auto yoga = make_class();
  const auto name = unique("calendar");
  auto who = user(name);
  REQUIRE(who.reserve({{"offering", yoga}, {"quantity", 1}}).status == 201);
  const auto first = address_of(who);
  const auto second = address_of(who);
  for (const auto& path : {first, second}) {
    CalendarProgram program(path);
    program.look();
    CHECK(program.events().size() == 1);
  }
  // Somebody else's reset is not mine.
  CHECK(user(unique("calendar")).post("/v1/me/calendar/reset").status == 200);
  CHECK(anyone().get(first).status == 200);

  REQUIRE(who.put("/v1/me/settings", {{"email", "who@example.org"}}).status == 200);
  const auto reset = who.post("/v1/me/calendar/reset");
  REQUIRE(reset.status == 200);
  for (const auto& path : {first, second}) {
    check_problem(anyone().get(path), 404, "calendar_not_found");
    check_problem(who.get(path), 404, "calendar_not_found");
  }
  const auto third = reset.json.at("path").get<std::string>();
  CalendarProgram program(third);
  program.look();
  CHECK(program.events().size() == 1);
  CHECK(anyone().get(address_of(who)).status == 200);
  // What else they have chosen stays.
  CHECK(who.get("/v1/me/settings").json.at("email") == "who@example.org");
  REQUIRE(who.put("/v1/me/settings", {{"email", nullptr}}).status == 200);
  CHECK(anyone().get(third).status == 200);
  check_problem(anyone().get("/v1/me/calendar"), 401, "unauthenticated");
  check_problem(anyone().get("/v1/calendars/x.ics"), 404, "calendar_not_found");
}

TEST_CASE("the log of requests has no address of a calendar") {
  const TempDir folder;
  NodeProcess node(CAVEA_BINARY, folder.path(), {"--log-level", "debug"});
  HttpClient alice(node.url());
  alice.use_token(node.token("user", "alice"));
  const auto path = Json::parse(alice.get("/v1/me/calendar").body).at("path").get<std::string>();
  HttpClient program(node.url());
  CHECK(program.get(path).status == 200);
  CHECK(program.get(path + "/").status == 404);
  CHECK(program.send("POST", path, "", {}).status == 405);
  CHECK(program.get("/v1/calendars" + path).status == 404);
  REQUIRE(alice.get("/v1/me/settings").status == 200);
  REQUIRE(node.process().wait_for_line("/v1/me/settings", std::chrono::seconds(10)).has_value());
  CHECK(node.stop().code == 0);
  const auto log = node.process().output() + node.process().error_output();
  CHECK(log.find("route=/v1/calendars/{name}") != std::string::npos);
  const auto secret = path.substr(std::string("/v1/calendars/").size());
  CHECK(log.find(secret.substr(0, 30)) == std::string::npos);
  CHECK(log.find(secret.substr(secret.size() - 30)) == std::string::npos);
}

}  // namespace
}  // namespace cavea::test
