#pragma once

#include <chrono>
#include <cstdint>

namespace cavea::bench {

/// The clock of all measurements: it never jumps.
using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;

[[nodiscard]] constexpr std::int64_t nanoseconds_of(Clock::duration time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
}

[[nodiscard]] constexpr double seconds_of(Clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

/// Cut to whole nanoseconds.
[[nodiscard]] constexpr Clock::duration duration_of(double seconds) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

}  // namespace cavea::bench
