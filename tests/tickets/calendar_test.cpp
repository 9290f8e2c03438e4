#include "tickets/calendar.hpp"

#include "tickets/ticket.hpp"

#include <doctest/doctest.h>
#include <libical/ical.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace cavea::tickets {

namespace {

using engine::Timestamp;

constexpr std::int64_t hour_ms = 3'600'000;

struct FreeParsed {
  void operator()(icalcomponent* component) const noexcept { icalcomponent_free(component); }
};

using Parsed = std::unique_ptr<icalcomponent, FreeParsed>;

Parsed parse(const std::string& text) {
  Parsed root(icalparser_parse_string(text.c_str()));
  REQUIRE(root != nullptr);
  CHECK(icalcomponent_count_errors(root.get()) == 0);
  return root;
}

icalcomponent* event_in(const Parsed& root) {
  auto* event = icalcomponent_get_first_component(root.get(), ICAL_VEVENT_COMPONENT);
  REQUIRE(event != nullptr);
  return event;
}

/// When something starts, as a program that has nothing but the text works it out: by the zone in
/// it.
std::int64_t start_by_zone_in(const Parsed& root) {
  auto* start = icalcomponent_get_first_property(event_in(root), ICAL_DTSTART_PROPERTY);
  auto* id = icalproperty_get_first_parameter(start, ICAL_TZID_PARAMETER);
  REQUIRE(id != nullptr);
  auto* part = icalcomponent_get_first_component(root.get(), ICAL_VTIMEZONE_COMPONENT);
  REQUIRE(part != nullptr);
  std::unique_ptr<icaltimezone, void (*)(icaltimezone*)> zone(
      icaltimezone_new(), [](icaltimezone* made) { icaltimezone_free(made, 1); });
  REQUIRE(icaltimezone_set_component(zone.get(), icalcomponent_new_clone(part)) == 1);
  CHECK(std::string(icaltimezone_get_tzid(zone.get())) == icalparameter_get_tzid(id));
  return icaltime_as_timet_with_zone(icalproperty_get_dtstart(start), zone.get());
}

CalendarEvent event_at(const std::string& zone, std::int64_t seconds) {
  CalendarEvent event;
  event.uid = "01JD3V7Z3N0R2M5Q8T9W4X6Y7Z@cavea";
  event.sequence = 3;
  event.changed_at = {1'790'000'000'000};
  event.title = "The Lighthouse";
  event.time_zone = zone;
  event.starts_at = {seconds * 1000};
  event.ends_at = {seconds * 1000 + 2 * hour_ms};
  return event;
}

engine::ReservationView class_view(engine::ReservationStatus status) {
  engine::OfferingDefinition definition;
  definition.title = "Morning yoga";
  definition.time_zone = "Asia/Seoul";
  definition.starts_at = {1'796'412'600'000};
  definition.ends_at = {1'796'416'200'000};
  definition.terms = engine::ClassTerms{.capacity = 5, .price = {}};
  engine::ReservationView view;
  view.reservation.id = engine::ReservationId::make({1'790'000'000'000}, {0}, 7);
  view.reservation.status = status;
  view.reservation.lines = {{.place = {1}, .price = {}}, {.place = {2}, .price = {}}};
  view.definition = std::make_shared<const engine::OfferingDefinition>(definition);
  return view;
}

}  // namespace

