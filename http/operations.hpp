#pragma once

#include "http/exchange.hpp"
#include "http/readiness.hpp"

#include <functional>
#include <string>
#include <vector>

namespace cavea::http {

/// What the routes beside the API tell.
struct Operations {
  const Readiness& readiness;

  /// The metrics in Prometheus' text format. Called on an I/O thread for each scrape.
  std::function<std::string()> metrics;
};

/// `/livez`: the process answers. `/readyz`: 200 when ready, else 503. `/metrics`.
[[nodiscard]] std::vector<Route> operational_routes(Operations operations);

}  // namespace cavea::http
