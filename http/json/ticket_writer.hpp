#pragma once

#include "engine/command_bus.hpp"
#include "tickets/ticket.hpp"
#include "tickets/ticket_key.hpp"

#include <string>

namespace cavea::http::json {

/// Appends the tickets of a reservation with their tokens:
/// `{"reservation":"...","tickets":[...]}`.
void append_tickets(
    std::string& out, const engine::ReservationView& view, const tickets::TicketKey& key);

}  // namespace cavea::http::json
