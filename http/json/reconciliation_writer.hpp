#pragma once

#include "engine/reconciliation.hpp"

#include <string>

namespace cavea::http::json {

/// Appends what is known of reconciliation: `Reconciliation` in `/openapi.json`.
void append_reconciliation(std::string& out, const engine::ReconciliationView& view);

}  // namespace cavea::http::json
