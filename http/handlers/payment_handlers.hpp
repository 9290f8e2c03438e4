#pragma once

#include "http/exchange.hpp"
#include "http/handlers/handler_context.hpp"

#include <vector>

namespace cavea::http {

/// Paying for a reservation, holding it longer meanwhile, and the provider's notices
/// (`/v1/payments/notices`). `context` must outlive the routes.
void add_payment_routes(std::vector<Route>& routes, HandlerContext& context);

}  // namespace cavea::http
