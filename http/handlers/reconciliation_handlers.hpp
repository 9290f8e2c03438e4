#pragma once

#include "http/exchange.hpp"

#include <vector>

namespace cavea::http {

/// Comparing payments with the provider: what came of it, and beginning it now.
void add_reconciliation_routes(std::vector<Route>& routes);

}  // namespace cavea::http
