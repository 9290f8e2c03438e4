#pragma once

#include "http/exchange.hpp"
#include "http/handlers/handler_context.hpp"

#include <vector>

namespace cavea::http {

/// Tickets at the door, and how many people came by them. `context` must outlive the routes.
void add_check_in_routes(std::vector<Route>& routes, const HandlerContext& context);

}  // namespace cavea::http
