#include "persistence/journal.hpp"

#include "persistence/keys.hpp"
#include "persistence/record_codec.hpp"

#include <chrono>
#include <cstdint>
#include <utility>

namespace cavea::persistence {

namespace {

/// Raft's promises are worth nothing until they are on the disk. Marks up to which a log is cut may
/// get lost with the power.
bool needs_sync(const ShardWrite& write) {
  return write.hard_state.has_value() || !write.entries.empty();
}

/// Changes to the state are written when there are so many of them. Measured: the more, the less
/// each costs; but the disk has nothing to do meanwhile, and answers wait for it.
constexpr std::size_t unsettled_records_max = 2'048;
constexpr std::size_t unsettled_bytes_max = 1u << 20;

/// When nothing has come for so long, the state is written, however little it is.
constexpr std::chrono::milliseconds quiet_time{2};

}  // namespace

Journal::Journal(Store& store, JournalProbe& probe, FailureHandler on_failure)
    : store_(store),
      probe_(probe),
      on_failure_(std::move(on_failure)),
      log_batch_(store.make_batch()),
      state_batch_(store.make_batch()),
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

Read<std::uint64_t> Journal::persisted_applied(engine::ShardId shard) const {
  const auto key = keys::shard_record(shard);
  auto stored = store_.get_persisted(Column::state, key);
  if (!stored) return std::move(stored).error();
  if (!stored->has_value()) return std::uint64_t{0};
  auto record = decode_shard(key, **stored);
  if (!record) return std::move(record).error();
  return record->applied;
}

std::optional<StoreError> Journal::persist_state() {
  return store_.persist(Column::state);
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

/// False: the journal ends. Without items: nothing came for a while.
bool Journal::wait_for_items(std::vector<Item>& items) {
  std::unique_lock lock(mutex_);
  while (queue_.empty() && !is_stopping_) {
    is_sleeping_ = true;
    if (settling_.empty() && overlay_.empty()) {
      wake_up_.wait(lock);
    } else if (wake_up_.wait_for(lock, quiet_time) == std::cv_status::timeout) {
      break;
    }
  }
  is_sleeping_ = false;
  // The two vectors take turns, so that neither asks for memory once they have grown.
  items.swap(queue_);
  return !items.empty() || !is_stopping_;
}

void Journal::run() {
  std::vector<Item> items;
  while (wait_for_items(items)) {
    carry_out(items);
    items.clear();
  }
  if (has_failed_) return;
  if (const auto error = settle()) fail(*error);
}

void Journal::carry_out(std::vector<Item>& items) {
  if (has_failed_) return;

  bool sync = false;
  bool must_settle = items.empty();
  std::int64_t writes = 0;
  for (const auto& item : items) {
    if (const auto* write = std::get_if<ShardWrite>(&item)) {
      ++writes;
      sync |= needs_sync(*write);
      gather_log(*write);
    } else {
      must_settle = true;
    }
  }
  if (const auto error = write_log(sync)) return fail(*error);
  for (auto& item : items) {
    const auto* write = std::get_if<ShardWrite>(&item);
    if (write != nullptr && write->persisted) write->persisted();
  }

  for (auto& item : items) {
    auto* write = std::get_if<ShardWrite>(&item);
    if (write == nullptr) continue;
    if (const auto error = gather_state(*write)) return fail(*error);
  }
  if (must_settle || overlay_.entries() >= unsettled_records_max
      || overlay_.bytes() >= unsettled_bytes_max) {
    if (const auto error = settle()) return fail(*error);
  }
  probe_.queue_depth.add(-writes);
  for (auto& item : items) {
    const auto* then = std::get_if<std::function<void()>>(&item);
    if (then != nullptr && *then) (*then)();
  }
}

std::optional<StoreError> Journal::gather_state(ShardWrite& write) {
  if (write.settled) settling_[write.shard] = std::move(write.settled);
  for (const auto& turn : write.committed) {
    if (auto error = materialiser_.apply(write.shard, turn)) return error;
  }
  if (!write.purge_idempotency_before) return std::nullopt;
  return materialiser_.purge_idempotency(write.shard, *write.purge_idempotency_before);
}

/// Everything that was gathered is in the state afterwards.
std::optional<StoreError> Journal::settle() {
  materialiser_.finish();
  overlay_.flush_into(*state_batch_);
  if (auto error = write_state()) return error;
  for (const auto& [shard, settled] : settling_) settled();
  settling_.clear();
  return std::nullopt;
}

void Journal::gather_log(const ShardWrite& write) {
  const auto put = [this](Column column, std::string_view key, const auto& record) {
    value_.clear();
    encode(value_, record);
    log_batch_->put(column, key, value_);
  };
  if (write.hard_state) put(Column::meta, keys::hard_state(write.shard), *write.hard_state);
  if (write.truncate_from) {
    log_batch_->remove_range(
        Column::log,
        keys::entry(write.shard, *write.truncate_from),
        keys::entry(write.shard, UINT64_MAX));
  }
  for (const auto& entry : write.entries) {
    put(Column::log, keys::entry(write.shard, entry.index), entry);
  }
  if (write.snapshot) put(Column::meta, keys::snapshot(write.shard), *write.snapshot);
  if (write.cut_before) {
    log_batch_->remove_range(
        Column::log, keys::entry(write.shard, 0), keys::entry(write.shard, *write.cut_before));
  }
}

std::optional<StoreError> Journal::write_log(bool sync) {
  if (log_batch_->empty()) return std::nullopt;

  probe_.bytes.add(log_batch_->bytes());
  probe_.batches.add();
  const auto begin = std::chrono::steady_clock::now();
  auto error = store_.write(*log_batch_, sync ? Durability::synced : Durability::logged);
  log_batch_->clear();
  if (error || !sync) return error;

  const auto took = std::chrono::steady_clock::now() - begin;
  probe_.synced_batches.add();
  probe_.sync_us.record_us(static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
  return std::nullopt;
}

std::optional<StoreError> Journal::write_state() {
  if (state_batch_->empty()) return std::nullopt;

  probe_.bytes.add(state_batch_->bytes());
  probe_.batches.add();
  auto error = store_.write(*state_batch_, Durability::unlogged);
  state_batch_->clear();
  return error;
}

void Journal::fail(const StoreError& error) {
  // Nothing is written or reported any more, whatever the handler does.
  has_failed_ = true;
  on_failure_(error);
}

}  // namespace cavea::persistence
