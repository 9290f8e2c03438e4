#pragma once

#include "engine/commands.hpp"
#include "engine/place_table.hpp"
#include "engine/seat_map.hpp"

#include <optional>
#include <vector>

namespace cavea::engine {

/// Which seats a party may get.
struct SeatFilter {
  std::vector<bool> zones;     ///< By index; empty: any.
  std::vector<bool> sections;  ///< By index; empty: any.
  bool accessible = false;
};

/// The best free seats for `party_size` people, deterministic:
/// 1. neighbours in one row, nearest to the focal point, such that no single seat is left alone;
/// 2. neighbours in one row, though a single seat is left;
/// 3. split over as few groups as possible, near to each other, nobody alone (unless the party is one);
/// 4. whatever is free, nearest first.
/// Accessible and companion seats are given only to who asks for them, or when nothing else is left
/// within the filter. Ties are broken by place. Nothing when fewer than `party_size` seats match.
/// At 50,000 seats well below 5 ms.
[[nodiscard]] std::optional<std::vector<Place>> best_available(
    const SeatMap& map, const PlaceTable& places, std::uint32_t party_size, const SeatFilter& filter);

/// Free seats that match the filter.
[[nodiscard]] std::uint32_t count_matching(
    const SeatMap& map, const PlaceTable& places, const SeatFilter& filter);

}  // namespace cavea::engine
