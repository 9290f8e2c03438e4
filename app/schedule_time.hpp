#pragma once

#include "engine/result.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace cavea::app {

/// A day of the calendar, in days since 1970-01-01.
struct Day {
  int value = 0;

  auto operator<=>(const Day&) const = default;
};

/// "2027-01-04"; nothing when it is no day of the calendar.
[[nodiscard]] std::optional<Day> read_day(std::string_view text);

[[nodiscard]] std::string print_day(Day day);

[[nodiscard]] bool is_monday(Day day);

/// The first Monday after the day of `now` in UTC.
[[nodiscard]] Day monday_after(std::chrono::system_clock::time_point now);

/// A time as a schedule has it.
struct ScheduleTime {
  std::string text;    ///< As the API takes it: "2027-01-04T19:30", or with seconds and an offset.
  std::string suffix;  ///< For ids: "2027-01-04-1930", or "w1-tue-1930".
  bool is_relative = false;
};

/// Why a text is no time; what would be right.
struct ScheduleTimeError {
  std::string reason;
};

/// Reads "2027-01-04T19:30" (a blank instead of the T is fine; seconds and offset are kept) or
/// "week 1 tue 19:30", counted from `first_day`, a Monday.
[[nodiscard]] engine::Result<ScheduleTime, ScheduleTimeError> read_schedule_time(
    std::string_view text, Day first_day);

/// The time `minutes` later on the same clock; `time` without a fault.
[[nodiscard]] std::string plus_minutes(const std::string& time, int minutes);

}  // namespace cavea::app
