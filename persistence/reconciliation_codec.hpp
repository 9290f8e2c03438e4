#pragma once

#include "engine/reconciliation.hpp"
#include "persistence/store.hpp"

#include <string>
#include <string_view>

// What came of the last reconciliation: FORMAT.md, "Kinds of records".

namespace cavea::persistence {

namespace record_keys {

[[nodiscard]] std::string last_reconciliation();

}  // namespace record_keys

/// The shard that has the report: a run is over all shards of a node.
inline constexpr engine::ShardId reconciliation_shard{0};

[[nodiscard]] std::string encode(const engine::ReconciliationReport& report);
[[nodiscard]] Read<engine::ReconciliationReport> decode_reconciliation_report(
    std::string_view value);

}  // namespace cavea::persistence
