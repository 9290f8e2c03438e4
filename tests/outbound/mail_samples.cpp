#include "tests/outbound/mail_samples.hpp"

#include <memory>
#include <utility>

namespace cavea::outbound::mail {

namespace {

constexpr engine::Timestamp made_at{1'795'000'000'000};  // 2026-11-18
constexpr engine::Timestamp told_at{1'795'000'060'000};
constexpr engine::Timestamp starts_at{1'796'412'600'000};  // 2026-12-04T19:30Z
constexpr std::int64_t minute_ms = 60'000;

engine::SeatMapRef small_house() {
  engine::SeatMap::Parts parts;
  parts.zones = {{*engine::ZoneId::from("front"), "Front"}};
  parts.sections = {{"stalls", "Stalls"}};
  parts.rows.push_back({.section = 0, .label = "A", .seats = {}});
  for (int i = 1; i <= 40; ++i) {
    engine::Seat seat;
    seat.number = std::to_string(i);
    parts.seats.push_back(std::move(seat));
  }
  return engine::SeatMap::build(std::move(parts));
}

}  // namespace

engine::DefinitionRef sample_performance(const std::string& title) {
  engine::OfferingDefinition definition;
  definition.title = title;
  definition.venue = *engine::VenueId::from("old-mill");
  definition.time_zone = "Europe/London";
  definition.starts_at = starts_at;
  definition.ends_at = {starts_at.ms + 150 * minute_ms};
  definition.currency = *engine::Currency::from("EUR");
  definition.terms = engine::PerformanceTerms{
      .seat_map = small_house(), .seat_map_revision = {1}, .zone_prices = {{4'000}}};
  return std::make_shared<const engine::OfferingDefinition>(std::move(definition));
}

engine::DefinitionRef sample_class(const std::string& title) {
  engine::OfferingDefinition definition;
  definition.title = title;
  definition.time_zone = "Asia/Seoul";
  definition.starts_at = starts_at;
  definition.ends_at = {starts_at.ms + 60 * minute_ms};
  definition.currency = *engine::Currency::from("KRW");
  definition.terms = engine::ClassTerms{.capacity = 12, .price = {45'000}};
  return std::make_shared<const engine::OfferingDefinition>(std::move(definition));
}

engine::ReservationView sample_reservation(
    engine::DefinitionRef definition, engine::ReservationStatus status) {
  engine::ReservationView view;
  view.reservation.id = engine::ReservationId::make(made_at, {3}, 7);
  view.reservation.offering = *engine::OfferingId::from("the-lighthouse");
  view.reservation.user = "ada";
  view.reservation.status = status;
  view.reservation.currency = definition->currency;
  for (const std::uint32_t place : {0U, 1U}) {
    view.reservation.lines.push_back({.place = {place}, .price = definition->price_of({place})});
  }
  view.definition = std::move(definition);
  return view;
}

engine::ReservationView sample_bundle() {
  const auto one = sample_reservation(sample_performance());
  auto saga = std::make_shared<engine::SagaView>();
  saga->saga.id = one.reservation.id;
  saga->saga.user = "ada";
  saga->saga.goal = engine::SagaGoal::confirm;
  saga->saga.was_confirmed = true;
  saga->saga.currency = one.reservation.currency;
  saga->saga.payment.state = engine::MoneyState::captured;
  saga->saga.payment.captured = {12'000};
  for (const auto& definition : {one.definition, sample_class()}) {
    const auto part = sample_reservation(definition);
    engine::SagaLeg leg;
    leg.offering = part.reservation.offering;
    leg.reservation = {part.reservation.id.high, 100 + saga->saga.legs.size()};
    leg.state = engine::LegState::sold;
    leg.lines = part.reservation.lines;
    saga->saga.legs.push_back(std::move(leg));
    saga->definitions.push_back(definition);
  }
  saga->saga.legs[1].lines[0].given_back = true;
  engine::ReservationView view;
  view.reservation.id = saga->saga.id;
  view.saga = std::move(saga);
  return view;
}

engine::Notification notification_about(
    engine::NotificationKind kind, engine::ReservationView view) {
  engine::Notification what;
  what.id = {.shard = {3}, .index = 47, .ordinal = 1, .of_reservation = 0};
  what.kind = kind;
  what.at = told_at;
  what.user = "ada";
  what.reservation = std::make_shared<const engine::ReservationView>(std::move(view));
  engine::Venue venue;
  venue.id = *engine::VenueId::from("old-mill");
  venue.revision = {1};
  venue.definition.name = "The Old Mill";
  venue.definition.address = "1 Mill Lane";
  what.venues.push_back(std::move(venue));
  return what;
}

engine::Notification sample_notification(engine::NotificationKind kind) {
  using enum engine::NotificationKind;
  using Status = engine::ReservationStatus;
  auto status = Status::confirmed;
  if (kind == reservation_cancelled || kind == reservation_refunded) status = Status::cancelled;
  if (kind == reservation_expired) status = Status::expired;
  if (kind == waiting_offer) status = Status::held;
  auto what = notification_about(kind, sample_reservation(sample_performance(), status));
  if (kind == reservation_refunded) what.refunded = {8'000};
  if (kind == waiting_offer) what.until = {starts_at.ms - 24 * 60 * minute_ms};
  if (kind == waiting_ended) {
    what.reservation = nullptr;
    engine::WaitingView waiting;
    engine::WaitingItem item;
    item.record.party.id = engine::ReservationId::make(made_at, {3}, 8);
    item.record.wish.party_size = 3;
    item.record.end = engine::WaitingEnd::sale_closed;
    item.definition = sample_performance();
    waiting.items.push_back(std::move(item));
    what.waiting = std::make_shared<const engine::WaitingView>(std::move(waiting));
  }
  return what;
}

bool says(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

}  // namespace cavea::outbound::mail
