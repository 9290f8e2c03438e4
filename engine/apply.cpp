#include "engine/assert.hpp"
#include "engine/offering.hpp"

#include <algorithm>

namespace cavea::engine {

namespace {

void drop_block(Offering& offering, Place place) {
  offering.places.unblock(place);
  offering.block_reasons.erase(place);
  if (offering.waiting) offering.waiting->give_free(place);
}

WaitingList& waiting_list_of(Offering& offering) {
  if (!offering.waiting) offering.waiting = std::make_unique<WaitingList>();
  return *offering.waiting;
}

/// A new table for the definition, with nothing taken and nothing blocked.
void start_places(Offering& offering) {
  offering.places = PlaceTable(offering.definition->place_count());
  offering.block_reasons.clear();
  offering.waiting.reset();
  const auto* performance = offering.definition->performance();
  if (performance == nullptr) return;

  offering.places.reserve_all();
  const auto& seats = performance->seat_map->seats();
  for (std::uint32_t value = 0; value < seats.size(); ++value) {
    if (seats[value].traits.retired) offering.places.retire({value});
  }
}

/// Makes the table as large as the definition wants it. Blocked places that vanish lose their
/// block.
void resize_places(Offering& offering) {
  const auto count = offering.definition->place_count();
  auto& places = offering.places;
  while (!offering.block_reasons.empty() && offering.block_reasons.rbegin()->first.value >= count) {
    drop_block(offering, offering.block_reasons.rbegin()->first);
  }
  if (offering.definition->performance() != nullptr) {
    for (auto value = count; value < places.size(); ++value) {
      if (places.state({value}) == PlaceState::retired) places.restore({value});
    }
  }
  places.resize(count);
}

/// Lets the retired seats of a new map be the retired places of the table.
void fit_places_to_map(Offering& offering, const SeatMap& map) {
  auto& places = offering.places;
  places.reserve_all();
  for (std::uint32_t value = 0; value < places.size(); ++value) {
    const Place place{value};
    const auto state = places.state(place);
    const bool is_retired = map.seats()[value].traits.retired;
    if (is_retired == (state == PlaceState::retired)) continue;
    if (!is_retired) {
      places.restore(place);
      continue;
    }
    if (state == PlaceState::blocked) drop_block(offering, place);
    places.retire(place);
  }
}

void apply_to(Offering& offering, const OfferingCreated& event) {
  CAVEA_ASSERT(offering.status == OfferingStatus::absent);
  offering.status = OfferingStatus::scheduled;
  offering.revision = {1};
  offering.definition = event.definition;
  start_places(offering);
}

void apply_to(Offering& offering, const OfferingChanged& event) {
  CAVEA_ASSERT(offering.exists());
  const auto before = std::exchange(offering.definition, event.definition);
  const auto& after = *offering.definition;
  ++offering.revision.value;

  if (kind_of(*before) != kind_of(after) || before->venue != after.venue) {
    // Only an offering of which nothing was ever taken may change like that.
    start_places(offering);
    return;
  }
  const auto* performance = after.performance();
  if (performance != nullptr && performance->seat_map == before->performance()->seat_map) return;
  resize_places(offering);
  if (performance != nullptr) fit_places_to_map(offering, *performance->seat_map);
}

void apply_to(Offering& offering, const OfferingCancelled& event) {
  CAVEA_ASSERT(offering.status == OfferingStatus::scheduled);
  offering.status = OfferingStatus::cancelled;
  offering.cancel_reason = event.reason;
  ++offering.revision.value;
}

void apply_to(Offering& offering, const OfferingDeleted& /*event*/) {
  CAVEA_ASSERT(offering.exists());
  offering.status = OfferingStatus::deleted;
  // The definition stays: records of ended reservations are labelled with it.
  offering.places = PlaceTable();
  offering.block_reasons.clear();
  offering.waiting.reset();
}

void apply_to(Offering& offering, const PlacesHeld& event) {
  CAVEA_ASSERT(event.until > Timestamp{});
  offering.places.take(event.reservation, event.person, event.lines, event.until);
  offering.was_ever_taken = true;
}

void apply_to(Offering& offering, const PlacesSold& event) {
  offering.places.take(event.reservation, event.person, event.lines, Timestamp{});
  offering.was_ever_taken = true;
}

void apply_to(Offering& offering, const HoldPinned& event) {
  if (event.until == Timestamp{}) return;  // Sold already.
  offering.places.hold_until(event.reservation, event.until);
}

void apply_to(Offering& offering, const ReservationConfirmed& event) {
  offering.places.confirm(event.reservation);
}

void apply_to(Offering& offering, const HoldExpired& event) {
  offering.places.release(event.reservation);
}

void apply_to(Offering& offering, const PlacesGivenBack& event) {
  offering.places.release(event.reservation, event.places);
}

void apply_to(Offering& offering, const ReservationCancelled& event) {
  offering.places.release(event.reservation);
}

void apply_to(Offering& offering, const PlacesBlocked& event) {
  for (const auto place : event.places) {
    offering.places.block(place);
    offering.block_reasons[place] = event.reason;
  }
  if (event.reason != kept_for_waiting) return;
  for (const auto place : event.places) waiting_list_of(offering).keep(place);
}

void apply_to(Offering& offering, const PlacesUnblocked& event) {
  for (const auto place : event.places) drop_block(offering, place);
}

void apply_to(Offering& offering, const WaitingJoined& event) {
  WaitingParty party{
      .id = event.id,
      .order = offering.version.value + 1,
      .user = event.user,
      .person = event.person,
      .book_at_once = event.book_at_once,
      .any_of = event.any_of};
  waiting_list_of(offering).join(event.wish, std::move(party));
}

void apply_to(Offering& offering, const WaitingLeft& event) {
  if (offering.waiting) offering.waiting->leave(event.id);
}

void apply_to(Offering& offering, const WaitingGranted& event) {
  CAVEA_ASSERT(offering.waiting && offering.waiting->find(event.id));
  offering.waiting->leave(event.id);
}

void apply_to(Offering& offering, const WaitingPassedOver& event) {
  CAVEA_ASSERT(offering.waiting);
  offering.waiting->pass_over(event.id, event.times);
}

void apply_to(Offering& offering, const WaitingClosed& /*event*/) {
  if (offering.waiting) offering.waiting->leave_all();
}

}  // namespace

void apply(Offering& offering, const OfferingEvent& event) {
  std::visit([&](const auto& one) { apply_to(offering, one); }, event);
  if (offering.waiting && offering.waiting->is_idle()) offering.waiting.reset();
  ++offering.version.value;
}

}  // namespace cavea::engine
