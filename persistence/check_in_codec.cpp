#include "persistence/check_in_codec.hpp"

#include "persistence/keys.hpp"
#include "persistence/record_reader.hpp"

#include <algorithm>
#include <utility>

namespace cavea::persistence {

namespace {

engine::Scan decode_scan(Decoder& in) {
  engine::Scan scan;
  const auto passage = in.u8();
  if (passage < 1 || passage > static_cast<std::uint8_t>(engine::Passage::exit)) in.fail();
  scan.passage = static_cast<engine::Passage>(passage);
  scan.nonce = in.text();
  scan.gate = in.text();
  scan.at.ms = in.svarint();
  return scan;
}

}  // namespace

namespace record_keys {

std::string ticket_use(
    const engine::OfferingId& offering, engine::ReservationId booking, engine::Place place) {
  return std::string(Key().name(offering).id(booking).big_endian(place.value).view());
}

std::string check_ins(const engine::OfferingId& offering) {
  return offering.str();
}

}  // namespace record_keys

std::string encode(const engine::TicketUse& use) {
  std::string bytes;
  Encoder out(bytes);
  out.u8(record_version);
  out.u8(use.is_inside ? 1 : 0);
  out.varint(use.entries);
  out.varint(use.scans.size());
  for (const auto& scan : use.scans) {
    out.u8(static_cast<std::uint8_t>(scan.passage));
    out.text(scan.nonce);
    out.text(scan.gate);
    out.svarint(scan.at.ms);
  }
  return bytes;
}

std::string encode(const engine::CheckIns& counts) {
  std::string bytes;
  Encoder out(bytes);
  out.u8(record_version);
  out.varint(counts.inside);
  out.varint(counts.entered);
  return bytes;
}

Read<engine::TicketUse> decode_ticket_use(std::string_view value) {
  RecordReader in("the use of a ticket", {}, value);
  engine::TicketUse use;
  const auto is_inside = in->u8();
  if (is_inside > 1) in->fail();
  use.is_inside = is_inside == 1;
  use.entries = in->varint32();
  const auto count = in->varint();
  if (count > engine::TicketUse::scans_max) in->fail();
  const auto kept = std::min<std::uint64_t>(count, engine::TicketUse::scans_max);
  for (std::uint64_t i = 0; i < kept; ++i) use.scans.push_back(decode_scan(*in));
  return in.finish(std::move(use));
}

Read<engine::CheckIns> decode_check_ins(std::string_view value) {
  RecordReader in("check-ins", {}, value);
  engine::CheckIns counts;
  counts.inside = in->varint32();
  counts.entered = in->varint32();
  return in.finish(counts);
}

}  // namespace cavea::persistence
