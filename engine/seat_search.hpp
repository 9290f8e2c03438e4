#pragma once

#include "engine/best_available.hpp"
#include "engine/place_table.hpp"
#include "engine/seat_map.hpp"
#include "engine/seating.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <vector>

namespace cavea::engine {

/// What one search for a party may look at; shared by the steps of `best_available`.
struct SeatSearch {
  const SeatMap& map;
  const PlaceTable& places;
  const SeatFilter& filter;
  bool gives_special = false;     ///< Accessible and companion seats may be given.
  bool needs_accessible = false;  ///< One accessible seat must be given.

  [[nodiscard]] const Seating& seating() const noexcept { return map.seating(); }

  [[nodiscard]] const Seating::Chair& chair(std::uint32_t position) const {
    return map.seating().chairs[position];
  }

  [[nodiscard]] Point point(std::uint32_t position) const {
    return map.seats()[chair(position).place.value].at;
  }

  [[nodiscard]] bool may_give(const Seating::Segment& segment) const {
    return filter.sections.empty() || filter.sections.at(segment.section);
  }

  [[nodiscard]] bool may_give(const Seating::Chair& chair) const {
    if (!gives_special && !chair.is_ordinary()) return false;
    return filter.zones.empty() || filter.zones.at(chair.zone);
  }

  /// Calls `visit(Run)` for the runs of one segment that the party may get.
  template <class Visit>
  void for_each_run_of(const Seating::Segment& segment, const Visit& visit) const {
    for_each_run(
        seating(),
        segment,
        [this](const Seating::Chair& chair) { return places.is_free(chair.place); },
        [this](const Seating::Chair& chair) { return may_give(chair); },
        visit);
  }
};

/// Neighbours that a party or a part of it may get; less is better.
struct Window {
  bool leaves_single = false;
  std::uint32_t penalty =
      0;  ///< Accessible seats beyond the first, and no companion seat: see `best_available`.
  std::uint64_t distance = 0;  ///< Sum of squared distances to the point that the search is about.
  Place first;
  std::uint32_t position = 0;  ///< Of its first chair.
  std::uint32_t size = 0;

  auto operator<=>(const Window&) const = default;
};

/// The best `size` neighbours (steps 1 and 2).
[[nodiscard]] std::optional<Window> best_window(const SeatSearch& search, std::uint32_t size);

/// The best `size` neighbours inside `run`, by their distance to `target`, or to the focal point
/// when it is null. Nothing when the run is shorter, or when it must contain an accessible seat and
/// cannot.
[[nodiscard]] std::optional<Window> best_window_in(
    const SeatSearch& search,
    const Run& run,
    std::uint32_t size,
    bool needs_accessible,
    const Point* target = nullptr);

/// The party in as few groups as possible, nobody alone (step 3). Only for a party that does not
/// fit side by side. Nothing when somebody would be alone.
[[nodiscard]] std::optional<std::vector<Window>> split_party(
    const SeatSearch& search, std::uint32_t party_size);

/// Whatever is free (step 4). Only for a party for which steps 1 to 3 find nothing. Nothing when
/// there are not enough seats, or no accessible one for who needs it.
[[nodiscard]] std::optional<std::vector<Place>> scatter_party(
    const SeatSearch& search, std::uint32_t party_size);

/// The places of a window, from left to right.
void append_places(const SeatSearch& search, const Window& window, std::vector<Place>& out);

}  // namespace cavea::engine
