#pragma once

#include "engine/measure.hpp"
#include "persistence/shard_write.hpp"
#include "persistence/state_writer.hpp"
#include "persistence/store.hpp"
#include "persistence/writer_queue.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace cavea::persistence {

struct JournalProbe {
  engine::Histogram sync_us;  ///< Time of each write with fsync.
  engine::Counter batches;    ///< Batches of log and metadata, with and without fsync.
  engine::Counter synced_batches;
  engine::Counter bytes;      ///< Bytes of log and metadata handed to the store.
  engine::Gauge queue_depth;  ///< Shard writes waiting for the log.
  StateProbe state;
};

/// Writes what all shards of the node want written, on two threads. One gathers log and metadata
/// into one batch with one fsync (group commit). The state follows from the log, so it has a thread
/// of its own that no answer waits for, and no write-ahead log: after a crash it is made again,
/// from the entry on that `persisted_applied` names.
///
/// A failed write is final: `on_failure` is called once, on a writer thread, and must not return
/// (the process ends; see "crash is the only rollback" in ARCHITECTURE.md).
class Journal {
 public:
  using FailureHandler = std::function<void(const StoreError&)>;

  /// `store` and `probe` must outlive the journal.
  Journal(Store& store, JournalProbe& probe, FailureHandler on_failure);

  /// Writes what was handed in, then stops the threads.
  ~Journal();

  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// From any thread; order is kept per calling thread. Entries of one shard must come in order,
  /// and so must what is committed of them.
  void write(ShardWrite write);

  /// Carries out a step of replacing a shard's state behind everything that was handed in before,
  /// then calls `then` on the state's writer thread.
  void install(StateInstall step, std::function<void()> then);

  /// Calls `then` (on the state's writer thread) when everything that was handed in before as
  /// committed is readable in the state. Does not wait for a disk.
  void after_queued(std::function<void()> then);

  /// The last entry of a shard whose changes are in the state even if the process ends now; its log
  /// must be kept behind that. From any thread; may read a file.
  [[nodiscard]] Read<std::uint64_t> persisted_applied(engine::ShardId shard) const;

  /// Sees to it that the state of all shards is persisted soon, and does not wait. From any thread.
  void persist_state();

 private:
  void run();
  void carry_out(std::vector<ShardWrite>& writes);
  void gather(const ShardWrite& write);
  std::optional<StoreError> write_batch(bool sync);
  void fail(const StoreError& error);

  Store& store_;
  JournalProbe& probe_;
  FailureHandler on_failure_;
  std::atomic<bool> has_failed_{false};
  WriterQueue<ShardWrite> queue_;

  // Of the log's thread alone.
  std::unique_ptr<WriteBatch> batch_;
  std::string value_;

  StateWriter state_;
  std::thread thread_;  ///< Last: it uses everything above.
};

}  // namespace cavea::persistence
