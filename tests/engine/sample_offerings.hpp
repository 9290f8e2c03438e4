#pragma once

#include "engine/decide.hpp"
#include "engine/offering.hpp"

#include <memory>
#include <random>
#include <string>

namespace cavea::engine::testing {

/// A time at which the samples are on sale.
inline constexpr Timestamp sample_now{1'700'000'000'000};

/// A house of rows of 50 seats with an aisle in the middle, two zones, a few accessible seats.
[[nodiscard]] inline SeatMapRef sample_house(std::uint32_t seat_count) {
  SeatMap::Parts parts;
  parts.sections = {{.id = "stalls", .name = "Stalls"}};
  parts.zones = {
      {.id = *ZoneId::from("front"), .name = "Front"},
      {.id = *ZoneId::from("back"), .name = "Back"}};
  parts.focal_point = {.x = 250, .y = -50};
  for (std::uint32_t i = 0; i < seat_count; ++i) {
    const auto row = i / 50;
    if (i % 50 == 0) {
      parts.rows.push_back({.section = 0, .label = "r" + std::to_string(row), .seats = {}});
    }
    Seat seat;
    seat.row = row;
    seat.zone = row % 2 == 0 ? 0 : 1;
    seat.traits.aisle_after = i % 50 == 24;
    seat.traits.accessible = i % 50 == 49;
    seat.at = {
        .x = static_cast<std::int32_t>(i % 50) * 10, .y = static_cast<std::int32_t>(row) * 10};
    seat.number = std::to_string(i % 50);
    parts.seats.push_back(std::move(seat));
  }
  return SeatMap::build(std::move(parts));
}

[[nodiscard]] inline OfferingDefinition sample_definition() {
  OfferingDefinition definition;
  definition.title = "Sample";
  definition.venue = *VenueId::from("house");
  definition.time_zone = "Europe/London";
  definition.starts_at = sample_now + Duration{24 * 3'600'000};
  definition.ends_at = definition.starts_at + Duration{2 * 3'600'000};
  definition.sale_opens_at = sample_now - Duration{24 * 3'600'000};
  definition.sale_closes_at = definition.starts_at;
  definition.currency = *Currency::from("EUR");
  return definition;
}

[[nodiscard]] inline DefinitionRef sample_class(std::uint32_t capacity, Money price = {}) {
  auto definition = sample_definition();
  definition.terms = ClassTerms{.capacity = capacity, .price = price};
  return std::make_shared<const OfferingDefinition>(std::move(definition));
}

[[nodiscard]] inline DefinitionRef sample_performance(SeatMapRef house, Money price = {}) {
  auto definition = sample_definition();
  PerformanceTerms terms;
  terms.zone_prices.assign(house->zones().size(), price);
  terms.seat_map = std::move(house);
  definition.terms = std::move(terms);
  return std::make_shared<const OfferingDefinition>(std::move(definition));
}

[[nodiscard]] inline Offering sample_offering(DefinitionRef definition) {
  Offering offering;
  offering.id = *OfferingId::from("sample");
  const OfferingEvent created = OfferingCreated{.definition = std::move(definition)};
  apply(offering, created);
  return offering;
}

}  // namespace cavea::engine::testing
