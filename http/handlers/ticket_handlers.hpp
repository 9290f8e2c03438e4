#pragma once

#include "http/exchange.hpp"
#include "http/handlers/handler_context.hpp"

#include <vector>

namespace cavea::http {

/// The tickets of a reservation, their QR codes, and the key that doors know them by
/// (`/v1/tickets/keys`). `context` must outlive the routes.
void add_ticket_routes(std::vector<Route>& routes, const HandlerContext& context);

}  // namespace cavea::http
