#pragma once

#include "engine/place_table.hpp"
#include "engine/seat_map.hpp"

#include <vector>

namespace cavea::engine {

/// The seats that a hand-picked selection would leave alone, by place; empty: the selection is
/// legal.
///
/// The rule, as a buyer would be told it: "Please leave no single seat free. Free seats side by
/// side, with no aisle and nobody between them, are a block; what you leave of a block must be
/// nothing or at least two seats together." A seat that was alone before is nobody's fault and
/// stays as it was.
///
/// It is relaxed where it would cost a sale or hurt the wrong people:
/// - the last seats: a selection that takes all of a block but one seat may leave that one, because
///   no choice of as many seats in this block would be better (seats.io calls this lenient);
/// - accessible and companion seats: they may stay alone, and in a block of which somebody takes
/// one,
///   nothing is refused, since people who need them have no other choice.
///
/// `selection` names free seats of the map, each once.
[[nodiscard]] std::vector<Place> single_gaps(
    const SeatMap& map, const PlaceTable& places, const std::vector<Place>& selection);

/// Up to `limits::alternatives_max` selections of the same size that leave no seat alone, for a
/// selection that does. What is legal of the refused selection stays as it is; the seats taken from
/// blocks at fault move together to where they sit side by side: shifted, in another block, in
/// another row, in their price zones, never on accessible or companion seats. Where that finds
/// nothing, the seats of each block move on their own. Nearest first (between the middles of what
/// moved), then by place.
[[nodiscard]] std::vector<std::vector<Place>> legal_alternatives(
    const SeatMap& map, const PlaceTable& places, const std::vector<Place>& selection);

}  // namespace cavea::engine
