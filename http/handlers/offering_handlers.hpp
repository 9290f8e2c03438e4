#pragma once

#include "http/exchange.hpp"

#include <vector>

namespace cavea::http {

/// `/v1/performances` and `/v1/classes`: reading, creating, changing, cancelling, deleting, blocks.
void add_offering_routes(std::vector<Route>& routes);

}  // namespace cavea::http
