#pragma once

#include "engine/command_bus.hpp"
#include "engine/ids.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace cavea::tickets {

/// An appointment in a person's calendar: one item of a reservation. The same `uid` is the same
/// appointment, of which the highest `sequence` counts.
struct CalendarEvent {
  std::string uid;
  std::uint32_t sequence = 0;
  engine::Timestamp changed_at;
  std::string title;
  std::string description;  ///< Empty: none; so with the two below.
  std::string location;
  std::string url;
  std::string time_zone;  ///< IANA name; one that is not known here counts as UTC.
  engine::Timestamp starts_at;
  engine::Timestamp ends_at;
  bool is_cancelled = false;
};

/// What a calendar is sent for (RFC 5546).
enum class CalendarMethod : std::uint8_t {
  publish,  ///< These are the appointments.
  cancel,   ///< They do not take place.
};

struct Calendar {
  CalendarMethod method = CalendarMethod::publish;
  std::string organizer{};  ///< Address of who sends it; empty: not said.
  std::string name{};       ///< As programs that follow it show it: plain words; empty: not said.
  engine::Duration refresh_after{};  ///< When those are to look again; zero: not said.
  std::vector<CalendarEvent> events{};
};

/// The calendar as text (RFC 5545), with each time zone as clocks go there around the appointments,
/// so that nobody has to know it. Local times keep their zone: whoever travels still comes on time.
[[nodiscard]] std::string calendar_text(const Calendar& calendar);

/// The appointments of a reservation that was confirmed once: one for each item, cancelled where
/// nothing of it is left. None of one that only was held. `changed_at`: of what is told about it.
/// The description has the seats; the location is there where the venue is among `venues`.
[[nodiscard]] std::vector<CalendarEvent> calendar_events_of(
    const engine::ReservationView& view,
    engine::Timestamp changed_at,
    const std::vector<engine::Venue>& venues = {});

}  // namespace cavea::tickets
