#include "tickets/calendar.hpp"

#include "tickets/calendar_zone.hpp"

#include <libical/ical.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>

namespace cavea::tickets {

namespace {

struct FreeComponent {
  void operator()(icalcomponent* component) const noexcept { icalcomponent_free(component); }
};

using Component = std::unique_ptr<icalcomponent, FreeComponent>;

void add(icalcomponent* component, icalproperty* property) {
  icalcomponent_add_property(component, property);
}

/// Adds a local time with the name of its zone, or where that would be two moments, one in UTC.
void add_time(
    icalcomponent* component,
    icalproperty* (*make)(icaltimetype),
    const std::string& zone,
    engine::Timestamp time) {
  const auto local = local_time(zone, time);
  if (!local) return add(component, make(utc_time(time)));
  icalproperty* property = make(*local);
  icalproperty_add_parameter(property, icalparameter_new_tzid(zone.c_str()));
  add(component, property);
}

icalcomponent* make_event(const CalendarEvent& event, const Calendar& calendar) {
  icalcomponent* made = icalcomponent_new_vevent();
  const auto& zone = event.time_zone;
  add(made, icalproperty_new_uid(event.uid.c_str()));
  add(made, icalproperty_new_sequence(static_cast<int>(event.sequence)));
  add(made, icalproperty_new_dtstamp(utc_time(event.changed_at)));
  add(made, icalproperty_new_lastmodified(utc_time(event.changed_at)));
  add_time(made, icalproperty_new_dtstart, zone, event.starts_at);
  add_time(made, icalproperty_new_dtend, zone, event.ends_at);
  add(made, icalproperty_new_summary(event.title.c_str()));
  if (!event.description.empty()) {
    add(made, icalproperty_new_description(event.description.c_str()));
  }
  if (!event.location.empty()) add(made, icalproperty_new_location(event.location.c_str()));
  if (!event.url.empty()) add(made, icalproperty_new_url(event.url.c_str()));
  if (!calendar.organizer.empty()) {
    add(made, icalproperty_new_organizer(("mailto:" + calendar.organizer).c_str()));
  }
  const bool is_cancelled = event.is_cancelled || calendar.method == CalendarMethod::cancel;
  add(made, icalproperty_new_status(is_cancelled ? ICAL_STATUS_CANCELLED : ICAL_STATUS_CONFIRMED));
  return made;
}

/// A text that the library made.
std::string taken(char* text) {
  std::string copy(text);
  std::free(text);  // NOLINT: it is allocated with malloc.
  return copy;
}

/// `value` without what would have to be escaped: in such properties the library does it its own
/// way.
void add_extension(icalcomponent* component, const char* name, const std::string& value) {
  icalproperty* property = icalproperty_new_x(value.c_str());
  icalproperty_set_x_name(property, name);
  add(component, property);
}

/// What those need who follow a calendar (RFC 7986, 5), and by the older names that most programs
/// look for.
void add_feed(icalcomponent* root, const Calendar& calendar) {
  if (!calendar.name.empty()) {
    add(root, icalproperty_new_name(calendar.name.c_str()));
    add_extension(root, "X-WR-CALNAME", calendar.name);
  }
  if (calendar.refresh_after.ms == 0) return;
  const auto duration =
      icaldurationtype_from_int(static_cast<int>(calendar.refresh_after.ms / 1000));
  icalproperty* refresh = icalproperty_new_refreshinterval(duration);
  icalproperty_set_parameter(refresh, icalparameter_new_value(ICAL_VALUE_DURATION));
  add(root, refresh);
  add_extension(root, "X-PUBLISHED-TTL", taken(icaldurationtype_as_ical_string_r(duration)));
}

std::map<std::string, CalendarSpan> spans_of(const std::vector<CalendarEvent>& events) {
  std::map<std::string, CalendarSpan> spans;
  for (const auto& event : events) {
    const CalendarSpan span{event.starts_at, event.ends_at};
    auto& known = spans.emplace(event.time_zone, span).first->second;
    known.from = std::min(known.from, span.from);
    known.to = std::max(known.to, span.to);
  }
  return spans;
}

}  // namespace

std::string calendar_text(const Calendar& calendar) {
  const Component root(icalcomponent_new(ICAL_VCALENDAR_COMPONENT));
  add(root.get(), icalproperty_new_version("2.0"));
  add(root.get(), icalproperty_new_prodid("-//Cavea//Cavea//EN"));
  const bool is_cancel = calendar.method == CalendarMethod::cancel;
  add(root.get(), icalproperty_new_method(is_cancel ? ICAL_METHOD_CANCEL : ICAL_METHOD_PUBLISH));
  add_feed(root.get(), calendar);
  for (const auto& [zone, span] : spans_of(calendar.events)) {
    icalcomponent_add_component(root.get(), make_time_zone(zone, span));
  }
  for (const auto& event : calendar.events) {
    icalcomponent_add_component(root.get(), make_event(event, calendar));
  }
  char* const text = icalcomponent_as_ical_string_r(root.get());
  return text == nullptr ? std::string() : taken(text);
}

}  // namespace cavea::tickets
