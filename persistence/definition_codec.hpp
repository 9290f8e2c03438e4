#pragma once

#include "engine/definition.hpp"
#include "engine/reservation.hpp"
#include "engine/venue.hpp"
#include "persistence/wire.hpp"

#include <vector>

namespace cavea::persistence {

// The parts that turns and records share. A decoder that fails says so through `Decoder::ok`; what
// is returned then means nothing. Seat maps are written elsewhere, since many definitions share
// one.

void encode_currency(Encoder& out, engine::Currency currency);
[[nodiscard]] engine::Currency decode_currency(Decoder& in);

/// `refund-policy` in FORMAT.md.
void encode_refund_policy(Encoder& out, const engine::RefundPolicy& policy);
[[nodiscard]] engine::RefundPolicy decode_refund_policy(Decoder& in);

/// `definition` in FORMAT.md: everything but the seat map.
void encode_definition(Encoder& out, const engine::OfferingDefinition& definition);

/// `map` is the seat map of a performance, null for a class.
[[nodiscard]] engine::OfferingDefinition decode_definition(Decoder& in, engine::SeatMapRef map);

/// `venue-definition` in FORMAT.md: everything but the seat map.
void encode_definition(Encoder& out, const engine::VenueDefinition& definition);
[[nodiscard]] engine::VenueDefinition decode_venue_definition(Decoder& in, engine::SeatMapRef map);

/// `lines` in FORMAT.md.
void encode_lines(Encoder& out, const std::vector<engine::ReservationLine>& lines);
[[nodiscard]] std::vector<engine::ReservationLine> decode_lines(Decoder& in);

/// `places` in FORMAT.md.
void encode_places(Encoder& out, const std::vector<engine::Place>& places);
[[nodiscard]] std::vector<engine::Place> decode_places(Decoder& in);

/// The place that is `delta` away from `before`.
[[nodiscard]] engine::Place decode_place(Decoder& in, engine::Place before);

/// A name with its length. `Name` is `OfferingId`, `VenueId` or `ZoneId`.
template <class Name>
[[nodiscard]] Name decode_name(Decoder& in) {
  const auto name = Name::from(in.text());
  if (!name) in.fail();
  return name.value_or(Name{});
}

/// An enumeration whose values reach from `min` to `max` without a gap.
template <class Enum>
[[nodiscard]] Enum decode_enum(Decoder& in, Enum min, Enum max) {
  const auto value = in.u8();
  if (value < static_cast<std::uint8_t>(min) || value > static_cast<std::uint8_t>(max)) in.fail();
  return static_cast<Enum>(value);
}

[[nodiscard]] inline engine::Cause decode_cause(Decoder& in) {
  return decode_enum(in, engine::Cause::user, engine::Cause::offering_cancelled);
}

[[nodiscard]] inline engine::ReservationStatus decode_status(Decoder& in) {
  return decode_enum(in, engine::ReservationStatus::held, engine::ReservationStatus::cancelled);
}

}  // namespace cavea::persistence
