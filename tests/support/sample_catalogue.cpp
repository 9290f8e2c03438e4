#include "tests/support/sample_catalogue.hpp"

namespace cavea::tests {

namespace {

constexpr std::int64_t day_ms = 24 * 3'600'000;

engine::OfferingDefinition sample_offering() {
  engine::OfferingDefinition definition;
  definition.venue = *engine::VenueId::from("sample-house");
  definition.time_zone = "Europe/London";
  definition.starts_at = {sample_now.ms + 7 * day_ms};
  definition.ends_at = {sample_now.ms + 7 * day_ms + 7'200'000};
  definition.sale_opens_at = {sample_now.ms - day_ms};
  definition.sale_closes_at = definition.starts_at;
  return definition;
}

}  // namespace

engine::SeatMapRef sample_seat_map(std::uint32_t rows, std::uint32_t seats) {
  engine::SeatMap::Parts parts;
  parts.sections = {{"stalls", "Stalls"}};
  parts.zones = {
      {*engine::ZoneId::from("premium"), "Premium"},
      {*engine::ZoneId::from("standard"), "Standard"}};
  for (std::uint32_t r = 0; r < rows; ++r) {
    engine::Row row;
    row.label = r < 26 ? std::string(1, static_cast<char>('A' + r)) : "R" + std::to_string(r);
    parts.rows.push_back(std::move(row));
    for (std::uint32_t s = 0; s < seats; ++s) {
      engine::Seat seat;
      seat.row = r;
      seat.zone = r < rows / 2 ? 0 : 1;
      seat.at = {
          static_cast<std::int32_t>(s * 10) - static_cast<std::int32_t>(seats * 5),
          static_cast<std::int32_t>(50 + r * 10)};
      seat.number = std::to_string(s + 1);
      parts.seats.push_back(std::move(seat));
    }
  }
  return engine::SeatMap::build(std::move(parts));
}

engine::OfferingDefinition sample_performance(std::uint32_t rows, std::uint32_t seats) {
  auto definition = sample_offering();
  definition.title = "The Lighthouse";
  definition.currency = *engine::Currency::from("GBP");
  engine::PerformanceTerms terms;
  terms.seat_map = sample_seat_map(rows, seats);
  terms.seat_map_revision = {1};
  terms.zone_prices = {{9000}, {6000}};
  definition.terms = std::move(terms);
  return definition;
}

engine::OfferingDefinition sample_class(std::uint32_t capacity) {
  auto definition = sample_offering();
  definition.title = "Morning Flow";
  definition.currency = *engine::Currency::from("EUR");
  definition.terms = engine::ClassTerms{capacity, {0}};
  return definition;
}

engine::VenueDefinition sample_venue(std::uint32_t rows, std::uint32_t seats) {
  return {"Sample House", "1 Stage Street", "Europe/London", sample_seat_map(rows, seats)};
}

}  // namespace cavea::tests
