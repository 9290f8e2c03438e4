#pragma once

#include "engine/ids.hpp"
#include "persistence/record.hpp"
#include "persistence/turn.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cavea::actors {

/// The records of a shard as they will be when everything decided so far is in the state: what was
/// written lately, over what the store has. Belongs to the shard's actor.
class RecordTable {
 public:
  /// Reads a record that was not written lately.
  using Load =
      std::function<std::optional<std::string>(persistence::RecordKind, std::string_view key)>;

  explicit RecordTable(Load load) : load_(std::move(load)) {}

  [[nodiscard]] std::optional<std::string> find(
      persistence::RecordKind kind, std::string_view key) const;

  /// They are in the turn of that number.
  void note(const std::vector<persistence::RecordWrite>& writes, std::uint64_t turn);

  /// The state has every turn up to that number.
  void forget_until(std::uint64_t turn);

  [[nodiscard]] std::size_t size() const noexcept { return written_.size(); }

 private:
  using Name = std::pair<persistence::RecordKind, std::string>;

  struct Written {
    std::optional<std::string> value;
    std::uint64_t turn = 0;
  };

  Load load_;
  std::map<Name, Written> written_;
  std::deque<std::pair<std::uint64_t, Name>> order_;  ///< By turn.
};

/// What a step that writes records decides on.
struct RecordLookup {
  const RecordTable& table;
  engine::ShardId shard;
  engine::Timestamp now;

  [[nodiscard]] std::optional<std::string> find(
      persistence::RecordKind kind, std::string_view key) const {
    return table.find(kind, key);
  }
};

/// A step of a part of the node that keeps records in a shard. Serialized with all that the shard
/// does; what it writes is kept whole or not at all.
struct KeepRecords {
  /// Called once, in the shard's actor: quick, and without I/O of its own. What it sees includes
  /// everything decided before. Nothing to write: only what was decided before is waited for.
  std::function<std::vector<persistence::RecordWrite>(const RecordLookup&)> decide;

  /// Called once, on any thread; must not block. True: it is committed, and whoever reads from now
  /// on sees it. False: the shard takes nothing (the node starts or stops), or it is not known.
  std::function<void(bool is_kept)> then;
};

}  // namespace cavea::actors
