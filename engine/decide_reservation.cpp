#include "engine/decide_one.hpp"
#include "engine/limits.hpp"
#include "engine/saga.hpp"

#include <algorithm>

namespace cavea::engine {

namespace {

/// Cancelled by a user after the cut-off of a confirmed reservation. Holds are not bound by it:
/// nothing is paid yet, and the places are wanted by others. A hold whose deadline has just passed
/// may still be given back, it only comes before its own expiry.
bool is_past_cutoff(
    const OfferingDefinition& definition,
    const CancelReservation& command,
    const Holder& holder,
    Timestamp now) {
  return command.person && !holder.is_held
         && now > definition.starts_at - definition.cancellation_cutoff;
}

std::vector<Place> left_of(const Holder& holder, std::vector<Place> places) {
  std::erase_if(places, [&](auto place) {
    return std::find(holder.places.begin(), holder.places.end(), place) == holder.places.end();
  });
  return places;
}

std::vector<Place> not_of(const Holder& holder, const std::vector<Place>& places) {
  std::vector<Place> foreign;
  for (const auto place : places) {
    const auto at = std::find(holder.places.begin(), holder.places.end(), place);
    if (at == holder.places.end()) foreign.push_back(place);
  }
  return foreign;
}

/// The places to give back; all of them when neither seats nor a quantity were named. Of a class
/// the places that were taken last go first.
std::vector<Place> places_to_give_back(
    const CancelReservation& command, const Holder& holder, std::vector<Place> named) {
  if (!named.empty()) return named;
  if (command.quantity == 0) return holder.places;
  return {holder.places.end() - command.quantity, holder.places.end()};
}

}  // namespace

Decision decide_one(const Offering& offering, const ConfirmReservation& command, Timestamp now) {
  if (!offering.exists()) return Rejection::offering_not_found;
  if (offering.status == OfferingStatus::cancelled) return Rejection::offering_is_cancelled;
  const auto holder = offering.places.find(command.reservation);
  if (!holder) return Rejection::reservation_not_found;
  if (holder->is_held && now >= holder->held_until) {
    return refuse_with_time(Rejection::hold_has_expired, holder->held_until);
  }
  if (!holder->is_held) return Rejection::reservation_not_held;

  // From here it must succeed.
  return happened(ReservationConfirmed{.reservation = command.reservation});
}

Decision decide_one(const Offering& offering, const PinHold& command, Timestamp now) {
  if (!offering.exists()) return Rejection::offering_not_found;
  const auto holder = offering.places.find(command.reservation);
  if (!holder) return Rejection::reservation_not_found;
  if (holder->is_held == command.is_sold) return Rejection::reservation_not_held;
  if (holder->is_held && now >= holder->held_until) {
    return refuse_with_time(Rejection::hold_has_expired, holder->held_until);
  }

  // From here it must succeed.
  if (command.is_sold) {
    return happened(
        HoldPinned{.reservation = command.reservation, .saga = command.saga, .until = {}});
  }
  const auto until = pinned_until(*offering.definition, now);
  // The saga ends at the hold's own deadline at the earliest, and it may be pinned then.
  const auto last = whole_second(holder->held_until + saga_limits::leg_hold_time({}));
  return happened(HoldPinned{
      .reservation = command.reservation, .saga = command.saga, .until = std::max(until, last)});
}

Decision decide_one(const Offering& offering, const ExpireHold& command, Timestamp now) {
  // A timer that comes late, early or twice is no failure: it finds nothing to do.
  const auto holder = offering.places.find(command.reservation);
  if (!holder || !holder->is_held) return OfferingEvents{};
  if (now < holder->held_until) return OfferingEvents{};
  return happened(HoldExpired{.reservation = command.reservation});
}

Decision decide_one(const Offering& offering, const CancelReservation& command, Timestamp now) {
  if (!offering.exists()) return Rejection::offering_not_found;
  if (!fits_kind(offering, command.seats, command.quantity)) {
    return Rejection::claim_kind_not_offered;
  }
  auto named = find_named(offering, command.seats);
  if (!named) return std::move(named).error();
  const auto holder = offering.places.find(command.reservation);
  if (!holder) return Rejection::reservation_not_found;
  if (command.person && *command.person != holder->person) return Rejection::reservation_not_found;
  const auto& definition = *offering.definition;
  if (is_past_cutoff(definition, command, *holder, now)) {
    return refuse_with_time(
        Rejection::cancellation_cutoff_passed,
        definition.starts_at - definition.cancellation_cutoff);
  }
  const auto foreign = not_of(*holder, named.value());
  if (!foreign.empty()) {
    return refuse_places(Rejection::place_not_in_reservation, offering, foreign);
  }
  const auto held = static_cast<std::uint32_t>(holder->places.size());
  if (command.quantity > held) {
    return refuse_with_available(Rejection::place_not_in_reservation, held);
  }
  auto places = command.places.empty()
                    ? places_to_give_back(command, *holder, std::move(named).value())
                    : left_of(*holder, command.places);
  if (places.empty()) return Rejection::place_not_in_reservation;

  // From here it must succeed.
  const auto cause = command.cause.value_or(command.person ? Cause::user : Cause::administrator);
  if (places.size() == holder->places.size()) {
    return happened(ReservationCancelled{.reservation = command.reservation, .cause = cause});
  }
  return happened(PlacesGivenBack{
      .reservation = command.reservation, .places = std::move(places), .cause = cause});
}

Decision decide_one(
    const Offering& offering, const SweepCancelled& /*command*/, Timestamp /*now*/) {
  OfferingEvents events;
  if (offering.status != OfferingStatus::cancelled) return events;

  auto found = offering.places.next_reservation();
  while (found && events.size() < limits::sweep_batch) {
    // The table keeps the low half of an id; the record is found by it.
    const ReservationId reservation{.high = 0, .low = found->low};
    events.push_back(
        ReservationCancelled{.reservation = reservation, .cause = Cause::offering_cancelled});
    found = offering.places.next_reservation({found->place.value + 1});
  }
  return events;
}

}  // namespace cavea::engine
