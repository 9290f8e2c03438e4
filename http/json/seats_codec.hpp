#pragma once

#include "engine/command_bus.hpp"

#include <string>

namespace cavea::http::json {

/// Appends the answer of `GET /v1/performances/{id}/seats`: map and prices (left out unless
/// `with_map`) and the states of all places that are not free. The text of the map is remembered by
/// each thread, so that thousands who look at one performance do not write it thousands of times.
void append_seats(std::string& out, const engine::SeatsView& view, bool with_map);

}  // namespace cavea::http::json
