#include "persistence/materialise.hpp"

#include "persistence/keys.hpp"

#include <algorithm>
#include <variant>

namespace cavea::persistence {

namespace {

bool gives_places_back(const engine::OfferingEvent& event) {
  return std::holds_alternative<engine::HoldExpired>(event)
         || std::holds_alternative<engine::PlacesGivenBack>(event)
         || std::holds_alternative<engine::ReservationCancelled>(event);
}

}  // namespace

std::optional<StoreError> Materialiser::apply(engine::ShardId shard_id, const CommittedTurn& turn) {
  auto found = shard(shard_id);
  if (!found) return std::move(found).error();
  auto& known = **found;
  // After a restart consensus commits again what the state may already have.
  if (turn.index <= known.record.applied) return std::nullopt;

  if (turn.turn != nullptr) {
    for (const auto& one : turn.turn->changes) {
      const auto carry_out = [&](const auto& alternative) { return change(shard_id, alternative); };
      if (auto failure = std::visit(carry_out, one)) return failure;
    }
  }
  known.record.applied = turn.index;
  known.is_changed = true;
  return std::nullopt;
}

void Materialiser::replay_from(engine::ShardId shard_id, std::uint64_t index) {
  is_replaying_ = true;
  shards_[shard_id].record.applied = index == 0 ? 0 : index - 1;
}

std::optional<StoreError> Materialiser::purge_idempotency(
    engine::ShardId shard_id, engine::Timestamp before) {
  auto found = shard(shard_id);
  if (!found) return std::move(found).error();
  auto& known = **found;
  const auto oldest = known.record.oldest_bucket;
  drop_old_buckets(shard_id, known.record, before);
  if (known.record.oldest_bucket != oldest) known.is_changed = true;
  return std::nullopt;
}

void Materialiser::finish() {
  for (auto& [id, known] : shards_) {
    if (!known.is_changed) continue;
    put(keys::shard_record(id), known.record);
    known.is_changed = false;
  }
}

Materialiser::Failure Materialiser::change(engine::ShardId shard_id, const OfferingChange& change) {
  At at{.shard = shard_id, .change = &change, .version = change.version};
  at.version.value -= change.events.size();
  bool gave_back = false;
  for (const auto& one : change.events) {
    ++at.version.value;
    const auto carry_out = [&](const auto& alternative) { return event(at, alternative); };
    if (auto failure = std::visit(carry_out, one)) return failure;
    gave_back |= gives_places_back(one);
  }
  put(keys::counters(shard_id, change.offering), CountersRecord{change.version, change.counts});
  if (gave_back && change.counts.held == 0 && change.counts.sold == 0) {
    if (auto failure = end_sweep(shard_id, change)) return failure;
  }
  if (!change.idempotency) return std::nullopt;
  return remember(shard_id, change.at, *change.idempotency);
}

Materialiser::Failure Materialiser::change(engine::ShardId shard_id, const RecordsChange& change) {
  for (const auto& write : change.writes) {
    const auto key = keys::record(shard_id, write.kind, write.key);
    if (write.value) {
      state_.put(key, *write.value);
    } else {
      state_.remove(key);
    }
  }
  if (!change.idempotency) return std::nullopt;
  return remember(shard_id, change.at, *change.idempotency);
}

Materialiser::Failure Materialiser::remember(
    engine::ShardId shard_id, engine::Timestamp at, const IdempotencyRecord& record) {
  auto found = shard(shard_id);
  if (!found) return std::move(found).error();
  auto& known = (*found)->record;
  const auto bucket = idempotency_bucket_of(at);
  if (known.newest_bucket == 0) known.oldest_bucket = bucket;
  // The clock may have been wrong, or may be now; no outcome is dropped for that.
  known.oldest_bucket = std::min(known.oldest_bucket, bucket);
  known.newest_bucket = std::max(known.newest_bucket, bucket);

  const auto hash = idempotency_hash(record.key.caller, record.key.key);
  put(keys::idempotency(shard_id, bucket, hash),
      StoredOutcome{.fingerprint = record.key.fingerprint, .outcome = record.outcome});
  return std::nullopt;
}

void Materialiser::drop_old_buckets(
    engine::ShardId shard_id, ShardRecord& record, engine::Timestamp before) {
  // Buckets before that of `before` hold nothing younger. One range, however many records.
  const auto first_kept = std::min(idempotency_bucket_of(before), record.newest_bucket);
  if (first_kept <= record.oldest_bucket) return;
  state_.remove_range(
      keys::idempotency_bucket(shard_id, record.oldest_bucket),
      keys::idempotency_bucket(shard_id, first_kept));
  record.oldest_bucket = first_kept;
}

Read<Materialiser::Shard*> Materialiser::shard(engine::ShardId id) {
  const auto known = shards_.find(id);
  if (known != shards_.end()) return &known->second;

  const auto key = keys::shard_record(id);
  auto stored = state_.get(key);
  if (!stored) return std::move(stored).error();
  Shard fresh;
  if (stored->has_value()) {
    auto record = decode_shard(key, **stored);
    if (!record) return std::move(record).error();
    fresh.record = *record;
  }
  return &shards_.emplace(id, fresh).first->second;
}

}  // namespace cavea::persistence
