#include "engine/decide_one.hpp"
#include "engine/limits.hpp"

#include <algorithm>
#include <iterator>

namespace cavea::engine {

namespace {

Refusal block_too_large() {
  return refuse_with_available(Rejection::claim_too_large, limits::places_per_block_max);
}

/// Claims take the lowest places of a class, so blocks take the highest: both stay compact.
std::vector<Place> highest_free(const PlaceTable& table, std::uint32_t count) {
  std::vector<Place> places;
  places.reserve(count);
  auto place = table.previous_free({table.size()});
  while (place && places.size() < count) {
    places.push_back(*place);
    if (place->value == 0) break;
    place = table.previous_free({place->value - 1});
  }
  std::reverse(places.begin(), places.end());
  return places;
}

/// The lowest go back on sale first, so that what stays blocked stays at the end.
std::vector<Place> lowest_blocked(const Offering& offering, std::uint32_t count) {
  std::vector<Place> places;
  places.reserve(count);
  for (const auto& [place, reason] : offering.block_reasons) {
    if (places.size() == count) break;
    if (!is_kept(offering, place)) places.push_back(place);
  }
  return places;
}

}  // namespace

Decision decide_one(const Offering& offering, const BlockPlaces& command, Timestamp /*now*/) {
  if (!offering.exists()) return Rejection::offering_not_found;
  if (auto faults = check_command_reason(command.reason); !faults.empty()) {
    return refuse_with_faults(Rejection::definition_not_valid, std::move(faults));
  }
  if (offering.status == OfferingStatus::cancelled) return Rejection::offering_is_cancelled;
  if (command.seats.empty() && command.quantity == 0) return Rejection::claim_is_empty;
  if (command.seats.size() > limits::places_per_block_max) return block_too_large();
  if (command.quantity > limits::places_per_block_max) return block_too_large();
  if (!fits_kind(offering, command.seats, command.quantity)) {
    return Rejection::claim_kind_not_offered;
  }
  auto named = find_named(offering, command.seats);
  if (!named) return std::move(named).error();
  const auto taken = not_in_state(offering, named.value(), PlaceState::free);
  if (!taken.empty()) return refuse_places(Rejection::place_not_free, offering, taken);
  const auto free = offering.places.counts().free;
  if (command.quantity > free) return refuse_with_available(Rejection::place_not_free, free);

  // From here it must succeed.
  if (command.quantity > 0) named = highest_free(offering.places, command.quantity);
  return happened(PlacesBlocked{.places = std::move(named).value(), .reason = command.reason});
}

Decision decide_one(const Offering& offering, const UnblockPlaces& command, Timestamp /*now*/) {
  if (!offering.exists()) return Rejection::offering_not_found;
  if (offering.status == OfferingStatus::cancelled) return Rejection::offering_is_cancelled;
  if (command.seats.empty() && command.quantity == 0) return Rejection::claim_is_empty;
  if (command.seats.size() > limits::places_per_block_max) return block_too_large();
  if (command.quantity > limits::places_per_block_max) return block_too_large();
  if (!fits_kind(offering, command.seats, command.quantity)) {
    return Rejection::claim_kind_not_offered;
  }
  auto named = find_named(offering, command.seats);
  if (!named) return std::move(named).error();
  auto others = not_in_state(offering, named.value(), PlaceState::blocked);
  // Nobody blocked them: they come free when who they are kept for has places or leaves.
  for (const auto place : named.value()) {
    if (is_kept(offering, place)) others.push_back(place);
  }
  if (!others.empty()) return refuse_places(Rejection::place_not_blocked, offering, others);
  const auto kept = offering.waiting ? offering.waiting->kept().size() : 0;
  const auto blocked = offering.places.counts().blocked - static_cast<std::uint32_t>(kept);
  if (command.quantity > blocked) {
    return refuse_with_available(Rejection::place_not_blocked, blocked);
  }

  // From here it must succeed.
  if (command.quantity > 0) named = lowest_blocked(offering, command.quantity);
  return happened(PlacesUnblocked{.places = std::move(named).value()});
}

}  // namespace cavea::engine
