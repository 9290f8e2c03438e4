#pragma once

#include "cluster/message.hpp"
#include "cluster/raft_shim.h"
#include "cluster/types.hpp"

#include <optional>
#include <string>

namespace cavea::cluster {

/// The shim reads the data of changes only; it must live through the call.
[[nodiscard]] cavea_raft_entry to_shim(const LogEntry& entry);

/// Points into `encoded`, the descriptor's configuration, which must live through the call.
[[nodiscard]] cavea_raft_snapshot to_shim(
    const SnapshotDescriptor& descriptor, const std::string& encoded);

/// Every field by name, so that nothing uninitialised travels. Entries and snapshot go apart.
[[nodiscard]] cavea_raft_message to_shim(const Message& message);

/// `snapshot` is what an outgoing offer of a snapshot offers.
[[nodiscard]] Message from_shim(
    const cavea_raft_message& message, const std::optional<SnapshotDescriptor>& snapshot);

}  // namespace cavea::cluster
