#include "persistence/record_codec.hpp"

#include "persistence/definition_codec.hpp"
#include "persistence/outcome_codec.hpp"
#include "persistence/record_reader.hpp"
#include "persistence/saga_codec.hpp"
#include "persistence/wire.hpp"

#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace cavea::persistence {

void encode(std::string& out, const ShardRecord& record) {
  Encoder to(out);
  to.u8(record_version);
  to.varint(record.applied);
  to.varint(record.oldest_bucket);
  to.varint(record.newest_bucket - record.oldest_bucket);
}

Read<ShardRecord> decode_shard(std::string_view key, std::string_view value) {
  RecordReader in("shard record", key, value);
  ShardRecord record;
  record.applied = in->varint();
  record.oldest_bucket = in->varint32();
  record.newest_bucket = record.oldest_bucket + in->varint32();
  return in.finish(std::move(record));
}

void encode(std::string& out, const CountersRecord& record) {
  Encoder to(out);
  to.u8(record_version);
  to.varint(record.version.value);
  to.varint(record.counts.free);
  to.varint(record.counts.held);
  to.varint(record.counts.sold);
  to.varint(record.counts.blocked);
}

Read<CountersRecord> decode_counters(std::string_view key, std::string_view value) {
  RecordReader in("counters", key, value);
  CountersRecord record;
  record.version.value = in->varint();
  record.counts.free = in->varint32();
  record.counts.held = in->varint32();
  record.counts.sold = in->varint32();
  record.counts.blocked = in->varint32();
  return in.finish(std::move(record));
}

void encode(std::string& out, const ClaimRecord& record) {
  Encoder to(out);
  to.u8(record_version);
  to.u8(record.is_held ? 1 : 0);
  to.fixed64(record.person.value);
  if (record.is_held) to.svarint(record.until.ms);
  encode_places(to, record.places);
}

Read<ClaimRecord> decode_claim(std::string_view key, std::string_view value) {
  RecordReader in("claim", key, value);
  ClaimRecord record;
  record.is_held = in->boolean();
  record.person.value = in->fixed64();
  if (record.is_held) record.until.ms = in->svarint();
  record.places = decode_places(*in);
  return in.finish(std::move(record));
}

namespace {

/// The version of the record of a reservation that a saga carries.
constexpr std::uint8_t reservation_with_saga = 2;

}  // namespace

void encode(std::string& out, const engine::Reservation& reservation) {
  const bool has_deadline = reservation.held_until.ms != 0;
  const auto born = static_cast<std::int64_t>(reservation.id.high >> 16);
  Encoder to(out);
  to.u8(reservation.saga ? reservation_with_saga : record_version);
  if (reservation.saga) encode_id(to, *reservation.saga);
  to.u8(static_cast<std::uint8_t>(
      static_cast<unsigned>(reservation.status) | static_cast<unsigned>(reservation.cause) << 3
      | (has_deadline ? 0x80u : 0u)));
  to.text(reservation.offering.view());
  to.text(reservation.user);
  to.svarint(reservation.created_at.ms - born);
  if (has_deadline) to.svarint(reservation.held_until.ms - reservation.created_at.ms);
  to.svarint(reservation.changed_at.ms - reservation.created_at.ms);
  to.varint(reservation.version.value);
  encode_currency(to, reservation.currency);
  encode_lines(to, reservation.lines);
}

Read<engine::Reservation> decode_reservation(
    std::string_view key, std::string_view value, engine::ReservationId id) {
  RecordReader in("reservation", key, value, reservation_with_saga);
  engine::Reservation reservation;
  reservation.id = id;
  if (in.version() == reservation_with_saga) reservation.saga = decode_id(*in);
  const auto first = in->u8();
  const auto status = first & 7u;
  const auto cause = (first >> 3) & 15u;
  if (status < 1 || status > 4 || cause < 1 || cause > 4) in->fail();
  reservation.status = static_cast<engine::ReservationStatus>(status);
  reservation.cause = static_cast<engine::Cause>(cause);
  reservation.offering = decode_name<engine::OfferingId>(*in);
  reservation.user = in->text();
  reservation.created_at.ms = static_cast<std::int64_t>(in->delta(reservation.id.high >> 16));
  const auto created = static_cast<std::uint64_t>(reservation.created_at.ms);
  if ((first & 0x80) != 0) {
    reservation.held_until.ms = static_cast<std::int64_t>(in->delta(created));
  }
  reservation.changed_at.ms = static_cast<std::int64_t>(in->delta(created));
  reservation.version.value = in->varint();
  reservation.currency = decode_currency(*in);
  reservation.lines = decode_lines(*in);
  return in.finish(std::move(reservation));
}

