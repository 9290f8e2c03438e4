#include "persistence/journal.hpp"

#include "persistence/keys.hpp"
#include "persistence/record_codec.hpp"

#include <pthread.h>

#include <chrono>
#include <cstdint>
#include <utility>

namespace cavea::persistence {

namespace {

/// Raft's promises are worth nothing until they are on the disk. Marks up to which a log is cut may
/// get lost with the power.
bool needs_sync(const ShardWrite& write) {
  return write.hard_state.has_value() || !write.entries.empty() || write.installs;
}

bool has_log_part(const ShardWrite& write) {
  return needs_sync(write) || write.truncate_from || write.snapshot || write.kept;
}

bool has_state_part(const ShardWrite& write) {
  return !write.committed.empty() || write.purge_idempotency_before;
}

}  // namespace

Journal::Journal(Store& store, JournalProbe& probe, FailureHandler on_failure)
    : store_(store),
      probe_(probe),
      on_failure_(std::move(on_failure)),
      batch_(store.make_batch()),
      state_(store, probe.state, [this](const StoreError& error) { fail(error); }),
      thread_([this] { run(); }) {}

Journal::~Journal() {
  queue_.stop();
  thread_.join();
}

void Journal::write(ShardWrite write) {
  if (has_state_part(write)) {
    state_.write(
        {.shard = write.shard,
         .committed = std::move(write.committed),
         .purge_idempotency_before = write.purge_idempotency_before,
         .settled = std::move(write.settled)});
  }
  if (!has_log_part(write)) return;
  probe_.queue_depth.add(1);
  queue_.push(std::move(write));
}

void Journal::install(StateInstall step, std::function<void()> then) {
  state_.install(std::move(step), std::move(then));
}

void Journal::after_queued(std::function<void()> then) {
  state_.after_queued(std::move(then));
}

Read<std::uint64_t> Journal::persisted_applied(engine::ShardId shard) const {
  const auto key = keys::shard_record(shard);
  auto stored = store_.get_persisted(Column::state, key);
  if (!stored) return std::move(stored).error();
  if (!stored->has_value()) return std::uint64_t{0};
  auto record = decode_shard(key, **stored);
  if (!record) return std::move(record).error();
  return record->applied;
}

void Journal::persist_state() {
  // Not on the caller's thread: RocksDB may let it wait.
  after_queued([this] {
    if (const auto error = store_.persist(Column::state)) fail(*error);
  });
}

void Journal::run() {
  pthread_setname_np(pthread_self(), "cavea-journal");
  std::vector<ShardWrite> writes;
  while (queue_.take(writes)) {
    carry_out(writes);
    writes.clear();
  }
}

void Journal::carry_out(std::vector<ShardWrite>& writes) {
  if (has_failed_) return;

  bool sync = false;
  for (const auto& write : writes) {
    sync |= needs_sync(write);
    gather(write);
  }
  if (const auto error = write_batch(sync)) return fail(*error);
  probe_.queue_depth.add(-static_cast<std::int64_t>(writes.size()));
  for (const auto& write : writes) {
    if (write.persisted) write.persisted();
  }
}

void Journal::gather(const ShardWrite& write) {
  const auto put = [this](Column column, std::string_view key, const auto& record) {
    value_.clear();
    encode(value_, record);
    batch_->put(column, key, value_);
  };
  if (write.hard_state) put(Column::meta, keys::hard_state(write.shard), *write.hard_state);
  if (write.truncate_from) {
    batch_->remove_range(
        Column::log,
        keys::entry(write.shard, *write.truncate_from),
        keys::entry(write.shard, UINT64_MAX));
  }
  for (const auto& entry : write.entries) {
    put(Column::log, keys::entry(write.shard, entry.index), entry);
  }
  if (write.snapshot) put(Column::meta, keys::snapshot(write.shard), *write.snapshot);
  if (!write.kept) return;
  put(Column::meta, keys::kept_log(write.shard), *write.kept);
  // Ranges that were removed before stay out of it: each would have to be looked through again.
  batch_->remove_range(
      Column::log,
      keys::entry(write.shard, write.cut_from),
      keys::entry(write.shard, write.kept->removed_before));
}

std::optional<StoreError> Journal::write_batch(bool sync) {
  if (batch_->empty()) return std::nullopt;

  probe_.bytes.add(batch_->bytes());
  probe_.batches.add();
  const auto begin = std::chrono::steady_clock::now();
  auto error = store_.write(*batch_, sync ? Durability::synced : Durability::logged);
  batch_->clear();
  if (error || !sync) return error;

  const auto took = std::chrono::steady_clock::now() - begin;
  probe_.synced_batches.add();
  probe_.sync_us.record_us(static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
  return std::nullopt;
}

void Journal::fail(const StoreError& error) {
  // Nothing is written or reported any more, whatever the handler does.
  if (!has_failed_.exchange(true)) on_failure_(error);
}

}  // namespace cavea::persistence
