#pragma once

#include <algorithm>
#include <cstdint>

namespace cavea::engine {

/// A point of the drawing: tenths of the venue's unit, x to the right, y away from the stage.
struct Point {
  std::int32_t x = 0;
  std::int32_t y = 0;

  bool operator==(const Point&) const = default;
};

/// The square of the distance between two points, in squared tenths of the venue's unit. Integers
/// only, so that every machine finds the same seats. Differences beyond 2^27 count as 2^27: then
/// the sum over a party of a hundred stays below 2^64.
[[nodiscard]] inline std::uint64_t squared_distance(Point a, Point b) noexcept {
  constexpr std::int64_t difference_max = std::int64_t{1} << 27;
  const auto dx = std::clamp(std::int64_t{a.x} - b.x, -difference_max, difference_max);
  const auto dy = std::clamp(std::int64_t{a.y} - b.y, -difference_max, difference_max);
  return static_cast<std::uint64_t>(dx * dx + dy * dy);
}

}  // namespace cavea::engine
