#include "persistence/journal.hpp"

#include "persistence/keys.hpp"
#include "persistence/record_codec.hpp"

#include <chrono>
#include <cstdint>
#include <utility>

namespace cavea::persistence {

namespace {

/// Raft's promises are worth nothing until they are on the disk. Everything else follows from the
/// log, which is there already, and may get lost with the power.
bool needs_sync(const ShardWrite& write) {
  return write.hard_state.has_value() || !write.entries.empty();
}

}  // namespace

Journal::Journal(Store& store, JournalProbe& probe, FailureHandler on_failure)
    : store_(store),
      probe_(probe),
      on_failure_(std::move(on_failure)),
      batch_(store.make_batch()),
      overlay_(store),
      materialiser_(overlay_),
      thread_([this] { run(); }) {}

Journal::~Journal() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_up_.notify_one();
  thread_.join();
}

void Journal::write(ShardWrite write) {
  probe_.queue_depth.add(1);
  enqueue(std::move(write));
}

void Journal::after_queued(std::function<void()> then) {
  enqueue(std::move(then));
}

void Journal::enqueue(Item item) {
  bool must_wake = false;
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(item));
    // While the writer is at work it looks again by itself; waking it costs a system call.
    must_wake = std::exchange(is_sleeping_, false);
  }
  if (must_wake) wake_up_.notify_one();
}

void Journal::run() {
  std::vector<Item> items;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      while (queue_.empty() && !is_stopping_) {
        is_sleeping_ = true;
        wake_up_.wait(lock);
      }
      is_sleeping_ = false;
      if (queue_.empty()) return;
      // The two vectors take turns, so that neither asks for memory once they have grown.
      items.swap(queue_);
    }
    carry_out(items);
    items.clear();
  }
}

void Journal::carry_out(std::vector<Item>& items) {
  if (has_failed_) return;

  bool sync = false;
  std::int64_t writes = 0;
  for (auto& item : items) {
    auto* write = std::get_if<ShardWrite>(&item);
    if (write == nullptr) continue;
    ++writes;
    sync |= needs_sync(*write);
    if (const auto error = gather(*write)) return fail(*error);
  }
  materialiser_.finish();
  overlay_.flush_into(*batch_);
  if (const auto error = write_batch(sync)) return fail(*error);

  probe_.queue_depth.add(-writes);
  for (auto& item : items) {
    if (auto* write = std::get_if<ShardWrite>(&item)) {
      if (write->done) write->done();
    } else if (const auto& then = std::get<std::function<void()>>(item)) {
      then();
    }
  }
}

std::optional<StoreError> Journal::gather(ShardWrite& write) {
  gather_log(write);
  for (const auto& turn : write.committed) {
    if (auto error = materialiser_.apply(write.shard, turn)) return error;
  }
  if (write.purge_idempotency_before) {
    return materialiser_.purge_idempotency(write.shard, *write.purge_idempotency_before);
  }
  return std::nullopt;
}

void Journal::gather_log(const ShardWrite& write) {
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
  if (write.cut_before) {
    batch_->remove_range(
        Column::log, keys::entry(write.shard, 0), keys::entry(write.shard, *write.cut_before));
  }
}

std::optional<StoreError> Journal::write_batch(bool sync) {
  if (batch_->empty()) return std::nullopt;

  probe_.bytes.add(batch_->bytes());
  probe_.batches.add();
  const auto begin = std::chrono::steady_clock::now();
  auto error = store_.write(*batch_, sync);
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
  has_failed_ = true;
  on_failure_(error);
}

}  // namespace cavea::persistence
