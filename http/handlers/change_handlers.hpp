#pragma once

#include "http/exchange.hpp"

#include <vector>

namespace cavea::http {

/// The event feed: pages, and live.
void add_change_routes(std::vector<Route>& routes);

}  // namespace cavea::http
