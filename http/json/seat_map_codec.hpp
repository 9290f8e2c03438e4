#pragma once

#include "engine/rejection.hpp"
#include "engine/seat_map.hpp"
#include "http/json/document.hpp"
#include "http/json/findings.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cavea::http::json {

/// Appends a seat's label as a JSON string: "stalls-A-12" with its quotes.
void append_label(std::string& out, const engine::SeatMap& map, engine::Place place);

/// Appends the map without retired seats, as `read_seat_map` takes it.
void append_seat_map(std::string& out, const engine::SeatMap& map);

/// Reads a seat map and checks it (`engine::check_parts`); nothing when `findings` got faults.
[[nodiscard]] std::optional<engine::SeatMap::Parts> read_seat_map(
    const Json& value, const Path& at, Findings& findings);

/// Seats that are not retired.
[[nodiscard]] std::uint32_t live_seat_count(const engine::SeatMap& map);

/// By zone: whether people see it. A zone whose seats are all retired is kept for its index only.
[[nodiscard]] std::vector<bool> live_zones(const engine::SeatMap& map);

/// A map without sections, rows and seats, for venues that have no numbered seats.
[[nodiscard]] engine::SeatMapRef empty_seat_map();

/// Appends `{"stalls-A-1":"sold",...}` of places that are not free (and not retired), in their
/// order.
void append_states(
    std::string& out, const engine::SeatMap& map, const std::vector<engine::PlaceState>& states);

}  // namespace cavea::http::json
