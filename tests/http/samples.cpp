#include "tests/http/samples.hpp"

#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace cavea::http::samples {

namespace {

engine::SeatMapRef theatre_map() {
  engine::SeatMap::Parts parts;
  parts.zones = {
      {*engine::ZoneId::from("premium"), "Premium"},
      {*engine::ZoneId::from("standard"), "Standard"}};
  parts.sections = {{"stalls", "Stalls"}};
  parts.rows.push_back({.section = 0, .label = "A", .seats = {}});
  for (std::uint16_t i = 0; i < 4; ++i) {
    engine::Seat seat;
    seat.zone = i < 2 ? 0 : 1;
    seat.at = {-15 + 10 * i, 60};
    seat.number = std::to_string(i + 1);
    seat.traits.accessible = i == 0;
    seat.traits.aisle_after = i == 1;
    parts.seats.push_back(std::move(seat));
  }
  return engine::SeatMap::build(std::move(parts));
}

}  // namespace

engine::OfferingId offering_id(std::string_view text) {
  return engine::OfferingId::from(text).value();
}

engine::VenueId venue_id(std::string_view text) {
  return engine::VenueId::from(text).value();
}

engine::Venue theatre() {
  engine::Venue venue;
  venue.id = venue_id("grand-theatre");
  venue.revision = {1};
  venue.definition = {
      "Grand \"Old\" Theatre", "1 Stage Street, London", "Europe/London", theatre_map()};
  return venue;
}

engine::Venue studio() {
  engine::Venue venue;
  venue.id = venue_id("river-studio");
  venue.revision = {2};
  venue.definition = {"River Studio", "", "Europe/Berlin", engine::SeatMap::build({})};
  return venue;
}