void encode(std::string& out, const StoredOutcome& record) {
  Encoder to(out);
  to.u8(record_version);
  to.fixed64(record.fingerprint.high);
  to.fixed64(record.fingerprint.low);
  encode_outcome(to, record.outcome, {});
}

Read<StoredOutcome> decode_outcome(std::string_view key, std::string_view value) {
  RecordReader in("idempotency record", key, value);
  StoredOutcome record;
  record.fingerprint.high = in->fixed64();
  record.fingerprint.low = in->fixed64();
  record.outcome = decode_outcome(*in, OutcomeContext{});
  return in.finish(std::move(record));
}

void encode_text_record(std::string& out, std::string_view text) {
  Encoder to(out);
  to.u8(record_version);
  to.text(text);
}

Read<std::string> decode_text_record(std::string_view key, std::string_view value) {
  RecordReader in("text", key, value);
  return in.finish(std::string(in->text()));
}

void encode_number_record(std::string& out, std::uint64_t number) {
  Encoder to(out);
  to.u8(record_version);
  to.varint(number);
}

Read<std::uint64_t> decode_number_record(std::string_view key, std::string_view value) {
  RecordReader in("number", key, value);
  return in.finish(in->varint());
}

void encode(std::string& out, const HardState& record) {
  Encoder to(out);
  to.u8(record_version);
  to.varint(record.term);
  to.varint(record.voted_for);
}

Read<HardState> decode_hard_state(std::string_view key, std::string_view value) {
  RecordReader in("term and vote", key, value);
  HardState record;
  record.term = in->varint();
  record.voted_for = in->varint();
  return in.finish(std::move(record));
}

void encode(std::string& out, const SnapshotMark& record) {
  Encoder to(out);
  to.u8(record_version);
  to.varint(record.index);
  to.varint(record.term);
  to.varint(record.configuration_index);
  to.text(record.configuration);
}

Read<SnapshotMark> decode_snapshot(std::string_view key, std::string_view value) {
  RecordReader in("snapshot mark", key, value);
  SnapshotMark record;
  record.index = in->varint();
  record.term = in->varint();
  record.configuration_index = in->varint();
  record.configuration = in->text();
  return in.finish(std::move(record));
}

void encode(std::string& out, const KeptLog& record) {
  Encoder to(out);
  to.u8(record_version);
  to.varint(record.removed_before);
  to.varint(record.first - record.removed_before);
}

Read<KeptLog> decode_kept_log(std::string_view key, std::string_view value) {
  RecordReader in("mark of the kept log", key, value);
  KeptLog record;
  record.removed_before = in->varint();
  record.first = record.removed_before + in->varint();
  return in.finish(record);
}

void encode(std::string& out, const StoredEntry& record) {
  Encoder to(out);
  to.u8(record_version);
  to.varint(record.term);
  to.u8(record.type);
  if (record.data != nullptr) to.bytes(*record.data);
}

Read<StoredEntry> decode_entry(std::string_view key, std::string_view value, std::uint64_t index) {
  RecordReader in("log entry", key, value);
  StoredEntry record;
  record.index = index;
  record.term = in->varint();
  record.type = in->u8();
  record.data = std::make_shared<const std::string>(in->bytes(in->left()));
  return in.finish(std::move(record));
}

std::uint32_t idempotency_bucket_of(engine::Timestamp at) {
  // Nothing was remembered before 1970, and no clock that is so far off deserves more care.
  const auto bucket = std::clamp<std::int64_t>(at.ms / idempotency_bucket_ms, 1, UINT32_MAX);
  return static_cast<std::uint32_t>(bucket);
}

IdempotencyHash idempotency_hash(std::string_view caller, std::string_view key) {
  // Asked several times for each command: memory that is kept spares each an allocation.
  static thread_local std::string text;
  text.clear();
  Encoder to(text);
  to.text(caller);
  to.bytes(key);
  XXH128_canonical_t canonical;
  XXH128_canonicalFromHash(&canonical, XXH3_128bits(text.data(), text.size()));
  IdempotencyHash hash{};
  std::memcpy(hash.data(), canonical.digest, hash.size());
  return hash;
}

}  // namespace cavea::persistence
