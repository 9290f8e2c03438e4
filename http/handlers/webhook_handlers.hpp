#pragma once

#include "http/exchange.hpp"

#include <vector>

namespace cavea::http {

struct HandlerContext;

/// `/v1/admin/webhooks`. `context` must outlive the routes.
void add_webhook_routes(std::vector<Route>& routes, const HandlerContext& context);

}  // namespace cavea::http
