#pragma once

#include "http/exchange.hpp"

#include <vector>

namespace cavea::http {

/// `/v1/waiting-list`, `/v1/me/waiting-list`, the waiting lists of offerings, and
/// `/v1/reservations/{id}/acceptance`.
void add_waiting_routes(std::vector<Route>& routes);

}  // namespace cavea::http
