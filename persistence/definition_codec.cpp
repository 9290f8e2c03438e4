#include "persistence/definition_codec.hpp"

#include <utility>

namespace cavea::persistence {

namespace {

void encode_terms(Encoder& out, const engine::OfferingDefinition& definition) {
  if (const auto* seated = definition.performance()) {
    out.varint(seated->seat_map_revision.value);
    out.u8(seated->refuse_single_gaps ? 1 : 0);
    out.varint(seated->zone_prices.size());
    for (const auto price : seated->zone_prices) out.svarint(price.minor);
    return;
  }
  out.varint(definition.klass()->capacity);
  out.svarint(definition.klass()->price.minor);
}

engine::PerformanceTerms decode_performance_terms(Decoder& in, engine::SeatMapRef map) {
  engine::PerformanceTerms terms;
  terms.seat_map = std::move(map);
  terms.seat_map_revision.value = in.varint32();
  terms.refuse_single_gaps = in.boolean();
  terms.zone_prices.resize(in.count());
  for (auto& price : terms.zone_prices) price.minor = in.svarint();
  if (terms.seat_map == nullptr || terms.zone_prices.size() != terms.seat_map->zones().size()) {
    in.fail();
  }
  return terms;
}

// Bits beside the kind.
constexpr std::uint8_t with_refund_policy = 0x10;
constexpr std::uint8_t refuses_overlaps = 0x20;

}  // namespace

void encode_currency(Encoder& out, engine::Currency currency) {
  out.bytes(currency.view());
}

void encode_refund_policy(Encoder& out, const engine::RefundPolicy& policy) {
  out.varint(policy.size());
  for (const auto& step : policy) {
    out.svarint(step.before_start.ms);
    out.u8(step.percent);
  }
}

engine::RefundPolicy decode_refund_policy(Decoder& in) {
  engine::RefundPolicy policy;
  const auto count = in.count(2);
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    engine::RefundStep step;
    step.before_start.ms = in.svarint();
    step.percent = in.u8();
    policy.push_back(step);
  }
  return policy;
}

engine::Currency decode_currency(Decoder& in) {
  const auto currency = engine::Currency::from(in.bytes(3));
  if (!currency) in.fail();
  return currency.value_or(engine::Currency{});
}

void encode_definition(Encoder& out, const engine::OfferingDefinition& definition) {
  const bool has_policy = !definition.refund_policy.empty();
  out.u8(static_cast<std::uint8_t>(
      static_cast<unsigned>(kind_of(definition)) | (has_policy ? with_refund_policy : 0U)
      | (definition.refuse_overlaps ? refuses_overlaps : 0U)));
  out.text(definition.title);
  out.text(definition.description);
  out.text(definition.venue.view());
  out.text(definition.time_zone);
  out.svarint(definition.starts_at.ms);
  out.svarint(definition.ends_at.ms);
  out.svarint(definition.sale_opens_at.ms);
  out.svarint(definition.sale_closes_at.ms);
  out.svarint(definition.cancellation_cutoff.ms);
  out.varint(definition.person_limit);
  out.svarint(definition.hold_time.ms);
  encode_currency(out, definition.currency);
  if (has_policy) encode_refund_policy(out, definition.refund_policy);
  encode_terms(out, definition);
}

engine::OfferingDefinition decode_definition(Decoder& in, engine::SeatMapRef map) {
  const auto first = in.u8();
  const bool has_policy = (first & with_refund_policy) != 0;
  const auto kind =
      static_cast<engine::OfferingKind>(first & ~(with_refund_policy | refuses_overlaps));
  if (kind > engine::OfferingKind::klass) in.fail();
  engine::OfferingDefinition definition;
  definition.refuse_overlaps = (first & refuses_overlaps) != 0;
  definition.title = in.text();
  definition.description = in.text();
  definition.venue = engine::VenueId::from(in.text()).value_or(engine::VenueId{});
  definition.time_zone = in.text();
  definition.starts_at.ms = in.svarint();
  definition.ends_at.ms = in.svarint();
  definition.sale_opens_at.ms = in.svarint();
  definition.sale_closes_at.ms = in.svarint();
  definition.cancellation_cutoff.ms = in.svarint();
  definition.person_limit = in.varint32();
  definition.hold_time.ms = in.svarint();
  definition.currency = decode_currency(in);
  if (has_policy) definition.refund_policy = decode_refund_policy(in);
  if (kind == engine::OfferingKind::performance) {
    definition.terms = decode_performance_terms(in, std::move(map));
    return definition;
  }
  engine::ClassTerms terms;
  terms.capacity = in.varint32();
  terms.price.minor = in.svarint();
  definition.terms = terms;
  return definition;
}

void encode_definition(Encoder& out, const engine::VenueDefinition& definition) {
  out.text(definition.name);
  out.text(definition.address);
  out.text(definition.time_zone);
}

engine::VenueDefinition decode_venue_definition(Decoder& in, engine::SeatMapRef map) {
  if (map == nullptr) in.fail();
  engine::VenueDefinition definition;
  definition.name = in.text();
  definition.address = in.text();
  definition.time_zone = in.text();
  definition.seat_map = std::move(map);
  return definition;
}

void encode_lines(Encoder& out, const std::vector<engine::ReservationLine>& lines) {
  out.varint(lines.size());
  engine::ReservationLine before;
  for (const auto& line : lines) {
    // Neighbours have neighbouring numbers and, mostly, the same price.
    out.svarint(static_cast<std::int64_t>(line.place.value) - before.place.value);
    const bool same_price = line.price == before.price;
    out.u8(static_cast<std::uint8_t>((same_price ? 0 : 1) | (line.given_back ? 2 : 0)));
    if (!same_price) out.svarint(line.price.minor);
    before = line;
  }
}

std::vector<engine::ReservationLine> decode_lines(Decoder& in) {
  std::vector<engine::ReservationLine> lines(in.count(2));
  engine::ReservationLine before;
  for (auto& line : lines) {
    line.place = decode_place(in, before.place);
    const auto flags = in.u8();
    if (flags > 3) in.fail();
    line.price = before.price;
    if ((flags & 1) != 0) line.price.minor = in.svarint();
    line.given_back = (flags & 2) != 0;
    before = line;
  }
  return lines;
}

void encode_places(Encoder& out, const std::vector<engine::Place>& places) {
  out.varint(places.size());
  engine::Place before;
  for (const auto place : places) {
    out.svarint(static_cast<std::int64_t>(place.value) - before.value);
    before = place;
  }
}

std::vector<engine::Place> decode_places(Decoder& in) {
  std::vector<engine::Place> places(in.count());
  engine::Place before;
  for (auto& place : places) {
    place = decode_place(in, before);
    before = place;
  }
  return places;
}

engine::Place decode_place(Decoder& in, engine::Place before) {
  const auto value = in.delta(before.value);
  if (value > UINT32_MAX) in.fail();
  return {static_cast<std::uint32_t>(value)};
}

}  // namespace cavea::persistence
