#include "actors/key_directory.hpp"

#include "actors/turn_queue.hpp"

#include <utility>

namespace cavea::actors {

namespace {

persistence::IdempotencyHash hash_of(const engine::IdempotencyKey& key) {
  return persistence::idempotency_hash(key.caller, key.key);
}

}  // namespace

KeyDirectory::KeyDirectory(
    const persistence::StateReader& reader,
    std::uint16_t shard_count,
    persistence::Journal::FailureHandler on_failure)
    : reader_(reader), shard_count_(shard_count), on_failure_(std::move(on_failure)) {}

KeyDirectory::~KeyDirectory() {
  is_stopping_ = true;
  if (reading_.joinable()) reading_.join();
}

void KeyDirectory::begin_reading() {
  reading_ = std::thread([this] { read_all(); });
}

void KeyDirectory::read_all() {
  for (std::uint16_t shard = 0; shard < shard_count_; ++shard) {
    if (!read({shard})) return;
  }
  known_.have_read();
}

/// False: the node stops, or the store cannot be read.
bool KeyDirectory::read(engine::ShardId shard) {
  const auto error = reader_.each_idempotency_key(shard, [this](const auto& hash) {
    static_cast<void>(known_.note(hash, steady_ms()));
    return !is_stopping_;
  });
  if (error) on_failure_(*error);
  return !error && !is_stopping_;
}

void KeyDirectory::learn(const persistence::Turn& turn) {
  for (const auto& change : turn.changes) {
    std::visit(
        [this](const auto& one) {
          if (one.idempotency) {
            static_cast<void>(known_.note(hash_of(one.idempotency->key), steady_ms()));
          }
        },
        change);
  }
}

void KeyDirectory::expect_other_state() {
  known_.must_read();
}

void KeyDirectory::read_again(engine::ShardId shard) {
  if (read(shard)) known_.have_read();
}

KeyDirectory::Use KeyDirectory::note(const engine::IdempotencyKey& key, engine::ShardId shard) {
  const auto hash = hash_of(key);
  if (known_.note(hash, steady_ms())) return {.is_new = false, .last = hints_.find(hash)};

  // Another request with this key may have been faster since.
  const auto noted = hints_.find_or_note(hash, shard);
  return {.is_new = noted == shard, .last = noted};
}

persistence::Read<engine::ShardId> KeyDirectory::find(
    const engine::IdempotencyKey& key, engine::ShardId shard) {
  const auto hash = hash_of(key);
  const std::lock_guard lock(finding_);
  if (const auto last = hints_.find(hash)) return *last;
  for (std::uint16_t other = 0; other < shard_count_; ++other) {
    auto found = reader_.idempotency({other}, key.caller, key.key);
    if (!found) return std::move(found).error();
    if (*found) return hints_.find_or_note(hash, {other});
  }
  return hints_.find_or_note(hash, shard);
}

void KeyDirectory::move(const engine::IdempotencyKey& key, engine::ShardId shard) {
  hints_.move(hash_of(key), shard);
}

}  // namespace cavea::actors
