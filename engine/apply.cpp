#include "engine/assert.hpp"
#include "engine/offering.hpp"

#include <algorithm>

namespace cavea::engine {

namespace {

void drop_block(Offering& offering, Place place) {
  offering.places.unblock(place);
  offering.block_reasons.erase(place);
}

/// A new table for the definition, with nothing taken and nothing blocked.
void start_places(Offering& offering) {
  offering.places = PlaceTable(offering.definition->place_count());
  offering.block_reasons.clear();
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
}

void apply_to(Offering& offering, const PlacesUnblocked& event) {
  for (const auto place : event.places) drop_block(offering, place);
}

}  // namespace

void apply(Offering& offering, const OfferingEvent& event) {
  std::visit([&](const auto& one) { apply_to(offering, one); }, event);
  ++offering.version.value;
}

}  // namespace cavea::engine
