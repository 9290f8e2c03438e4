#pragma once

#include "engine/measure.hpp"
#include "persistence/materialise.hpp"
#include "persistence/shard_write.hpp"
#include "persistence/state_copy.hpp"
#include "persistence/state_overlay.hpp"
#include "persistence/store.hpp"
#include "persistence/writer_queue.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace cavea::persistence {

struct StateProbe {
  engine::Counter batches;
  engine::Counter bytes;      ///< Bytes handed to the store.
  engine::Gauge queue_depth;  ///< Shard writes waiting.
};

/// The thread that turns committed entries into the state of all shards. The state follows from the
/// log, so it is written unlogged and never waits for an fsync: when enough has gathered, when
/// somebody wants to read, or when nothing else is to be done.
class StateWriter {
 public:
  using FailureHandler = std::function<void(const StoreError&)>;

  /// What is committed of one shard; see `ShardWrite`.
  struct Write {
    engine::ShardId shard;
    std::vector<CommittedTurn> committed;
    std::optional<engine::Timestamp> purge_idempotency_before;
    std::function<void()> settled;
  };

  /// `store` and `probe` must outlive the writer. `on_failure` is called once, on its thread;
  /// nothing is written or reported behind it.
  StateWriter(Store& store, StateProbe& probe, FailureHandler on_failure);

  /// Writes what was handed in, then stops the thread.
  ~StateWriter();

  StateWriter(const StateWriter&) = delete;
  StateWriter& operator=(const StateWriter&) = delete;

  /// From any thread; the writes of one shard in the order of its log.
  void write(Write write);

  /// Carries out a step of replacing the state of a shard, then calls `then` on the writer's
  /// thread. From any thread.
  void install(StateInstall step, std::function<void()> then);

  /// Calls `then` on the writer's thread once everything handed in before is readable.
  void after_queued(std::function<void()> then);

 private:
  /// A shard's write, a step of a copy, or something to call in its turn.
  using Item = std::variant<Write, StateInstall, std::function<void()>>;

  void run();
  void carry_out(std::vector<Item>& items);
  std::optional<StoreError> gather(Write& write);
  std::optional<StoreError> carry_out(const StateInstall& step);
  std::optional<StoreError> settle();
  void tell_settled();
  std::optional<StoreError> write_batch();

  Store& store_;
  StateProbe& probe_;
  FailureHandler on_failure_;
  WriterQueue<Item> queue_;

  // Of the writer thread alone.
  std::unique_ptr<WriteBatch> batch_;
  StateOverlay overlay_;
  Materialiser materialiser_;
  std::map<engine::ShardId, std::function<void()>> settling_;  ///< To be told.
  std::chrono::steady_clock::time_point told_at_;
  bool has_failed_ = false;
  std::map<engine::ShardId, std::string> copied_records_;  ///< Of shards that are being copied.

  std::thread thread_;  ///< Last: it uses everything above.
};

}  // namespace cavea::persistence
