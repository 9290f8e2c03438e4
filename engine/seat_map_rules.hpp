#pragma once

#include "engine/definition.hpp"
#include "engine/seat_map.hpp"

namespace cavea::engine {

/// What is wrong with the parts of a seat map, empty when nothing is: duplicate or malformed labels,
/// indices out of range, too many seats. Fields are JSON pointers into the API's seat map.
[[nodiscard]] Faults check_parts(const SeatMap::Parts& parts);

/// The new map with the places of the old one: a seat that is in both (by label) keeps its index, a new
/// one is appended, one that is only in the old map stays as retired. Zones are matched by id in the same way.
[[nodiscard]] SeatMapRef merge_seat_maps(const SeatMap& old_map, const SeatMap::Parts& wanted);

}  // namespace cavea::engine