TEST_CASE("an appointment starts at its moment by the zone that its calendar brings along") {
  const struct {
    const char* zone;
    std::int64_t start;      ///< Seconds since 1970.
    const char* wall_clock;  ///< What the text has.
  } rows[] = {
      {"Asia/Seoul", 1'796'412'600, "20261205T043000"},
      {"Europe/London", 1'796'412'600, "20261204T193000"},
      // Around both changes of the clocks in London: the last minutes before, the first after.
      {"Europe/London", 1'774'745'940, "20260329T005900"},
      {"Europe/London", 1'774'746'000, "20260329T020000"},
      {"Europe/London", 1'792'886'340, "20261025T005900"},
      {"Europe/London", 1'792'893'600, "20261025T020000"},
      {"Europe/London", 1'784'655'000, "20260721T183000"},
      {"America/New_York", 1'784'655'000, "20260721T133000"},
      {"Australia/Lord_Howe", 1'796'412'600, "20261205T063000"},
      {"Asia/Kathmandu", 1'796'412'600, "20261205T011500"},
      {"Africa/Casablanca", 1'771'300'000, "20260217T034640"},
      {"Etc/UTC", 1'796'412'600, "20261204T193000"},
  };

  for (const auto& row : rows) {
    CAPTURE(row.zone);
    CAPTURE(row.start);
    const auto text = calendar_text({.events = {event_at(row.zone, row.start)}});
    CAPTURE(text);
    CHECK(
        text.find("DTSTART;TZID=" + std::string(row.zone) + ":" + row.wall_clock)
        != std::string::npos);
    CHECK(start_by_zone_in(parse(text)) == row.start);
  }
}

TEST_CASE("a calendar that is followed says its name and when to look again") {
  const auto text = calendar_text(
      {.name = "Reservations",
       .refresh_after = {hour_ms},
       .events = {event_at("Europe/London", 1'796'412'600)}});
  const auto root = parse(text);
  CHECK(text.find("\r\nNAME:Reservations\r\n") != std::string::npos);
  CHECK(text.find("\r\nX-WR-CALNAME:Reservations\r\n") != std::string::npos);
  CHECK(text.find("\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n") != std::string::npos);
  CHECK(text.find("\r\nX-PUBLISHED-TTL:PT1H\r\n") != std::string::npos);
  CHECK(icalcomponent_get_first_component(event_in(root), ICAL_VALARM_COMPONENT) == nullptr);
  const auto sent = calendar_text({.events = {event_at("Europe/London", 1'796'412'600)}});
  CHECK(sent.find("\r\nNAME:") == std::string::npos);
  CHECK(sent.find("REFRESH-INTERVAL") == std::string::npos);
}

TEST_CASE("a calendar without appointments is one all the same") {
  const auto root = parse(calendar_text({.name = "Reservations"}));
  CHECK(icalcomponent_isa(root.get()) == ICAL_VCALENDAR_COMPONENT);
  CHECK(icalcomponent_count_components(root.get(), ICAL_ANY_COMPONENT) == 0);
}

TEST_CASE("a local time that comes twice is written so that it is one moment") {
  const auto first = calendar_text({.events = {event_at("Europe/London", 1'792'886'400)}});
  CHECK(first.find("DTSTART:20261025T000000Z") != std::string::npos);
  const auto second = calendar_text({.events = {event_at("Europe/London", 1'792'890'000)}});
  CHECK(second.find("DTSTART:20261025T010000Z") != std::string::npos);
}

TEST_CASE("a zone that is not known here counts as UTC") {
  const auto text = calendar_text({.events = {event_at("Mars/Olympus", 1'796'412'600)}});
  CHECK(start_by_zone_in(parse(text)) == 1'796'412'600);
}

TEST_CASE("a calendar says what it is sent for") {
  auto event = event_at("Europe/London", 1'796'412'600);
  const Calendar publish{.organizer = "box@theatre.example", .events = {event}};
  auto root = parse(calendar_text(publish));
  CHECK(icalcomponent_get_method(root.get()) == ICAL_METHOD_PUBLISH);
  CHECK(icalcomponent_get_status(event_in(root)) == ICAL_STATUS_CONFIRMED);
  CHECK(icalcomponent_get_uid(event_in(root)) == event.uid);
  CHECK(icalcomponent_get_sequence(event_in(root)) == 3);
  auto* organizer = icalcomponent_get_first_property(event_in(root), ICAL_ORGANIZER_PROPERTY);
  REQUIRE(organizer != nullptr);
  CHECK(std::string(icalproperty_get_organizer(organizer)) == "mailto:box@theatre.example");

  root = parse(calendar_text({.method = CalendarMethod::cancel, .events = {event}}));
  CHECK(icalcomponent_get_method(root.get()) == ICAL_METHOD_CANCEL);
  CHECK(icalcomponent_get_status(event_in(root)) == ICAL_STATUS_CANCELLED);

  event.is_cancelled = true;
  root = parse(calendar_text({.events = {event}}));
  CHECK(icalcomponent_get_method(root.get()) == ICAL_METHOD_PUBLISH);
  CHECK(icalcomponent_get_status(event_in(root)) == ICAL_STATUS_CANCELLED);
}

TEST_CASE("no text of an appointment becomes a line of its calendar") {
  auto event = event_at("Europe/London", 1'796'412'600);
  event.title = "A; B, C\\ \"\xC3\xA9\"\r\nATTACH:file:///etc/passwd\nEND:VEVENT";
  event.description = "stalls-A-1\nBEGIN:VALARM\r\n";
  event.location = "here\nX-EVIL:1";
  const auto root = parse(calendar_text({.events = {event}}));
  auto* made = event_in(root);
  CHECK(icalcomponent_get_first_property(made, ICAL_ATTACH_PROPERTY) == nullptr);
  CHECK(icalcomponent_get_first_property(made, ICAL_X_PROPERTY) == nullptr);
  CHECK(icalcomponent_get_first_component(made, ICAL_ANY_COMPONENT) == nullptr);
  const std::string title = icalcomponent_get_summary(made);
  CHECK(title.find("A; B, C\\ \"\xC3\xA9\"") == 0);
  CHECK(title.find("ATTACH:") != std::string::npos);
}

TEST_CASE("appointments in two zones bring both along") {
  const auto text = calendar_text(
      {.events = {
           event_at("Europe/London", 1'796'412'600),
           event_at("Asia/Seoul", 1'796'412'600),
           event_at("Asia/Seoul", 1'796'512'600)}});
  const auto root = parse(text);
  CHECK(icalcomponent_count_components(root.get(), ICAL_VTIMEZONE_COMPONENT) == 2);
  CHECK(icalcomponent_count_components(root.get(), ICAL_VEVENT_COMPONENT) == 3);
}

TEST_CASE("a reservation is in a calendar from its confirmation on") {
  using engine::ReservationStatus;
  const Timestamp later{1'790'000'090'000};
  CHECK(calendar_events_of(class_view(ReservationStatus::held), later).empty());
  CHECK(calendar_events_of(class_view(ReservationStatus::expired), later).empty());
  const auto confirmed = calendar_events_of(class_view(ReservationStatus::confirmed), later);
  REQUIRE(confirmed.size() == 1);
  CHECK_FALSE(confirmed[0].is_cancelled);
  CHECK(confirmed[0].title == "Morning yoga");
  CHECK(confirmed[0].time_zone == "Asia/Seoul");
  CHECK(confirmed[0].sequence == 90);

  const auto cancelled =
      calendar_events_of(class_view(ReservationStatus::cancelled), {later.ms + 5'000});
  REQUIRE(cancelled.size() == 1);
  CHECK(cancelled[0].is_cancelled);
  CHECK(cancelled[0].uid == confirmed[0].uid);
  CHECK(cancelled[0].sequence > confirmed[0].sequence);
}

TEST_CASE("a place that was exchanged and is on its way back is in nobody's calendar or tickets") {
  const auto one = class_view(engine::ReservationStatus::confirmed);
  auto saga = std::make_shared<engine::SagaView>();
  saga->saga.id = one.reservation.id;
  saga->saga.goal = engine::SagaGoal::confirm;
  saga->saga.was_confirmed = true;
  for (int i = 0; i < 3; ++i) {
    engine::SagaLeg leg;
    leg.reservation = {one.reservation.id.high, saga->saga.legs.size()};
    leg.state = engine::LegState::sold;
    leg.lines = one.reservation.lines;
    saga->saga.legs.push_back(leg);
    saga->definitions.push_back(one.definition);
  }
  saga->saga.legs[0].giving_back.emplace().exchanged = {{1}, {2}};
  saga->saga.legs[1].giving_back.emplace().exchanged = {{2}};
  engine::ReservationView view;
  view.saga = saga;
  const auto events = calendar_events_of(view, {1'790'000'090'000});
  REQUIRE(events.size() == 3);
  CHECK(events[0].is_cancelled);
  CHECK_FALSE(events[1].is_cancelled);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> seen;
  for (const auto& ticket : tickets_of(view)) seen.emplace_back(ticket.item, ticket.place.value);
  CHECK(seen == std::vector<std::pair<std::uint32_t, std::uint32_t>>{{1, 1}, {2, 1}, {2, 2}});
}

TEST_CASE("an item whose places were all given back is cancelled, the others stay") {
  using engine::LegState;
  const auto one = class_view(engine::ReservationStatus::confirmed);
  auto saga = std::make_shared<engine::SagaView>();
  saga->saga.id = one.reservation.id;
  saga->saga.was_confirmed = true;
  for (const auto state : {LegState::sold, LegState::gone, LegState::refused, LegState::sold}) {
    engine::SagaLeg leg;
    leg.reservation = {one.reservation.id.high, saga->saga.legs.size()};
    leg.state = state;
    leg.lines = one.reservation.lines;
    saga->saga.legs.push_back(leg);
    saga->definitions.push_back(one.definition);
  }
  for (auto& line : saga->saga.legs[3].lines) line.given_back = true;
  engine::ReservationView view;
  view.saga = saga;
  const auto events = calendar_events_of(view, {1'790'000'090'000});
  REQUIRE(events.size() == 3);
  CHECK_FALSE(events[0].is_cancelled);
  CHECK(events[1].is_cancelled);
  CHECK(events[2].is_cancelled);
  CHECK(events[0].uid != events[1].uid);
}

}  // namespace cavea::tickets
