#include "persistence/definition_codec.hpp"
#include "persistence/record_codec.hpp"
#include "persistence/record_reader.hpp"
#include "persistence/seat_map_codec.hpp"

#include <algorithm>
#include <utility>

// The records that hold definitions: an offering, a venue, a seat map.

namespace cavea::persistence {

namespace {

void encode_digest(Encoder& out, const MapDigest& digest) {
  out.bytes({digest.data(), digest.size()});
}

MapDigest decode_digest(Decoder& in) {
  MapDigest digest{};
  const auto bytes = in.bytes(digest.size());
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

OfferingRecord decode_head(Decoder& in) {
  OfferingRecord record;
  record.status =
      decode_enum(in, engine::OfferingStatus::scheduled, engine::OfferingStatus::deleted);
  record.revision.value = in.varint32();
  record.cancel_reason = in.text();
  record.cancelled_at.ms = in.svarint();
  if (in.boolean()) record.map = decode_digest(in);
  return record;
}

}  // namespace

void encode(
    std::string& out, const OfferingRecord& record, const engine::OfferingDefinition& definition) {
  Encoder to(out);
  to.u8(record_version);
  to.u8(static_cast<std::uint8_t>(record.status));
  to.varint(record.revision.value);
  to.text(record.cancel_reason);
  to.svarint(record.cancelled_at.ms);
  to.u8(record.map ? 1 : 0);
  if (record.map) encode_digest(to, *record.map);
  encode_definition(to, definition);
}

Read<OfferingRecord> decode_offering_head(std::string_view key, std::string_view value) {
  RecordReader in("offering", key, value);
  auto record = decode_head(*in);
  if (!in->ok()) return in.error();
  return record;
}

Read<OfferingRecord> decode_offering(
    std::string_view key, std::string_view value, const MapFinder& find_map) {
  RecordReader in("offering", key, value);
  auto record = decode_head(*in);
  if (!in->ok()) return in.error();

  engine::SeatMapRef map;
  if (record.map) {
    auto found = find_map(*record.map);
    if (!found) return std::move(found).error();
    map = std::move(found).value();
  }
  record.definition = decode_definition(*in, std::move(map));
  if (record.definition.performance() == nullptr && record.map) in->fail();
  return in.finish(std::move(record));
}

void encode(
    std::string& out, const VenueRecord& record, const engine::VenueDefinition& definition) {
  Encoder to(out);
  to.u8(record_version);
  to.varint(record.revision.value);
  encode_digest(to, record.map);
  encode_definition(to, definition);
}

Read<VenueRecord> decode_venue(
    std::string_view key, std::string_view value, const MapFinder& find_map) {
  RecordReader in("venue", key, value);
  VenueRecord record;
  record.revision.value = in->varint32();
  record.map = decode_digest(*in);
  if (!in->ok()) return in.error();

  auto map = find_map(record.map);
  if (!map) return std::move(map).error();
  record.definition = decode_venue_definition(*in, std::move(map).value());
  return in.finish(std::move(record));
}

void encode_map_record(std::string& out, std::string_view encoded_map) {
  Encoder to(out);
  to.u8(record_version);
  to.bytes(encoded_map);
}

Read<engine::SeatMapRef> decode_map_record(std::string_view key, std::string_view value) {
  RecordReader in("seat map", key, value);
  auto map = decode_seat_map(*in);
  return in.finish(std::move(map));
}

}  // namespace cavea::persistence
