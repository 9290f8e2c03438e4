#pragma once

#include "engine/ids.hpp"
#include "persistence/turn.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cavea::persistence {

/// What raft must not forget: written before any message that depends on it is sent.
struct HardState {
  std::uint64_t term = 0;
  std::uint64_t voted_for = 0;  ///< Zero: nobody.
};

/// The type of the entries whose data is a turn (`cluster::EntryType::command`); the others are
/// consensus' own.
inline constexpr std::uint8_t turn_entry_type = 1;

/// One entry of a shard's raft log, as stored. `type` is raft's own number.
struct StoredEntry {
  std::uint64_t index = 0;
  std::uint64_t term = 0;
  std::uint8_t type = 0;
  std::shared_ptr<const std::string> data;
};

/// The mark up to which a shard's log may be cut; the state itself is in the state column.
struct SnapshotMark {
  std::uint64_t index = 0;
  std::uint64_t term = 0;
  std::uint64_t configuration_index = 0;
  std::string configuration;  ///< As raft encodes it.
};

/// How far back a shard's log is kept, which is further than consensus needs it.
struct KeptLog {
  std::uint64_t first = 1;           ///< The oldest entry that is shown to readers.
  std::uint64_t removed_before = 1;  ///< Older entries are not in the log any more.

  bool operator==(const KeptLog&) const = default;
};

/// So many entries before the mark consensus keeps, so that a replica that is a little behind can
/// still be served from the log; a start reads them too.
inline constexpr std::uint32_t entries_before_mark = 256;

/// A committed entry whose changes are to be written into the state column.
/// Entries without a turn (barriers, configurations) only move the applied index.
struct CommittedTurn {
  std::uint64_t index = 0;
  std::shared_ptr<const Turn> turn;  ///< May be null.
};

/// What one shard wants written. Log and metadata land in one atomic batch with those of other
/// shards; the changes of committed turns reach the state on their own.
struct ShardWrite {
  engine::ShardId shard;
  std::optional<HardState> hard_state;
  std::optional<std::uint64_t> truncate_from;  ///< Remove entries at and after this index first.
  std::vector<StoredEntry> entries;
  std::vector<CommittedTurn> committed;
  std::optional<SnapshotMark> snapshot;
  bool installs = false;  ///< The mark is of a copy: the log begins anew behind it.

  /// How much of the log is kept from now on; entries from `cut_from` to `kept->removed_before` are
  /// removed.
  std::optional<KeptLog> kept;
  std::uint64_t cut_from = 1;

  /// Forget idempotency records older than this; a bounded number per write, the rest by the next.
  std::optional<engine::Timestamp> purge_idempotency_before;

  /// Called on a writer thread once log and metadata are in the store, and, when there are entries
  /// or a hard state, or a copy is installed, on the disk; not when there is neither. May be empty.
  /// Must not block.
  std::function<void()> persisted;

  /// The same once the changes of the committed turns are readable in the state; not when there are
  /// none. Where several writes of a shard get there together, only the newest is told.
  std::function<void()> settled;
};

}  // namespace cavea::persistence
