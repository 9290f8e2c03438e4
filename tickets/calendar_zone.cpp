#include "tickets/calendar_zone.hpp"

#include <date/tz.h>

#include <chrono>
#include <stdexcept>

namespace cavea::tickets {

namespace {

using std::chrono::floor;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Clocks are told of so long before and behind: then both summer and winter are there, which some
/// programs want.
constexpr std::chrono::hours around{366 * 24};

date::sys_seconds second_of(engine::Timestamp time) {
  return floor<seconds>(date::sys_time<milliseconds>(milliseconds(time.ms)));
}

const date::time_zone* find_zone(const std::string& name) {
  try {
    return date::locate_zone(name);
  } catch (const std::runtime_error&) {
    return date::locate_zone("Etc/UTC");
  }
}

icaltimetype clock_at(std::chrono::seconds since_1970) {
  const auto days = floor<date::days>(since_1970);
  const date::year_month_day day{date::sys_days(days)};
  const date::hh_mm_ss<seconds> in_day(since_1970 - days);
  icaltimetype time = icaltime_null_time();
  time.year = static_cast<int>(day.year());
  time.month = static_cast<int>(static_cast<unsigned>(day.month()));
  time.day = static_cast<int>(static_cast<unsigned>(day.day()));
  time.hour = static_cast<int>(in_day.hours().count());
  time.minute = static_cast<int>(in_day.minutes().count());
  time.second = static_cast<int>(in_day.seconds().count());
  return time;
}

/// How clocks go since a change of theirs.
icalcomponent* make_observance(const date::time_zone& zone, const date::sys_info& info) {
  // The first of a zone has been there for ever, which is not a time that calendars can write.
  const date::sys_seconds earliest{date::sys_days(date::year(1970) / 1 / 1)};
  const bool has_change = info.begin > earliest;
  const auto before = has_change ? zone.get_info(info.begin - seconds(1)).offset : info.offset;
  const auto begin = has_change ? info.begin : earliest;
  const bool is_summer = info.save != std::chrono::minutes::zero();
  icalcomponent* part =
      icalcomponent_new(is_summer ? ICAL_XDAYLIGHT_COMPONENT : ICAL_XSTANDARD_COMPONENT);
  icalcomponent_add_property(
      part, icalproperty_new_dtstart(clock_at(begin.time_since_epoch() + before)));
  icalcomponent_add_property(part, icalproperty_new_tzoffsetfrom(static_cast<int>(before.count())));
  icalcomponent_add_property(
      part, icalproperty_new_tzoffsetto(static_cast<int>(info.offset.count())));
  icalcomponent_add_property(part, icalproperty_new_tzname(info.abbrev.c_str()));
  return part;
}

}  // namespace

icalcomponent* make_time_zone(const std::string& name, const CalendarSpan& span) {
  const auto& zone = *find_zone(name);
  icalcomponent* result = icalcomponent_new_vtimezone();
  icalcomponent_add_property(result, icalproperty_new_tzid(name.c_str()));
  const auto end = second_of(span.to) + around;
  auto info = zone.get_info(second_of(span.from) - around);
  while (true) {
    icalcomponent_add_component(result, make_observance(zone, info));
    if (info.end > end) return result;
    info = zone.get_info(info.end);
  }
}

std::optional<icaltimetype> local_time(const std::string& zone, engine::Timestamp time) {
  const auto& found = *find_zone(zone);
  const auto at = second_of(time);
  const auto local = found.to_local(at);
  if (found.get_info(local).result != date::local_info::unique) return std::nullopt;
  return clock_at(local.time_since_epoch());
}

icaltimetype utc_time(engine::Timestamp time) {
  auto clock = clock_at(second_of(time).time_since_epoch());
  clock.zone = icaltimezone_get_utc_timezone();
  return clock;
}

}  // namespace cavea::tickets
