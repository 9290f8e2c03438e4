#include "persistence/keys.hpp"

namespace cavea::persistence::keys {

Key shard(engine::ShardId shard) {
  Key key;
  key.big_endian(shard.value);
  return key;
}

Key entry(engine::ShardId shard_id, std::uint64_t index) {
  return shard(shard_id).big_endian(index);
}

Key hard_state(engine::ShardId shard_id) {
  return shard(shard_id).tag('h');
}

Key snapshot(engine::ShardId shard_id) {
  return shard(shard_id).tag('s');
}

Key kept_log(engine::ShardId shard_id) {
  return shard(shard_id).tag('x');
}

Key format_mark() {
  Key key;
  // Longer than any key of shard 65,535 in the column of metadata, and greater.
  key.big_endian(std::uint16_t{0xffff})
      .bytes(
          "\xff"
          "format");
  return key;
}

Key all(engine::ShardId shard_id, Tag tag) {
  return shard(shard_id).tag(static_cast<char>(tag));
}

Key shard_record(engine::ShardId shard_id) {
  return all(shard_id, Tag::shard);
}

Key copy_mark(engine::ShardId shard_id) {
  return all(shard_id, Tag::copy_mark);
}

Key counters(engine::ShardId shard_id, const engine::OfferingId& offering) {
  return all(shard_id, Tag::counters).name(offering);
}

Key offering(engine::ShardId shard_id, const engine::OfferingId& offering) {
  return offering_part(shard_id, offering, OfferingTag::record);
}

Key offering_part(engine::ShardId shard_id, const engine::OfferingId& offering, OfferingTag tag) {
  return all(shard_id, Tag::offering).name(offering).tag(static_cast<char>(tag));
}

Key block(engine::ShardId shard_id, const engine::OfferingId& offering, engine::Place place) {
  return offering_part(shard_id, offering, OfferingTag::block).big_endian(place.value);
}

Key claim(engine::ShardId shard_id, const engine::OfferingId& offering, engine::ReservationId id) {
  return offering_part(shard_id, offering, OfferingTag::claim).id(id);
}

Key ended(engine::ShardId shard_id, const engine::OfferingId& offering, engine::ReservationId id) {
  return offering_part(shard_id, offering, OfferingTag::ended).id(id);
}

Key venue(engine::ShardId shard_id, const engine::VenueId& venue) {
  return all(shard_id, Tag::venue).name(venue);
}

Key record(engine::ShardId shard_id, RecordKind kind, std::string_view name) {
  return all(shard_id, Tag::record).u8(static_cast<std::uint8_t>(kind)).bytes(name);
}

Key seat_map(engine::ShardId shard_id, const MapDigest& digest) {
  return all(shard_id, Tag::map).bytes({digest.data(), digest.size()});
}

Key seat_map_uses(engine::ShardId shard_id, const MapDigest& digest) {
  return all(shard_id, Tag::map_uses).bytes({digest.data(), digest.size()});
}

Key reservation(engine::ShardId shard_id, engine::ReservationId id) {
  return all(shard_id, Tag::reservation).id(id);
}

Key saga(engine::ShardId shard_id, engine::ReservationId id) {
  return all(shard_id, Tag::saga).id(id);
}

Key open_saga(engine::ShardId shard_id, engine::ReservationId id) {
  return all(shard_id, Tag::open_saga).id(id);
}

Key user(engine::ShardId shard_id, engine::PersonKey person) {
  return all(shard_id, Tag::user).big_endian(person.value);
}

Key user_reservation(engine::ShardId shard_id, engine::PersonKey person, engine::ReservationId id) {
  return user(shard_id, person).id(id);
}

Key starts(engine::ShardId shard_id, engine::OfferingKind kind) {
  return all(shard_id, Tag::start).u8(static_cast<std::uint8_t>(kind));
}

Key start(
    engine::ShardId shard_id,
    engine::OfferingKind kind,
    engine::Timestamp starts_at,
    const engine::OfferingId& offering) {
  return starts(shard_id, kind).time(starts_at).name(offering);
}

Key deadline(
    engine::ShardId shard_id,
    engine::Timestamp at,
    const engine::OfferingId& offering,
    engine::ReservationId id) {
  return all(shard_id, Tag::deadline).time(at).name(offering).id(id);
}

Key waiting_mark(
    engine::ShardId shard_id, const engine::OfferingId& offering, std::uint64_t order) {
  return offering_part(shard_id, offering, OfferingTag::waiting).big_endian(order);
}

Key waiting_party(engine::ShardId shard_id, engine::WaitingId id) {
  return all(shard_id, Tag::waiting).tag(static_cast<char>(WaitingTag::party)).id(id);
}

Key waiting_user(engine::ShardId shard_id, engine::PersonKey person) {
  return all(shard_id, Tag::waiting)
      .tag(static_cast<char>(WaitingTag::user))
      .big_endian(person.value);
}

Key user_waiting(engine::ShardId shard_id, engine::PersonKey person, engine::WaitingId id) {
  return waiting_user(shard_id, person).id(id);
}

Key idempotency_bucket(engine::ShardId shard_id, std::uint32_t bucket) {
  return all(shard_id, Tag::idempotency).big_endian(bucket);
}

Key idempotency(engine::ShardId shard_id, std::uint32_t bucket, const IdempotencyHash& hash) {
  return idempotency_bucket(shard_id, bucket).bytes({hash.data(), hash.size()});
}

}  // namespace cavea::persistence::keys
