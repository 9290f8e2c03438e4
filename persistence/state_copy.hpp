#pragma once

#include "engine/ids.hpp"
#include "persistence/store.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cavea::persistence {

/// A part of a shard's state on its way to another node.
struct StatePart {
  std::uint64_t applied = 0;  ///< The state is as after this entry of the log.
  std::vector<std::pair<std::string, std::string>> records;  ///< Key and value, in order of keys.
  std::string next;  ///< The key that the next part begins with; empty: this is the last part.
};

/// The state of a shard as it was at one moment, to be read in parts. From any thread.
class StateCopy {
 public:
  StateCopy(std::shared_ptr<const View> view, engine::ShardId shard)
      : view_(std::move(view)), shard_(shard) {}

  /// The records from `key` on (empty: from the first), at least one, and no more once they have
  /// `bytes_max` bytes. A shard without state, or with one that is itself only part of a copy, is
  /// `mismatch`.
  [[nodiscard]] Read<StatePart> part_from(std::string_view key, std::size_t bytes_max) const;

 private:
  std::shared_ptr<const View> view_;
  engine::ShardId shard_;
};

/// One step of putting a copy in the place of what a shard had. The first removes that and leaves a
/// mark; until the last, which takes the mark away, the shard has no state: a program that ends
/// meanwhile finds the mark, or what was there before.
struct StateInstall {
  engine::ShardId shard;
  StatePart part;
  bool is_first = false;
};

/// Adds a step to a batch for `Column::state`. `kept` carries the shard's own record, which comes
/// with the first part and is written with the last.
void add_to(WriteBatch& batch, const StateInstall& step, std::string& kept);

}  // namespace cavea::persistence
