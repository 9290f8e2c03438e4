#pragma once

#include "engine/command_bus.hpp"
#include "tickets/ticket.hpp"
#include "tickets/ticket_key.hpp"

#include <cstddef>
#include <string>

namespace cavea::http::json {

/// What an item of a reservation is of; null where it is not known yet.
[[nodiscard]] engine::DefinitionRef definition_of(
    const engine::ReservationView& view, std::size_t item);

/// Appends the tickets of a reservation with their tokens:
/// `{"reservation":"...","tickets":[...]}`.
void append_tickets(
    std::string& out, const engine::ReservationView& view, const tickets::TicketKey& key);

}  // namespace cavea::http::json
