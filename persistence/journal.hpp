#pragma once

#include "engine/measure.hpp"
#include "persistence/materialise.hpp"
#include "persistence/shard_write.hpp"
#include "persistence/state_overlay.hpp"
#include "persistence/store.hpp"

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace cavea::persistence {

struct JournalProbe {
  engine::Histogram sync_us;  ///< Time of each write with fsync.
  engine::Counter batches;    ///< Batches written, with and without fsync.
  engine::Counter synced_batches;
  engine::Counter bytes;      ///< Bytes handed to the store.
  engine::Gauge queue_depth;  ///< Shard writes waiting.
};

/// The node's one writer thread: gathers what all shards want written into one batch with one fsync
/// (group commit). Only log and metadata go through the store's write-ahead log: the state follows
/// from them, so it is written unlogged and made again after a crash, from the entry on that
/// `persisted_applied` names. And it is written in large steps, since a store finds the places of
/// many keys at once more easily: when enough has gathered, when somebody wants to read, or when
/// nothing else is to be done. A failed write is final: `on_failure` is called once, on the writer
/// thread, and must not return (the process ends; see "crash is the only rollback" in
/// ARCHITECTURE.md).
class Journal {
 public:
  using FailureHandler = std::function<void(const StoreError&)>;

  /// `store` and `probe` must outlive the journal.
  Journal(Store& store, JournalProbe& probe, FailureHandler on_failure);

  /// Writes what was handed in, then stops the thread.
  ~Journal();

  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// From any thread; order is kept per calling thread. Entries of one shard must come in order,
  /// and so must what is committed of them.
  void write(ShardWrite write);

  /// Calls `then` (on the writer thread) when everything handed in before is in the store and
  /// readable. Does not wait for a disk when nothing is queued.
  void after_queued(std::function<void()> then);

  /// The last entry of a shard whose changes are in the state even if the process ends now; its log
  /// must be kept behind that. From any thread; may read a file.
  [[nodiscard]] Read<std::uint64_t> persisted_applied(engine::ShardId shard) const;

  /// Begins to persist the state of all shards, and does not wait. From any thread.
  [[nodiscard]] std::optional<StoreError> persist_state();

 private:
  /// A shard's write, or something to call in its turn.
  using Item = std::variant<ShardWrite, std::function<void()>>;

  void enqueue(Item item);
  void run();
  bool wait_for_items(std::vector<Item>& items);
  void carry_out(std::vector<Item>& items);
  void gather_log(const ShardWrite& write);
  std::optional<StoreError> gather_state(ShardWrite& write);
  std::optional<StoreError> settle();
  std::optional<StoreError> write_log(bool sync);
  std::optional<StoreError> write_state();
  void fail(const StoreError& error);

  Store& store_;
  JournalProbe& probe_;
  FailureHandler on_failure_;

  // Shared with the callers, under the lock.
  std::mutex mutex_;
  std::condition_variable wake_up_;
  std::vector<Item> queue_;
  bool is_sleeping_ = false;
  bool is_stopping_ = false;

  // Of the writer thread alone.
  std::unique_ptr<WriteBatch> log_batch_;
  std::unique_ptr<WriteBatch> state_batch_;
  StateOverlay overlay_;
  Materialiser materialiser_;
  std::string value_;
  std::map<engine::ShardId, std::function<void()>> settling_;  ///< Told when the state is written.
  bool has_failed_ = false;

  std::thread thread_;  ///< Last: it uses everything above.
};

}  // namespace cavea::persistence
