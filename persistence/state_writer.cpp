#include "persistence/state_writer.hpp"

#include <pthread.h>

#include <chrono>
#include <cstddef>
#include <utility>

namespace cavea::persistence {

namespace {

/// Changes to the state are written when there are so many of them: counters and other records that
/// change all the time are then written once for many changes. RocksDB lets the log's writer wait
/// meanwhile, so it must not take long. Measured, hot class, 64 connections: 512 records 0.31 of
/// the constant server, 96 and 256 records 0.38.
constexpr std::size_t unsettled_records_max = 128;
constexpr std::size_t unsettled_bytes_max = 1u << 20;

/// When nothing has come for so long, the state is written, however little it is.
constexpr std::chrono::milliseconds quiet_time{2};

/// Nobody waits to be told that changes are settled; it frees memory. In a rush over many shards a
/// message to each after each step would cost more than the step.
constexpr std::chrono::milliseconds telling_interval{10};

}  // namespace

StateWriter::StateWriter(Store& store, StateProbe& probe, FailureHandler on_failure)
    : store_(store),
      probe_(probe),
      on_failure_(std::move(on_failure)),
      batch_(store.make_batch()),
      overlay_(store),
      materialiser_(overlay_),
      thread_([this] { run(); }) {}

StateWriter::~StateWriter() {
  queue_.stop();
  thread_.join();
}

void StateWriter::write(Write write) {
  probe_.queue_depth.add(1);
  queue_.push(std::move(write));
}

void StateWriter::install(StateInstall step, std::function<void()> then) {
  queue_.push(std::move(step));
  queue_.push(std::move(then));
}

void StateWriter::after_queued(std::function<void()> then) {
  queue_.push(std::move(then));
}

void StateWriter::run() {
  pthread_setname_np(pthread_self(), "cavea-state");
  std::vector<Item> items;
  const auto patience = [this] {
    const bool is_settled = overlay_.empty() && settling_.empty();
    return is_settled ? std::nullopt : std::optional(quiet_time);
  };
  while (queue_.take(items, patience())) {
    carry_out(items);
    items.clear();
  }
  if (has_failed_) return;
  if (const auto error = settle()) return on_failure_(*error);
  tell_settled();
}

void StateWriter::carry_out(std::vector<Item>& items) {
  if (has_failed_) return;

  const auto fail = [this](const StoreError& error) {
    has_failed_ = true;
    on_failure_(error);
  };
  if (items.empty()) {
    if (const auto error = settle()) return fail(*error);
    tell_settled();
  }
  for (auto& item : items) {
    if (auto* const write = std::get_if<Write>(&item)) {
      if (const auto error = gather(*write)) return fail(*error);
      const bool is_enough =
          overlay_.entries() >= unsettled_records_max || overlay_.bytes() >= unsettled_bytes_max;
      if (!is_enough) continue;
      if (const auto error = settle()) return fail(*error);
      if (std::chrono::steady_clock::now() - told_at_ >= telling_interval) tell_settled();
    } else if (const auto* const step = std::get_if<StateInstall>(&item)) {
      if (const auto error = settle()) return fail(*error);
      if (const auto error = carry_out(*step)) return fail(*error);
    } else {
      if (const auto error = settle()) return fail(*error);
      tell_settled();
      std::get<std::function<void()>>(item)();
    }
  }
}

std::optional<StoreError> StateWriter::gather(Write& write) {
  probe_.queue_depth.add(-1);
  if (write.settled) settling_[write.shard] = std::move(write.settled);
  for (const auto& turn : write.committed) {
    if (auto error = materialiser_.apply(write.shard, turn)) return error;
  }
  if (!write.purge_idempotency_before) return std::nullopt;
  return materialiser_.purge_idempotency(write.shard, *write.purge_idempotency_before);
}

std::optional<StoreError> StateWriter::carry_out(const StateInstall& step) {
  materialiser_.forget(step.shard);
  add_to(*batch_, step, copied_records_[step.shard]);
  if (step.part.next.empty()) copied_records_.erase(step.shard);
  return write_batch();
}

/// Everything that was gathered is in the store afterwards.
std::optional<StoreError> StateWriter::settle() {
  materialiser_.finish();
  overlay_.flush_into(*batch_);
  return write_batch();
}

/// What was gathered must be settled.
void StateWriter::tell_settled() {
  if (settling_.empty()) return;
  told_at_ = std::chrono::steady_clock::now();
  for (const auto& [shard, settled] : settling_) settled();
  settling_.clear();
}

std::optional<StoreError> StateWriter::write_batch() {
  if (batch_->empty()) return std::nullopt;

  probe_.bytes.add(batch_->bytes());
  probe_.batches.add();
  auto error = store_.write(*batch_, Durability::unlogged);
  batch_->clear();
  return error;
}

}  // namespace cavea::persistence
