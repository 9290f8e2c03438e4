#pragma once

#include "actors/key_hints.hpp"
#include "actors/known_keys.hpp"
#include "engine/command_bus.hpp"
#include "persistence/journal.hpp"
#include "persistence/state_reader.hpp"
#include "persistence/turn.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <thread>

namespace cavea::actors {

/// Where idempotency keys are. A key is kept by the shard of what it was used for, for at least 24
/// hours; whoever uses it for something else must be told, whatever the shard of that. Thread-safe.
class KeyDirectory {
 public:
  /// Everything must outlive the directory.
  KeyDirectory(
      const persistence::StateReader& reader,
      std::uint16_t shard_count,
      persistence::Journal::FailureHandler on_failure);

  /// Ends the reading.
  ~KeyDirectory();

  /// Reads which keys the store has, on a thread of its own; a million take about half a second.
  /// Until then none is taken for new. Every shard must have its log in the state already.
  void begin_reading();

  /// Notes the keys of a turn that another node decided.
  void learn(const persistence::Turn& turn);

  /// The state of a shard is another one: reads which keys it has, on the calling thread. From
  /// `expect_other_state` until then no key is taken for new.
  void expect_other_state();
  void read_again(engine::ShardId shard);

  struct Use {
    bool is_new = false;                  ///< No shard has it.
    std::optional<engine::ShardId> last;  ///< Where to look for it; nothing: see `find`.
  };

  /// Notes that a key is to be used for something of `shard`.
  [[nodiscard]] Use note(const engine::IdempotencyKey& key, engine::ShardId shard);

  /// Where to look for a key that may be known. Looks at the state of all shards; what is not in
  /// the state yet was noted a moment ago. `shard`, which is noted, when no shard has it.
  [[nodiscard]] persistence::Read<engine::ShardId> find(
      const engine::IdempotencyKey& key, engine::ShardId shard);

  /// The key turned out to be free, and is used on `shard` now.
  void move(const engine::IdempotencyKey& key, engine::ShardId shard);

 private:
  void read_all();
  [[nodiscard]] bool read(engine::ShardId shard);

  const persistence::StateReader& reader_;
  std::uint16_t shard_count_;
  persistence::Journal::FailureHandler on_failure_;
  KnownKeys known_;
  KeyHints hints_;
  std::mutex finding_;  ///< Two that look for one key at once must come to one end.
  std::atomic<bool> is_stopping_ = false;
  std::thread reading_;
};

}  // namespace cavea::actors
