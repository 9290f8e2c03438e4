#pragma once

#include "engine/ids.hpp"
#include "engine/point.hpp"

#include <cstdint>
#include <vector>

namespace cavea::engine {

class SeatMap;

/// A seat map in the order in which searches read it: the chairs of a segment side by side, the
/// segments nearest to the focal point first. A segment is what of a row lies between two aisles
/// (or ends of the row): only inside it do people sit next to each other. Computed once for a map.
struct Seating {
  /// What a search asks about a seat, in 16 bytes, so that a house of 50,000 fits into a cache.
  struct Chair {
    std::uint64_t distance = 0;  ///< `squared_distance` to the focal point.
    Place place;
    std::uint16_t zone = 0;
    bool accessible : 1 = false;
    bool companion : 1 = false;
    bool is_first : 1 = false;  ///< Nobody sits to the left of it in its segment.
    bool is_last : 1 = false;   ///< Nobody sits to the right of it in its segment.

    /// Neither accessible nor companion: for sale to everybody.
    [[nodiscard]] bool is_ordinary() const noexcept { return !accessible && !companion; }
  };

  struct Segment {
    std::uint64_t nearest = 0;  ///< The smallest `Chair::distance` in it.
    std::uint32_t begin = 0;    ///< Chairs [begin, end), from left to right.
    std::uint32_t end = 0;
    std::uint16_t section = 0;
  };

  static constexpr std::uint32_t nowhere = UINT32_MAX;

  std::vector<Chair> chairs;             ///< Without retired seats.
  std::vector<Segment> segments;         ///< By (`nearest`, first place).
  std::vector<std::uint32_t> positions;  ///< By place: index into `chairs`; `nowhere`: retired.

  /// `map` must have its rows filled.
  [[nodiscard]] static Seating of(const SeatMap& map);
};

/// Neighbouring chairs [begin, end) that a search may give away, inside the free ones around them.
struct Run {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t free_begin = 0;  ///< At most `begin`.
  std::uint32_t free_end = 0;    ///< At least `end`.

  [[nodiscard]] std::uint32_t size() const noexcept { return end - begin; }
};

/// Calls `visit(Run)` for the longest runs of a segment, from left to right, whose chairs are free
/// and may be given. `is_free` and `may_give` take a `Chair`; `may_give` is asked about free chairs
/// only.
template <class IsFree, class MayGive, class Visit>
void for_each_run(
    const Seating& seating,
    const Seating::Segment& segment,
    const IsFree& is_free,
    const MayGive& may_give,
    const Visit& visit) {
  const auto* chairs = seating.chairs.data();
  auto at = segment.begin;
  while (at < segment.end) {
    if (!is_free(chairs[at])) {
      ++at;
      continue;
    }
    const auto free_begin = at;
    while (at < segment.end && is_free(chairs[at])) ++at;

    auto from = free_begin;
    while (from < at) {
      auto to = from;
      while (to < at && may_give(chairs[to])) ++to;
      if (to > from) visit(Run{.begin = from, .end = to, .free_begin = free_begin, .free_end = at});
      from = to + 1;
    }
  }
}

/// Whether taking `count` chairs from `first` on leaves an ordinary seat beside them alone.
/// Accessible and companion seats may stay alone: they are kept for people who come for just that
/// seat.
[[nodiscard]] inline bool leaves_single(
    const Seating& seating, const Run& run, std::uint32_t first, std::uint32_t count) {
  const auto is_alone = [&](std::uint32_t left_over, std::uint32_t position) {
    return left_over == 1 && seating.chairs[position].is_ordinary();
  };
  return is_alone(first - run.free_begin, run.free_begin)
         || is_alone(run.free_end - first - count, run.free_end - 1);
}

}  // namespace cavea::engine
