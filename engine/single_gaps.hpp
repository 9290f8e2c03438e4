#pragma once

#include "engine/place_table.hpp"
#include "engine/seat_map.hpp"

#include <vector>

namespace cavea::engine {

/// The free seats that a selection would leave alone between taken seats (or a row's end or aisle)
/// though they were not alone before. Relaxed where the selection takes everything it can: the last
/// seats of a row segment that would leave one alone whatever is picked, and accessible or companion seats.
[[nodiscard]] std::vector<Place> single_gaps(
    const SeatMap& map, const PlaceTable& places, const std::vector<Place>& selection);

/// Up to `limits::alternatives_max` selections of the same size that leave no gap, nearest to the refused one first.
[[nodiscard]] std::vector<std::vector<Place>> legal_alternatives(
    const SeatMap& map, const PlaceTable& places, const std::vector<Place>& selection);

}  // namespace cavea::engine
