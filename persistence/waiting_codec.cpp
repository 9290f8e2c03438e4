#include "persistence/waiting_codec.hpp"

#include "persistence/record_reader.hpp"

#include <utility>

namespace cavea::persistence {

namespace {

enum WishBit : std::uint8_t { together = 1, accessible = 2, wish_bits = 3 };

/// The byte after the status of a record.
enum RecordBit : std::uint8_t {
  party_own_person = 1,
  party_book_at_once = 2,
  party_any_of = 4,
  party_bits = 7
};

}  // namespace

void encode_wish(Encoder& out, const engine::WaitingWish& wish) {
  out.varint(wish.party_size);
  out.u8(static_cast<std::uint8_t>(
      (wish.together ? together : 0) | (wish.accessible ? accessible : 0)));
  out.texts(wish.zones);
  out.texts(wish.sections);
}

engine::WaitingWish decode_wish(Decoder& in) {
  engine::WaitingWish wish;
  wish.party_size = in.varint32();
  const auto bits = in.u8();
  if (bits > wish_bits) in.fail();
  wish.together = (bits & together) != 0;
  wish.accessible = (bits & accessible) != 0;
  wish.zones = in.texts();
  wish.sections = in.texts();
  return wish;
}

void encode_any_of(Encoder& out, const engine::AnyOf& any_of) {
  out.fixed64(any_of.wish.high);
  out.fixed64(any_of.wish.low);
  out.varint(any_of.offerings.size());
  for (const auto& offering : any_of.offerings) out.text(offering.view());
  out.varint(any_of.rank);
}

engine::AnyOf decode_any_of(Decoder& in) {
  engine::AnyOf any_of;
  any_of.wish.high = in.fixed64();
  any_of.wish.low = in.fixed64();
  const auto count = in.count(2);
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    any_of.offerings.push_back(decode_name<engine::OfferingId>(in));
  }
  any_of.rank = in.varint32();
  if (any_of.rank >= any_of.offerings.size()) in.fail();
  return any_of;
}

void encode(std::string& out, const engine::WaitingRecord& record) {
  const auto& party = record.party;
  const bool has_own_person = party.person != engine::PersonKey::of(party.user);
  Encoder to(out);
  to.u8(record_version);
  to.u8(static_cast<std::uint8_t>(record.status));
  to.u8(static_cast<std::uint8_t>(record.end));
  to.u8(static_cast<std::uint8_t>(
      (has_own_person ? party_own_person : 0) | (party.book_at_once ? party_book_at_once : 0)
      | (party.any_of ? party_any_of : 0)));
  to.text(record.offering.view());
  to.text(party.user);
  if (has_own_person) to.fixed64(party.person.value);
  encode_wish(to, record.wish);
  to.varint(party.order);
  to.varint(party.passed_over);
  to.delta(static_cast<std::uint64_t>(record.changed_at.ms), party.id.high >> 16);
  to.varint(record.version.value);
  if (party.any_of) encode_any_of(to, *party.any_of);
}

Read<engine::WaitingRecord> decode_waiting(
    std::string_view key, std::string_view value, engine::WaitingId id) {
  RecordReader in("waiting party", key, value);
  engine::WaitingRecord record;
  auto& party = record.party;
  party.id = id;
  record.status = decode_enum(*in, engine::WaitingStatus::waiting, engine::WaitingStatus::ended);
  record.end = decode_waiting_end(*in, engine::WaitingEnd::none);
  const auto bits = in->u8();
  if (bits > party_bits) in->fail();
  record.offering = decode_name<engine::OfferingId>(*in);
  party.user = in->text();
  party.person = engine::PersonKey::of(party.user);
  if ((bits & party_own_person) != 0) party.person.value = in->fixed64();
  party.book_at_once = (bits & party_book_at_once) != 0;
  record.wish = decode_wish(*in);
  party.order = in->varint();
  party.passed_over = in->varint32();
  record.changed_at.ms = static_cast<std::int64_t>(in->delta(id.high >> 16));
  record.version.value = in->varint();
  if ((bits & party_any_of) != 0) party.any_of = decode_any_of(*in);
  return in.finish(std::move(record));
}

void encode(std::string& out, const WaitingMark& record) {
  Encoder to(out);
  to.u8(record_version);
  to.fixed64(record.id.high);
  to.fixed64(record.id.low);
  to.varint(record.party_size);
}

Read<WaitingMark> decode_waiting_mark(std::string_view key, std::string_view value) {
  RecordReader in("waiting list", key, value);
  WaitingMark record;
  record.id.high = in->fixed64();
  record.id.low = in->fixed64();
  record.party_size = in->varint32();
  return in.finish(record);
}

}  // namespace cavea::persistence
