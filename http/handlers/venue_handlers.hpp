#pragma once

#include "http/exchange.hpp"

#include <vector>

namespace cavea::http {

/// `/v1/venues`.
void add_venue_routes(std::vector<Route>& routes);

}  // namespace cavea::http
