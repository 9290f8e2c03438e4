#include "actors/outcome.hpp"

namespace cavea::actors {

namespace {

using engine::OfferingEvent;

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};

engine::Reservation record_of(
    const engine::Offering& offering,
    engine::ReservationId id,
    const std::string& user,
    const std::vector<engine::ReservationLine>& lines,
    engine::Currency currency,
    engine::Timestamp at) {
  engine::Reservation record;
  record.id = id;
  record.offering = offering.id;
  record.user = user;
  record.created_at = at;
  record.changed_at = at;
  record.version = offering.version;
  record.currency = currency;
  record.lines = lines;
  return record;
}

std::vector<engine::Place> places_of(const std::vector<engine::ReservationLine>& lines) {
  std::vector<engine::Place> places;
  places.reserve(lines.size());
  for (const auto& line : lines) places.push_back(line.place);
  return places;
}

std::vector<engine::Place> places_of(
    const engine::Offering& offering, engine::ReservationId reservation) {
  auto holder = offering.places.find(reservation);
  if (!holder) return {};
  return std::move(holder->places);
}

}  // namespace

std::optional<engine::Reservation> reservation_made_by(
    const OfferingEvent& event, const engine::Offering& offering, engine::Timestamp at) {
  if (const auto* sold = std::get_if<engine::PlacesSold>(&event)) {
    auto record =
        record_of(offering, sold->reservation, sold->user, sold->lines, sold->currency, at);
    record.status = engine::ReservationStatus::confirmed;
    return record;
  }
  if (const auto* held = std::get_if<engine::PlacesHeld>(&event)) {
    auto record =
        record_of(offering, held->reservation, held->user, held->lines, held->currency, at);
    record.status = engine::ReservationStatus::held;
    record.held_until = held->until;
    return record;
  }
  return std::nullopt;
}

persistence::Outcome outcome_of(
    const engine::OfferingEvents& events, const engine::Offering& offering) {
  using Kind = persistence::Outcome::Kind;
  using Status = engine::ReservationStatus;
  persistence::Outcome outcome;
  outcome.version = offering.version;
  const auto reservation = [&](Kind kind, engine::ReservationId id, Status status) {
    outcome.kind = kind;
    outcome.reservation = id;
    outcome.status = status;
  };
  const auto waiting = [&](Kind kind, engine::WaitingId id) {
    outcome.kind = kind;
    outcome.reservation = id;
  };
  const auto whole = [&] {
    outcome.kind = Kind::offering;
    outcome.id = offering.id.str();
  };
  std::visit(
      Overloaded{
          [&](const engine::PlacesHeld& e) {
            reservation(Kind::reservation, e.reservation, Status::held);
          },
          [&](const engine::PlacesSold& e) {
            reservation(Kind::reservation, e.reservation, Status::confirmed);
          },
          [&](const engine::HoldPinned& e) {
            const bool is_sold = e.until == engine::Timestamp{};
            reservation(
                Kind::reservation_changed,
                e.reservation,
                is_sold ? Status::confirmed : Status::held);
          },
          [&](const engine::ReservationConfirmed& e) {
            reservation(Kind::reservation_changed, e.reservation, Status::confirmed);
          },
          [&](const engine::PlacesGivenBack& e) {
            const auto holder = offering.places.find(e.reservation);
            const bool is_held = holder && holder->is_held;
            reservation(
                Kind::reservation_changed,
                e.reservation,
                is_held ? Status::held : Status::confirmed);
          },
          [&](const engine::ReservationCancelled& e) {
            reservation(Kind::reservation_changed, e.reservation, Status::cancelled);
          },
          [&](const engine::HoldExpired& e) {
            reservation(Kind::reservation_changed, e.reservation, Status::expired);
          },
          [&](const engine::OfferingCreated&) { whole(); },
          [&](const engine::OfferingChanged&) { whole(); },
          [&](const engine::OfferingCancelled&) { whole(); },
          [&](const engine::OfferingDeleted&) { outcome.kind = Kind::done; },
          [&](const engine::PlacesBlocked&) { whole(); },
          [&](const engine::PlacesUnblocked&) { whole(); },
          [&](const engine::WaitingJoined& e) { waiting(Kind::waiting_joined, e.id); },
          [&](const engine::WaitingLeft& e) { waiting(Kind::waiting_left, e.id); },
          [&](const engine::WaitingGranted&) { outcome.kind = Kind::done; },
          [&](const engine::WaitingPassedOver&) { outcome.kind = Kind::done; },
          [&](const engine::WaitingClosed&) { outcome.kind = Kind::done; },
      },
      events.back());
  return outcome;
}

std::optional<engine::LegStanding> standing_after(
    const OfferingEvent& event, const engine::Offering& offering) {
  engine::LegStanding standing;
  if (const auto* pinned = std::get_if<engine::HoldPinned>(&event)) {
    standing.reservation = pinned->reservation;
  } else if (const auto* sold = std::get_if<engine::ReservationConfirmed>(&event)) {
    standing.reservation = sold->reservation;
  } else {
    return std::nullopt;
  }
  const auto holder = offering.places.find(standing.reservation);
  if (!holder) return std::nullopt;
  using Status = engine::ReservationStatus;
  standing.status = holder->is_held ? Status::held : Status::confirmed;
  standing.version = offering.version;
  standing.places = holder->places;
  return standing;
}

std::vector<engine::Place> places_touched_by(
    const OfferingEvent& event, const engine::Offering& offering) {
  return std::visit(
      Overloaded{
          [](const engine::PlacesHeld& e) { return places_of(e.lines); },
          [](const engine::PlacesSold& e) { return places_of(e.lines); },
          [&](const engine::ReservationConfirmed& e) { return places_of(offering, e.reservation); },
          [](const engine::PlacesGivenBack& e) { return e.places; },
          [&](const engine::ReservationCancelled& e) { return places_of(offering, e.reservation); },
          [&](const engine::HoldExpired& e) { return places_of(offering, e.reservation); },
          [](const engine::PlacesBlocked& e) { return e.places; },
          [](const engine::PlacesUnblocked& e) { return e.places; },
          [](const engine::HoldPinned&) { return std::vector<engine::Place>{}; },
          [](const engine::OfferingCreated&) { return std::vector<engine::Place>{}; },
          [](const engine::OfferingChanged&) { return std::vector<engine::Place>{}; },
          [](const engine::OfferingCancelled&) { return std::vector<engine::Place>{}; },
          [](const engine::OfferingDeleted&) { return std::vector<engine::Place>{}; },
          [](const engine::WaitingJoined&) { return std::vector<engine::Place>{}; },
          [](const engine::WaitingLeft&) { return std::vector<engine::Place>{}; },
          [](const engine::WaitingGranted&) { return std::vector<engine::Place>{}; },
          [](const engine::WaitingPassedOver&) { return std::vector<engine::Place>{}; },
          [](const engine::WaitingClosed&) { return std::vector<engine::Place>{}; },
      },
      event);
}

}  // namespace cavea::actors
