#pragma once

#include "http/exchange.hpp"
#include "http/handlers/handler_context.hpp"

#include <vector>

namespace cavea::http {

/// `/openapi.json` and `/docs`.
void add_document_routes(std::vector<Route>& routes, const HandlerContext& context);

}  // namespace cavea::http
