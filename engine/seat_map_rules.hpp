#pragma once

#include "engine/definition.hpp"
#include "engine/seat_map.hpp"

namespace cavea::engine {

/// What is wrong with the parts of a seat map, empty when nothing is: duplicate or malformed
/// labels, indices out of range, too many seats. At most `limits::faults_max`. Fields are JSON
/// pointers into the API's seat map, which nests what `Parts` keeps side by side:
/// "/sections/0/rows/2/seats/5/number".
[[nodiscard]] Faults check_parts(const SeatMap::Parts& parts);

/// The new map with the places of the old one: a seat that is in both (by label) keeps its index, a
/// new one is appended, one that is only in the old map stays as retired. Zones, sections (by id)
/// and rows (by section and label) are matched in the same way. A seat that is new between others
/// gets its place in the row by `Seat::rank`. Not bounded: check the sizes of what comes out.
[[nodiscard]] SeatMapRef merge_seat_maps(const SeatMap& old_map, const SeatMap::Parts& wanted);

}  // namespace cavea::engine