engine::OfferingView performance() {
  auto definition = std::make_shared<engine::OfferingDefinition>();
  definition->title = "The Lighthouse";
  definition->description = "A musical in two acts.\nWith an interval.";
  definition->venue = venue_id("grand-theatre");
  definition->time_zone = "Europe/London";
  definition->starts_at = {1'796'412'600'000};
  definition->ends_at = {1'796'421'600'000};
  definition->sale_opens_at = {1'790'845'200'000};
  definition->sale_closes_at = {1'796'412'600'000};
  definition->cancellation_cutoff = {1440 * 60'000};
  definition->person_limit = 8;
  definition->currency = *engine::Currency::from("GBP");
  definition->terms = engine::PerformanceTerms{
      .seat_map = theatre().definition.seat_map,
      .seat_map_revision = {1},
      .zone_prices = {{9500}, {6500}},
      .refuse_single_gaps = true};
  engine::OfferingView view;
  view.id = offering_id("the-lighthouse");
  view.status = engine::OfferingStatus::scheduled;
  view.revision = {3};
  view.version = {17};
  view.definition = std::move(definition);
  view.counts = {.free = 1, .held = 1, .sold = 1, .blocked = 1};
  return view;
}

engine::OfferingView yoga(std::int64_t price) {
  auto definition = std::make_shared<engine::OfferingDefinition>();
  definition->title = "Morning Flow";
  definition->venue = venue_id("river-studio");
  definition->time_zone = "Europe/Berlin";
  definition->starts_at = {1'796'625'000'000};
  definition->ends_at = {1'796'628'600'000};
  definition->sale_opens_at = {1'795'000'000'000};
  definition->sale_closes_at = {1'796'625'000'000};
  definition->currency = *engine::Currency::from("EUR");
  definition->terms = engine::ClassTerms{.capacity = 18, .price = {price}};
  engine::OfferingView view;
  view.id = offering_id("yoga-1");
  view.status = engine::OfferingStatus::scheduled;
  view.revision = {1};
  view.version = {1};
  view.definition = std::move(definition);
  view.counts = {.free = 16, .held = 0, .sold = 2, .blocked = 0};
  return view;
}

engine::ReservationView held_seats() {
  const auto offering = performance();
  engine::ReservationView view;
  view.definition = offering.definition;
  auto& reservation = view.reservation;
  reservation.id = engine::ReservationId::make(now, {3}, 0x0123456789abcdefULL);
  reservation.offering = offering.id;
  reservation.user = "alice";
  reservation.status = engine::ReservationStatus::held;
  reservation.created_at = {now.ms + 250};
  reservation.changed_at = reservation.created_at;
  reservation.held_until = {now.ms + 600'000};
  reservation.version = {18};
  reservation.currency = offering.definition->currency;
  reservation.lines = {{.place = {0}, .price = {9500}}, {.place = {2}, .price = {6500}}};
  return view;
}

engine::ReservationView confirmed_places() {
  const auto offering = yoga();
  engine::ReservationView view;
  view.definition = offering.definition;
  auto& reservation = view.reservation;
  reservation.id = engine::ReservationId::make(now, {3}, 42);
  reservation.offering = offering.id;
  reservation.user = "alice";
  reservation.status = engine::ReservationStatus::confirmed;
  reservation.created_at = now;
  reservation.changed_at = now;
  reservation.version = {2};
  reservation.currency = offering.definition->currency;
  reservation.lines = {{.place = {0}, .price = {}}, {.place = {1}, .price = {}}};
  return view;
}

engine::SagaView held_bundle() {
  const auto seats = held_seats();
  const auto klass = yoga(1400);
  engine::SagaView view;
  view.definitions = {seats.definition, klass.definition};
  auto& saga = view.saga;
  saga.id = engine::ReservationId::make(now, {5}, 7);
  saga.user = "alice";
  saga.created_at = {now.ms + 250};
  saga.changed_at = {now.ms + 375};
  saga.version = 3;
  saga.hold_time = {600'000};
  saga.deadline = {now.ms + 600'000};
  saga.currency = seats.reservation.currency;
  engine::SagaLeg leg;
  leg.offering = seats.reservation.offering;
  leg.reservation = seats.reservation.id;
  leg.state = engine::LegState::held;
  leg.lines = seats.reservation.lines;
  leg.version = {18};
  saga.legs.push_back(leg);
  leg.offering = klass.id;
  leg.reservation = engine::ReservationId::make(now, {6}, 8);
  leg.lines = {{.place = {0}, .price = {1400}}, {.place = {1}, .price = {1400}}};
  leg.version = {7};
  saga.legs.push_back(leg);
  return view;
}

engine::SagaView payable_bundle() {
  auto view = held_bundle();
  view.saga.version = 5;
  auto& payment = view.saga.payment;
  payment.state = engine::MoneyState::open;
  payment.id = {"pi_1"};
  payment.client_secret = "pi_1_secret_2";
  payment.amount = view.saga.total();
  payment.attempt = 1;
  return view;
}

engine::SagaView exchanging_bundle() {
  auto view = held_bundle();
  auto& saga = view.saga;
  saga.version = 14;
  saga.goal = engine::SagaGoal::confirm;
  saga.was_confirmed = true;
  for (auto& leg : saga.legs) leg.state = engine::LegState::sold;
  saga.payment.state = engine::MoneyState::captured;
  saga.payment.amount = saga.total();
  saga.payment.captured = saga.total();
  engine::Saga taking = held_bundle().saga;
  taking.legs.erase(taking.legs.begin());
  taking.legs[0].lines = {{.place = {4}, .price = {8'000}}};
  taking.credit = {6'500};
  taking.payment = payable_bundle().saga.payment;
  taking.payment.amount = taking.due();
  view.definitions.push_back(view.definitions[1]);
  saga.exchange.emplace(engine::SagaExchange{
      .gives =
          {{.leg = 0,
            .seats = {"stalls-A-3"},
            .quantity = 0,
            .places = {saga.legs[0].lines[1].place}}},
      .asked_at = saga.changed_at,
      .lost = {},
      .takes = engine::Boxed<engine::Saga>(std::move(taking))});
  return view;
}

engine::ReservationView view_of(engine::SagaView saga) {
  engine::ReservationView view;
  view.reservation.id = saga.saga.id;
  view.saga = std::make_shared<const engine::SagaView>(std::move(saga));
  return view;
}

std::string golden(std::string_view name) {
  std::ifstream file(std::string(CAVEA_SOURCE_DIR "/tests/http/golden/").append(name));
  if (!file) throw std::runtime_error("there is no golden file " + std::string(name));
  std::ostringstream text;
  text << file.rdbuf();
  auto content = text.str();
  while (content.ends_with('\n')) content.pop_back();
  return content;
}

}  // namespace cavea::http::samples
