#pragma once

#include "engine/command_bus.hpp"
#include "engine/rejection.hpp"
#include "engine/reservation_view.hpp"
#include "engine/saga.hpp"

#include <optional>

namespace cavea::actors {

/// Finds the places that an exchange names by their labels (`ExchangedPart::places`), and refuses
/// names that the offerings of the reservation do not have.
[[nodiscard]] std::optional<engine::Refusal> find_places(
    engine::BeginExchange& exchange, const engine::ReservationView& reservation);

}  // namespace cavea::actors
