#pragma once

#include "engine/ids.hpp"

#include <libical/ical.h>

#include <optional>
#include <string>

// Time zones of calendars. INTERNAL.

namespace cavea::tickets {

/// A span of time that a calendar tells of.
struct CalendarSpan {
  engine::Timestamp from;
  engine::Timestamp to;
};

/// A `VTIMEZONE` (RFC 5545, 3.6.5) that says how clocks go in `name` from a year before `span` to a
/// year behind it; each change of the clocks is in it by itself, so no rule is needed that may not
/// hold. The caller owns it.
[[nodiscard]] icalcomponent* make_time_zone(const std::string& name, const CalendarSpan& span);

/// What clocks show there at that moment; nothing when they show it twice, because they are turned
/// back over it.
[[nodiscard]] std::optional<icaltimetype> local_time(
    const std::string& zone, engine::Timestamp time);

/// The moment in UTC.
[[nodiscard]] icaltimetype utc_time(engine::Timestamp time);

}  // namespace cavea::tickets
