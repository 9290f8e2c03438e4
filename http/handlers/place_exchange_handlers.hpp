#pragma once

#include "http/exchange.hpp"

#include <vector>

namespace cavea::http {

/// Giving up places of a reservation for others.
void add_place_exchange_routes(std::vector<Route>& routes);

}  // namespace cavea::http
