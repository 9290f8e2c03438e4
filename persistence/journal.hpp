#pragma once

#include "engine/measure.hpp"
#include "persistence/materialise.hpp"
#include "persistence/shard_write.hpp"
#include "persistence/state_overlay.hpp"
#include "persistence/store.hpp"

#include <condition_variable>
#include <functional>
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
/// (group commit). A failed write is final: `on_failure` is called once, on the writer thread, and
/// must not return (the process ends; see "crash is the only rollback" in ARCHITECTURE.md).
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

 private:
  /// A shard's write, or something to call in its turn.
  using Item = std::variant<ShardWrite, std::function<void()>>;

  void enqueue(Item item);
  void run();
  void carry_out(std::vector<Item>& items);
  std::optional<StoreError> gather(ShardWrite& write);
  void gather_log(const ShardWrite& write);
  std::optional<StoreError> write_batch(bool sync);
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
  std::unique_ptr<WriteBatch> batch_;
  StateOverlay overlay_;
  Materialiser materialiser_;
  std::string value_;
  bool has_failed_ = false;

  std::thread thread_;  ///< Last: it uses everything above.
};

}  // namespace cavea::persistence
