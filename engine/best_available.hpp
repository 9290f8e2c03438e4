#pragma once

#include "engine/place_table.hpp"
#include "engine/seat_map.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace cavea::engine {

/// Which seats a party may get.
struct SeatFilter {
  std::vector<bool> zones;     ///< One for each zone of the map; empty: any.
  std::vector<bool> sections;  ///< One for each section of the map; empty: any.
  bool accessible = false;     ///< The party needs at least one accessible seat.
};

/// The best free seats for `party_size` (at least 1) people, deterministic:
/// 1. neighbours in one row, nearest to the focal point, such that no single seat is left alone;
/// 2. neighbours in one row, though a single seat is left;
/// 3. split over as few groups as possible, near to each other, nobody alone;
/// 4. whatever is free: as few people alone as possible, then nearest first.
///
/// Nearest is the smallest sum of squared distances; ties go to the lower first place. Neighbours
/// have no aisle between them. A seat left alone is as in `single_gaps`, without its relaxations.
/// In step 3, groups are of two or more; of the seats near the focal point from which the fewest
/// groups suffice, those win whose further groups are in the same section and nearest to them.
///
/// A party that does not ask for accessible seats gets ordinary ones; accessible and companion
/// seats are given to it only when the free ordinary seats within the filter are fewer than the
/// party.
///
/// A party that asks sits around an accessible seat: the neighbours (steps 1, 2) or the first group
/// (step 3) contain one, and no more of them than they must; with a companion seat where there is
/// one; then the nearest. In step 4 the others get the seats nearest to it.
///
/// Seats of a group are given from left to right. Nothing when `count_matching` is less than
/// `party_size`. At 50,000 seats well below 5 ms (`bench/micro_best_available.cpp`).
[[nodiscard]] std::optional<std::vector<Place>> best_available(
    const SeatMap& map,
    const PlaceTable& places,
    std::uint32_t party_size,
    const SeatFilter& filter);

/// Only neighbours (steps 1 and 2), for a party that would rather wait than be split. Accessible
/// and companion seats are given only to a party that asks.
[[nodiscard]] std::optional<std::vector<Place>> best_neighbours(
    const SeatMap& map,
    const PlaceTable& places,
    std::uint32_t party_size,
    const SeatFilter& filter);

/// Free seats that match the filter, accessible and companion seats included. Zero for a party that
/// needs an accessible seat when none is free within the filter.
[[nodiscard]] std::uint32_t count_matching(
    const SeatMap& map, const PlaceTable& places, const SeatFilter& filter);

}  // namespace cavea::engine
