#include "persistence/state_reader.hpp"

#include "persistence/keys.hpp"
#include "persistence/record_codec.hpp"
#include "persistence/saga_codec.hpp"
#include "persistence/seal.hpp"

#include <algorithm>
#include <utility>

namespace cavea::persistence {

StateReader::StateReader(const LiveView& store, std::uint16_t shard_count)
    : store_(store), shard_count_(shard_count) {}

Read<ShardStart> StateReader::shard_start(engine::ShardId shard) const {
  const auto view = store_.snapshot();
  ShardStart start;
  const auto hard_state_key = keys::hard_state(shard);
  auto hard_state = view->get(Column::meta, hard_state_key);
  if (!hard_state) return std::move(hard_state).error();
  if (*hard_state) {
    auto record = decode_hard_state(hard_state_key, **hard_state);
    if (!record) return std::move(record).error();
    start.hard_state = *record;
  }
  const auto snapshot_key = keys::snapshot(shard);
  auto snapshot = view->get(Column::meta, snapshot_key);
  if (!snapshot) return std::move(snapshot).error();
  if (*snapshot) {
    auto record = decode_snapshot(snapshot_key, **snapshot);
    if (!record) return std::move(record).error();
    start.snapshot = std::move(record).value();
  }
  const auto kept_key = keys::kept_log(shard);
  auto kept = view->get(Column::meta, kept_key);
  if (!kept) return std::move(kept).error();
  if (*kept) {
    auto record = decode_kept_log(kept_key, **kept);
    if (!record) return std::move(record).error();
    start.kept = *record;
  }
  const auto shard_key = keys::shard_record(shard);
  auto known = view->get(Column::state, shard_key);
  if (!known) return std::move(known).error();
  if (*known) {
    auto record = decode_shard(shard_key, **known);
    if (!record) return std::move(record).error();
    start.applied = record->applied;
  }
  auto mark = view->get(Column::state, keys::copy_mark(shard));
  if (!mark) return std::move(mark).error();
  start.lacks_state = mark->has_value();
  if (auto error = read_entries(*view, shard, start)) return std::move(*error);
  return start;
}

Read<std::vector<StoredEntry>> StateReader::log_entries(
    engine::ShardId shard, std::uint64_t first, std::size_t count, std::size_t bytes_max) const {
  std::vector<StoredEntry> entries;
  std::optional<StoreError> broken;
  std::size_t bytes = 0;
  const auto error = store_.snapshot()->scan(
      Column::log,
      keys::entry(shard, first),
      keys::shard(shard).end(),
      [&](std::string_view key, std::string_view value) {
        const auto index = KeyReader(key.substr(sizeof shard.value)).big_endian<std::uint64_t>();
        if (index != first + entries.size()) return false;
        auto entry = decode_entry(key, value, index);
        if (!entry) {
          broken = std::move(entry).error();
          return false;
        }
        bytes += value.size();
        entries.push_back(std::move(entry).value());
        return entries.size() < count && bytes < bytes_max;
      });
  if (error) return *error;
  if (broken) return *std::move(broken);
  return entries;
}

std::optional<StoreError> StateReader::read_entries(
    const View& view, engine::ShardId shard, ShardStart& start) const {
  std::optional<StoreError> broken;
  const auto snapshot_index = start.snapshot ? start.snapshot->index : 0;
  auto first = snapshot_index + 1 - std::min<std::uint64_t>(snapshot_index, entries_before_mark);
  if (start.kept) first = std::max(first, start.kept->removed_before);
  const auto error = view.scan(
      Column::log,
      keys::entry(shard, first),
      keys::shard(shard).end(),
      [&](std::string_view key, std::string_view value) {
        const auto index = KeyReader(key.substr(sizeof shard.value)).big_endian<std::uint64_t>();
        auto entry = decode_entry(key, value, index);
        if (!entry) {
          broken = std::move(entry).error();
        } else if (!start.entries.empty() && start.entries.back().index + 1 != index) {
          broken = corrupt_record("log entry", key, "the entry before it is missing");
        } else {
          start.entries.push_back(std::move(entry).value());
        }
        return !broken;
      });
  if (error) return error;
  if (broken) return broken;
  if (!start.entries.empty() && start.entries.front().index > snapshot_index + 1) {
    return corrupt_record(
        "log entry",
        keys::entry(shard, start.entries.front().index),
        "the log begins after the snapshot, entries between them are missing");
  }
  return std::nullopt;
}

Read<engine::Venue> StateReader::venue(engine::ShardId shard, const engine::VenueId& id) const {
  return venue_of(*store_.snapshot(), shard, id);
}

Read<engine::Venue> StateReader::venue_of(
    const View& view, engine::ShardId shard, const engine::VenueId& id) const {
  const auto key = keys::venue(shard, id);
  auto stored = view.get(Column::state, key);
  if (!stored) return std::move(stored).error();
  engine::Venue venue{.id = id, .revision = {}, .definition = {}};
  if (!*stored) return venue;
  auto record = decode_venue(
      key, **stored, [&](const MapDigest& digest) { return find_map(view, shard, digest); });
  if (!record) return std::move(record).error();
  venue.revision = record->revision;
  venue.definition = std::move(record->definition);
  return venue;
}

Read<std::optional<engine::Reservation>> StateReader::reservation(
    engine::ShardId shard, engine::ReservationId id) const {
  return reservation_of(store_, shard, id);
}

Read<std::optional<engine::Saga>> StateReader::saga(
    engine::ShardId shard, engine::ReservationId id) const {
  return saga_of(store_, shard, id);
}

Read<std::optional<engine::Saga>> StateReader::saga_of(
    const View& view, engine::ShardId shard, engine::ReservationId id) const {
  const auto key = keys::saga(shard, id);
  auto stored = view.get(Column::state, key);
  if (!stored) return std::move(stored).error();
  if (!*stored) return std::optional<engine::Saga>{};
  auto saga = decode_saga_record(key, **stored, id);
  if (!saga) return std::move(saga).error();
  return std::optional(std::move(saga).value());
}

Read<std::vector<engine::Saga>> StateReader::sagas_after(
    engine::ShardId shard, engine::ReservationId after, std::size_t limit) const {
  std::vector<engine::Saga> sagas;
  std::optional<StoreError> broken;
  const auto all = keys::all(shard, keys::Tag::saga);
  // The one after begins with this key and a zero.
  const auto begin = std::string(keys::saga(shard, after).view()) + '\0';
  auto error = store_.snapshot()->scan(
      Column::state, begin, all.end(), [&](std::string_view key, std::string_view value) {
        const auto id = KeyReader(key.substr(all.view().size())).id();
        auto saga = decode_saga_record(key, value, id);
        if (!saga) {
          broken = std::move(saga).error();
          return false;
        }
        sagas.push_back(std::move(saga).value());
        return sagas.size() < limit;
      });
  if (error) return std::move(*error);
  if (broken) return std::move(*broken);
  return sagas;
}

Read<std::vector<engine::Saga>> StateReader::open_sagas(engine::ShardId shard) const {
  std::vector<engine::Saga> sagas;
  std::optional<StoreError> broken;
  const auto range = keys::all(shard, keys::Tag::open_saga);
  auto error = store_.scan(
      Column::state, range, range.end(), [&](std::string_view key, std::string_view /*value*/) {
        const auto id = KeyReader(key.substr(range.view().size())).id();
        auto found = saga_of(store_, shard, id);
        if (!found) {
          broken = std::move(found).error();
        } else if (!*found) {
          broken = corrupt_record("saga", keys::saga(shard, id), "it is open, but not there");
        } else {
          sagas.push_back(std::move(**found));
        }
        return !broken;
      });
  if (error) return std::move(*error);
  if (broken) return std::move(*broken);
  return sagas;
}

Read<std::optional<engine::Reservation>> StateReader::reservation_of(
    const View& view, engine::ShardId shard, engine::ReservationId id) const {
  const auto key = keys::reservation(shard, id);
  auto stored = view.get(Column::state, key);
  if (!stored) return std::move(stored).error();
  if (!*stored) return std::optional<engine::Reservation>{};
  auto reservation = decode_reservation(key, **stored, id);
  if (!reservation) return std::move(reservation).error();
  return std::optional<engine::Reservation>(std::move(reservation).value());
}

Read<std::vector<engine::ReservationId>> StateReader::reservation_ids(
    engine::ShardId shard, const engine::OfferingId& id) const {
  const auto claims = keys::offering_part(shard, id, keys::OfferingTag::claim);
  const auto ended = keys::offering_part(shard, id, keys::OfferingTag::ended);
  std::vector<engine::ReservationId> ids;
  for (const auto& range : {claims, ended}) {
    auto error = store_.scan(
        Column::state, range, range.end(), [&](std::string_view key, std::string_view /*value*/) {
          ids.push_back(KeyReader(key.substr(range.view().size())).id());
          return true;
        });
    if (error) return std::move(*error);
  }
  return ids;
}

Read<ShardRecord> StateReader::shard_record(engine::ShardId shard) const {
  const auto key = keys::shard_record(shard);
  auto known = store_.get(Column::state, key);
  if (!known) return std::move(known).error();
  if (!*known) return ShardRecord{};
  return decode_shard(key, **known);
}

Read<std::optional<IdempotencyRecord>> StateReader::idempotency(
    engine::ShardId shard, std::string_view caller, std::string_view key) const {
  auto record = shard_record(shard);
  if (!record) return std::move(record).error();
  return idempotency(shard, *record, caller, key);
}

Read<std::optional<IdempotencyRecord>> StateReader::idempotency(
    engine::ShardId shard,
    const ShardRecord& record,
    std::string_view caller,
    std::string_view key) const {
  const auto hash = idempotency_hash(caller, key);
  for (auto bucket = record.newest_bucket; bucket != 0;) {
    const auto at = keys::idempotency(shard, bucket, hash);
    auto stored = store_.get(Column::state, at);
    if (!stored) return std::move(stored).error();
    if (*stored) {
      auto found = decode_outcome(at, **stored);
      if (!found) return std::move(found).error();
      return std::optional<IdempotencyRecord>(
          {.key =
               {.caller = std::string(caller),
                .key = std::string(key),
                .fingerprint = found->fingerprint},
           .outcome = std::move(found->outcome)});
    }
    auto next = bucket_before(shard, record, bucket);
    if (!next) return std::move(next).error();
    bucket = *next;
  }
  return std::optional<IdempotencyRecord>{};
}

Read<std::uint32_t> StateReader::bucket_before(
    engine::ShardId shard, const ShardRecord& record, std::uint32_t bucket) const {
  if (bucket <= record.oldest_bucket) return std::uint32_t{0};
  // To ask a bucket costs less than to look where the one before is.
  if (record.newest_bucket - record.oldest_bucket < buckets_asked_max) return bucket - 1;

  // A wrong clock made a gap, which may be of thousands of buckets.
  const auto cursor = store_.cursor(
      Column::state,
      keys::idempotency_bucket(shard, record.oldest_bucket),
      keys::idempotency_bucket(shard, bucket),
      Direction::backward);
  if (auto error = cursor->error()) return std::move(*error);
  if (!cursor->valid()) return std::uint32_t{0};
  const auto skip = keys::all(shard, keys::Tag::idempotency).view().size();
  return KeyReader(cursor->key().substr(skip)).big_endian<std::uint32_t>();
}

std::optional<StoreError> StateReader::each_idempotency_key(
    engine::ShardId shard, const std::function<bool(const IdempotencyHash&)>& visit) const {
  const auto range = keys::all(shard, keys::Tag::idempotency);
  return store_.scan(
      Column::state, range, range.end(), [&](std::string_view key, std::string_view /*value*/) {
        KeyReader in(key.substr(range.view().size()));
        in.big_endian<std::uint32_t>();
        IdempotencyHash hash{};
        const auto bytes = in.bytes(hash.size());
        std::copy(bytes.begin(), bytes.end(), hash.begin());
        return visit(hash);
      });
}

Read<std::vector<Deadline>> StateReader::deadlines(engine::ShardId shard) const {
  std::vector<Deadline> deadlines;
  std::optional<StoreError> broken;
  const auto range = keys::all(shard, keys::Tag::deadline);
  auto error = store_.scan(
      Column::state, range, range.end(), [&](std::string_view key, std::string_view /*value*/) {
        KeyReader in(key.substr(range.view().size()));
        Deadline deadline;
        deadline.at = in.time();
        deadline.offering = in.name<engine::OfferingId>();
        deadline.reservation = in.id();
        if (!in.finished()) broken = corrupt_record("deadline", key, "the key makes no sense");
        deadlines.push_back(deadline);
        return !broken;
      });
  if (error) return std::move(*error);
  if (broken) return std::move(*broken);
  return deadlines;
}

Read<engine::PlaceCounts> StateReader::place_totals(engine::ShardId shard) const {
  engine::PlaceCounts totals;
  std::optional<StoreError> broken;
  const auto range = keys::all(shard, keys::Tag::counters);
  auto error = store_.scan(
      Column::state, range, range.end(), [&](std::string_view key, std::string_view value) {
        auto record = decode_counters(key, value);
        if (!record) {
          broken = std::move(record).error();
          return false;
        }
        totals.free += record->counts.free;
        totals.held += record->counts.held;
        totals.sold += record->counts.sold;
        totals.blocked += record->counts.blocked;
        return true;
      });
  if (error) return std::move(*error);
  if (broken) return std::move(*broken);
  return totals;
}

Read<std::optional<engine::OfferingView>> StateReader::offering_view(
    engine::ShardId shard, const engine::OfferingId& id) const {
  return view_of(*store_.snapshot(), shard, id);
}

Read<engine::DefinitionRef> StateReader::definition(
    engine::ShardId shard, const engine::OfferingId& id) const {
  return definition_of(*store_.snapshot(), shard, id);
}

}  // namespace cavea::persistence
