#pragma once

#include "http/exchange.hpp"

#include <vector>

namespace cavea::http {

/// `/v1/reservations` and `/v1/me/reservations`.
void add_reservation_routes(std::vector<Route>& routes);

}  // namespace cavea::http
