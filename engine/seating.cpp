#include "engine/seating.hpp"

#include "engine/seat_map.hpp"

#include <algorithm>
#include <tuple>

namespace cavea::engine {
namespace {

/// Places of `row` from `begin` to the next aisle or the row's end.
struct Stretch {
  std::uint64_t nearest = 0;
  std::uint32_t row = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  Place first;
};

std::vector<Stretch> stretches_of(const SeatMap& map) {
  std::vector<Stretch> stretches;
  for (std::uint32_t row = 0; row < map.rows().size(); ++row) {
    const auto& places = map.rows()[row].seats;
    for (std::uint32_t at = 0; at < places.size();) {
      Stretch stretch{
          .nearest = UINT64_MAX, .row = row, .begin = at, .end = at, .first = places[at]};
      for (bool has_aisle = false; stretch.end < places.size() && !has_aisle; ++stretch.end) {
        const auto& seat = map.seat(places[stretch.end]);
        has_aisle = seat.traits.aisle_after;
        stretch.nearest = std::min(stretch.nearest, squared_distance(seat.at, map.focal_point()));
      }
      at = stretch.end;
      stretches.push_back(stretch);
    }
  }
  std::sort(stretches.begin(), stretches.end(), [](const Stretch& a, const Stretch& b) {
    return std::tie(a.nearest, a.first) < std::tie(b.nearest, b.first);
  });
  return stretches;
}

}  // namespace

Seating Seating::of(const SeatMap& map) {
  Seating seating;
  seating.chairs.reserve(map.seat_count());
  seating.positions.assign(map.seat_count(), nowhere);
  for (const auto& stretch : stretches_of(map)) {
    const auto& row = map.rows()[stretch.row];
    const auto begin = static_cast<std::uint32_t>(seating.chairs.size());
    for (auto at = stretch.begin; at < stretch.end; ++at) {
      const auto place = row.seats[at];
      const auto& seat = map.seat(place);
      seating.positions[place.value] = static_cast<std::uint32_t>(seating.chairs.size());
      seating.chairs.push_back(
          {.distance = squared_distance(seat.at, map.focal_point()),
           .place = place,
           .zone = seat.zone,
           .accessible = seat.traits.accessible,
           .companion = seat.traits.companion,
           .is_first = at == stretch.begin,
           .is_last = at + 1 == stretch.end});
    }
    seating.segments.push_back(
        {.nearest = stretch.nearest,
         .begin = begin,
         .end = static_cast<std::uint32_t>(seating.chairs.size()),
         .section = row.section});
  }
  return seating;
}

}  // namespace cavea::engine
