#pragma once

#include "http/exchange.hpp"

#include <vector>

namespace cavea::http {

/// `/v1/performances/{id}/seats` and its stream.
void add_seat_routes(std::vector<Route>& routes);

}  // namespace cavea::http
