#pragma once

#include "engine/command_bus.hpp"
#include "http/json/reservation_codec.hpp"

#include <string>

namespace cavea::http::json {

/// Appends a reservation that is carried by a saga. INTERNAL: `append_reservation` does it, and the
/// events of one have it in them.
void append_saga(std::string& out, const engine::SagaView& view, const Viewer& viewer);

}  // namespace cavea::http::json
