#pragma once

#include "engine/definition.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace cavea::app {

/// Writes out the rows of a seat map that a venue wrote compactly, so that the API takes it.
///
/// A compact row names its seats in one text, from left to right as the audience sees them, `|`
/// where an aisle is: `{"label": "C", "zone": "premium", "seats": "1-8 | 9-22 | 23-30", "radius":
/// 21}`. Ranges may run backwards. Further members of a row: `zones`, `accessible`, `companion` and
/// `restricted_view` for some of the seats (`"zones": {"standard": "1-4, 27-30"}`), and where it
/// stands:
/// - on an arc: `radius` around `centre` of the section's `layout`, the middle of the row at
///   `angle` degrees (0: straight away from the stage, positive to the right);
/// - or on a line: first seat at `x`, `y`, running at `turn` degrees (0: to the right, 90: away
/// from
///   the stage).
/// `layout` of a section, all optional: `centre` {x, y}, `pitch` (between seats, 1), `aisle` (what
/// an aisle adds, 1), and default values for `radius_first`/`radius_step`, which place the
/// section's rows one behind the other when they give no radius.
///
/// Rows in the API's own form pass through. `map` is changed in place; fields of the faults are
/// JSON pointers below `base`.
[[nodiscard]] engine::Faults write_out_seat_rows(nlohmann::json& map, const std::string& base);

/// "1-4, 9, 12-10" as its numbers in order; an empty list when the text is not of this form.
[[nodiscard]] std::vector<std::string> seat_numbers(std::string_view text);

}  // namespace cavea::app
