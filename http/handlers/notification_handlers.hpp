#pragma once

#include "http/exchange.hpp"

#include <vector>

namespace cavea::http {

/// What people were told, how they want to be told, and what could not be delivered.
void add_notification_routes(std::vector<Route>& routes, const HandlerContext& context);

}  // namespace cavea::http
