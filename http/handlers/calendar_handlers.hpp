#pragma once

#include "http/exchange.hpp"
#include "http/handlers/handler_context.hpp"

#include <vector>

namespace cavea::http {

/// The calendar of a person (`/v1/calendars/{name}`), and the secret address of it
/// (`/v1/me/calendar`). `context` must outlive the routes.
void add_calendar_routes(std::vector<Route>& routes, const HandlerContext& context);

}  // namespace cavea::http
