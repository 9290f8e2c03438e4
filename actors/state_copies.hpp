#pragma once

#include "engine/ids.hpp"
#include "persistence/state_copy.hpp"
#include "persistence/state_reader.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace cavea::actors {

/// What a node that lacks the state of a shard asks another one for, part after part.
struct StateRequest {
  engine::ShardId shard;
  std::uint64_t copy = 0;  ///< Chosen by who asks, for each copy another one.
  std::string from;        ///< As `StatePart::next`; empty: the copy begins.
};

/// The copies that other nodes are being given: each holds the store as it was when it began.
/// Thread-safe.
class StateCopies {
 public:
  explicit StateCopies(const persistence::StateReader& reader) : reader_(reader) {}

  /// The part that is asked for; nothing when the copy is not known (any more), or too many are
  /// under way: who asks begins again later.
  [[nodiscard]] std::optional<persistence::StatePart> read(
      const StateRequest& request, std::int64_t now_ms);

 private:
  struct Running {
    std::shared_ptr<const persistence::StateCopy> copy;
    std::int64_t used_ms = 0;
  };

  std::shared_ptr<const persistence::StateCopy> find(
      const StateRequest& request, std::int64_t now_ms);
  void end(const StateRequest& request);

  const persistence::StateReader& reader_;
  std::mutex mutex_;
  std::map<std::pair<engine::ShardId, std::uint64_t>, Running> running_;
};

}  // namespace cavea::actors
