#include "persistence/keys.hpp"
#include "persistence/materialise.hpp"
#include "persistence/seal.hpp"

#include <algorithm>
#include <variant>
#include <vector>

// What happens to offerings and venues as a whole, and to the seat maps that they share.

namespace cavea::persistence {

Materialiser::Failure Materialiser::event(const At& at, const engine::OfferingCreated& event) {
  OfferingRecord record{
      .status = engine::OfferingStatus::scheduled, .revision = at.change->revision};
  if (const auto* seated = event.definition->performance()) {
    auto digest = use_map(at.shard, seated->seat_map);
    if (!digest) return std::move(digest).error();
    record.map = *digest;
  }
  put_offering(at, record, *event.definition);
  return std::nullopt;
}

Materialiser::Failure Materialiser::event(const At& at, const engine::OfferingChanged& event) {
  const auto& id = at.change->offering;
  auto found = offering_record(at.shard, id);
  if (!found) return std::move(found).error();
  auto& record = *found;
  const auto before = record.definition;
  const auto before_map = record.map;

  record.revision = at.change->revision;
  record.map = std::nullopt;
  if (const auto* seated = event.definition->performance()) {
    auto digest = use_map(at.shard, seated->seat_map);
    if (!digest) return std::move(digest).error();
    record.map = *digest;
  }
  if (before_map) {
    if (auto failure = release_map(at.shard, *before_map)) return failure;
  }
  state_.remove(keys::start(at.shard, kind_of(before), before.starts_at, id));
  put_offering(at, record, *event.definition);
  if (auto failure = move_wakes(at, before, *event.definition)) return failure;
  return drop_lost_blocks(at, before, *event.definition);
}

Materialiser::Failure Materialiser::event(const At& at, const engine::OfferingCancelled& event) {
  const auto& change = *at.change;
  auto record = offering_record(at.shard, change.offering);
  if (!record) return std::move(record).error();
  record->status = engine::OfferingStatus::cancelled;
  record->revision = change.revision;
  record->cancel_reason = event.reason;
  record->cancelled_at = change.at;
  put_offering(at, *record, record->definition);
  if (change.counts.held != 0 || change.counts.sold != 0) {
    state_.put(keys::deadline(at.shard, change.at, change.offering, {}), {});
  }
  return std::nullopt;
}

Materialiser::Failure Materialiser::event(const At& at, const engine::OfferingDeleted& /*event*/) {
  const auto& id = at.change->offering;
  auto record = offering_record(at.shard, id);
  if (!record) return std::move(record).error();
  // The definition stays: it gives the labels of the reservations that were there.
  record->status = engine::OfferingStatus::deleted;
  record->revision = at.change->revision;
  put(keys::offering(at.shard, id), *record, record->definition);
  state_.remove(
      keys::start(at.shard, kind_of(record->definition), record->definition.starts_at, id));
  const auto blocks = keys::offering_part(at.shard, id, keys::OfferingTag::block);
  state_.remove_range(blocks, blocks.end());
  return std::nullopt;
}

Materialiser::Failure Materialiser::event(const At& at, const engine::PlacesBlocked& event) {
  value_.clear();
  encode_text_record(value_, event.reason);
  for (const auto place : event.places) {
    state_.put(keys::block(at.shard, at.change->offering, place), value_);
  }
  return std::nullopt;
}

Materialiser::Failure Materialiser::event(const At& at, const engine::PlacesUnblocked& event) {
  for (const auto place : event.places) {
    state_.remove(keys::block(at.shard, at.change->offering, place));
  }
  return std::nullopt;
}

Read<OfferingRecord> Materialiser::offering_record(
    engine::ShardId shard_id, const engine::OfferingId& id) {
  const auto key = keys::offering(shard_id, id);
  auto stored = state_.get(key);
  if (!stored) return std::move(stored).error();
  if (!stored->has_value()) {
    return corrupt_record("offering", key, "the log changes it, but it is not in the state");
  }
  return decode_offering(
      key, **stored, [&](const MapDigest& digest) { return find_map(shard_id, digest); });
}

void Materialiser::put_offering(
    const At& at, const OfferingRecord& record, const engine::OfferingDefinition& definition) {
  const auto& id = at.change->offering;
  put(keys::offering(at.shard, id), record, definition);
  state_.put(keys::start(at.shard, kind_of(definition), definition.starts_at, id), {});
}

Materialiser::Failure Materialiser::drop_lost_blocks(
    const At& at,
    const engine::OfferingDefinition& before,
    const engine::OfferingDefinition& after) {
  const bool begins_anew = kind_of(before) != kind_of(after) || before.venue != after.venue;
  const auto* seated = after.performance();
  const auto is_lost = [&](engine::Place place) {
    if (begins_anew || place.value >= after.place_count()) return true;
    return seated != nullptr && seated->seat_map->seat(place).traits.retired;
  };
  const auto blocks = keys::offering_part(at.shard, at.change->offering, keys::OfferingTag::block);
  std::vector<engine::Place> lost;
  auto failure =
      state_.scan(blocks, blocks.end(), [&](std::string_view key, std::string_view /*value*/) {
        const engine::Place place{
            KeyReader(key.substr(blocks.view().size())).big_endian<std::uint32_t>()};
        if (is_lost(place)) lost.push_back(place);
        return true;
      });
  if (failure) return failure;
  for (const auto place : lost) {
    state_.remove(keys::block(at.shard, at.change->offering, place));
  }
  return std::nullopt;
}

Materialiser::Failure Materialiser::end_sweep(
    engine::ShardId shard_id, const OfferingChange& change) {
  sweeps_.erase({shard_id, change.offering});
  const auto key = keys::offering(shard_id, change.offering);
  auto stored = state_.get(key);
  if (!stored) return std::move(stored).error();
  if (!stored->has_value()) return std::nullopt;
  auto record = decode_offering_head(key, **stored);
  if (!record) return std::move(record).error();
  if (record->status == engine::OfferingStatus::cancelled) {
    state_.remove(keys::deadline(shard_id, record->cancelled_at, change.offering, {}));
  }
  return std::nullopt;
}

Materialiser::Failure Materialiser::change(engine::ShardId shard_id, const VenueChange& change) {
  if (!std::holds_alternative<engine::VenueCreated>(change.event)) {
    if (auto failure = release_venue_map(shard_id, change.venue)) return failure;
  }
  Failure failure;
  if (const auto* created = std::get_if<engine::VenueCreated>(&change.event)) {
    failure = put_venue(shard_id, change, created->definition);
  } else if (const auto* changed = std::get_if<engine::VenueChanged>(&change.event)) {
    failure = put_venue(shard_id, change, changed->definition);
  } else {
    state_.remove(keys::venue(shard_id, change.venue));
  }
  if (failure) return failure;
  if (!change.idempotency) return std::nullopt;
  return remember(shard_id, change.at, *change.idempotency);
}

Materialiser::Failure Materialiser::put_venue(
    engine::ShardId shard_id,
    const VenueChange& change,
    const engine::VenueDefinition& definition) {
  auto digest = use_map(shard_id, definition.seat_map);
  if (!digest) return std::move(digest).error();
  const VenueRecord record{.revision = change.revision, .map = *digest};
  put(keys::venue(shard_id, change.venue), record, definition);
  return std::nullopt;
}

Materialiser::Failure Materialiser::release_venue_map(
    engine::ShardId shard_id, const engine::VenueId& id) {
  const auto key = keys::venue(shard_id, id);
  auto stored = state_.get(key);
  if (!stored) return std::move(stored).error();
  if (!stored->has_value()) {
    if (is_replaying_) return std::nullopt;
    return corrupt_record("venue", key, "the log changes it, but it is not in the state");
  }
  auto record = decode_venue(
      key, **stored, [&](const MapDigest& digest) { return find_map(shard_id, digest); });
  if (!record) return std::move(record).error();
  return release_map(shard_id, record->map);
}

Read<MapDigest> Materialiser::use_map(engine::ShardId shard_id, const engine::SeatMapRef& map) {
  std::string encoded;
  if (map != last_map_) {
    Encoder to(encoded);
    encode_seat_map(to, *map);
    last_digest_ = digest_of(encoded);
    last_map_ = map;
  }
  auto uses = map_uses(shard_id, last_digest_);
  if (!uses) return std::move(uses).error();
  if (*uses == 0) {
    if (encoded.empty()) {
      Encoder to(encoded);
      encode_seat_map(to, *map);
    }
    value_.clear();
    encode_map_record(value_, encoded);
    state_.put(keys::seat_map(shard_id, last_digest_), value_);
  }
  value_.clear();
  encode_number_record(value_, *uses + 1);
  state_.put(keys::seat_map_uses(shard_id, last_digest_), value_);
  return last_digest_;
}

Materialiser::Failure Materialiser::release_map(engine::ShardId shard_id, const MapDigest& digest) {
  auto uses = map_uses(shard_id, digest);
  if (!uses) return std::move(uses).error();
  if (*uses > 1) {
    value_.clear();
    encode_number_record(value_, *uses - 1);
    state_.put(keys::seat_map_uses(shard_id, digest), value_);
    return std::nullopt;
  }
  state_.remove(keys::seat_map_uses(shard_id, digest));
  state_.remove(keys::seat_map(shard_id, digest));
  return std::nullopt;
}

Read<std::uint64_t> Materialiser::map_uses(engine::ShardId shard_id, const MapDigest& digest) {
  const auto key = keys::seat_map_uses(shard_id, digest);
  auto stored = state_.get(key);
  if (!stored) return std::move(stored).error();
  if (!stored->has_value()) return std::uint64_t{0};
  return decode_number_record(key, **stored);
}

Read<engine::SeatMapRef> Materialiser::find_map(engine::ShardId shard_id, const MapDigest& digest) {
  if (auto known = maps_.find(digest)) return known;
  const auto key = keys::seat_map(shard_id, digest);
  auto stored = state_.get(key);
  if (!stored) return std::move(stored).error();
  if (!stored->has_value()) return corrupt_record("seat map", key, "it is missing");
  auto map = decode_map_record(key, **stored);
  if (!map) return std::move(map).error();
  return maps_.add(digest, std::move(map).value());
}

}  // namespace cavea::persistence
