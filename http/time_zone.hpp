#pragma once

#include "engine/ids.hpp"
#include "engine/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cavea::http {

/// Times that the API takes: from 1970 to the end of 2037, where compiled IANA time-zone data ends.
inline constexpr engine::Timestamp time_min{0};
inline constexpr engine::Timestamp time_max{2'145'916'800'000};

/// A wall clock of the IANA database, cheap to copy. The data behind it lives as long as the
/// process.
class TimeZone {
 public:
  /// Nothing when `name` ("Europe/London") is not in the database of this machine.
  [[nodiscard]] static std::optional<TimeZone> find(std::string_view name);

  [[nodiscard]] static TimeZone utc() { return TimeZone(nullptr); }

  /// What local clocks are ahead of UTC at that moment, in seconds.
  [[nodiscard]] std::int32_t offset_at(engine::Timestamp time) const;

  /// The name in the database; "UTC" for `utc()`.
  [[nodiscard]] std::string_view name() const;

  /// The moments at which local clocks show `local` (milliseconds of a wall clock since
  /// 1970-01-01).
  struct Moments {
    engine::Timestamp first;
    std::optional<engine::Timestamp> second;  ///< The clocks were turned back: shown twice.
  };

  /// Nothing when the clocks were turned forward over it: never shown.
  [[nodiscard]] std::optional<Moments> moments_of(std::int64_t local_ms) const;

 private:
  explicit TimeZone(const void* zone) : zone_(zone) {}

  const void* zone_ = nullptr;  ///< A `date::time_zone`; null: UTC.
};

/// Appends "2026-12-04T19:30:00+00:00" (RFC 3339) as clocks show it in `zone`; with ".250" behind
/// the seconds when there are milliseconds.
void append_time(std::string& out, engine::Timestamp time, const TimeZone& zone);

[[nodiscard]] inline std::string format_time(engine::Timestamp time, const TimeZone& zone) {
  std::string text;
  append_time(text, time, zone);
  return text;
}

/// Reads an RFC 3339 time: with an offset or `Z` that moment, without one a local time of `zone`.
/// Seconds may be left out, fractions are cut to milliseconds. The error is a reason for people,
/// which for a local time that the clocks skip or show twice says so and what to write instead.
[[nodiscard]] engine::Result<engine::Timestamp, std::string> parse_time(
    std::string_view text, const TimeZone& zone);

/// Reads "2026-12-04": the moment when that day begins in `zone`. Nothing when it is not a date.
[[nodiscard]] std::optional<engine::Timestamp> parse_date(
    std::string_view text, const TimeZone& zone);

}  // namespace cavea::http
