#include "engine/decide.hpp"

#include "engine/decide_one.hpp"
#include "engine/fault_list.hpp"
#include "engine/saga.hpp"

#include <algorithm>

namespace cavea::engine {

Decision decide(const Offering& offering, const OfferingCommand& command, Timestamp now) {
  return std::visit(
      [&](const auto& one) -> Decision { return decide_one(offering, one, now); }, command);
}

Decision happened(OfferingEvent event) {
  // An initializer list would copy the event.
  OfferingEvents events;
  events.push_back(std::move(event));
  return events;
}

Refusal refuse_places(
    Rejection reason, const Offering& offering, const std::vector<Place>& places) {
  Refusal refusal(reason);
  for (const auto place : places) {
    refusal.places.push_back({.place = place, .state = offering.places.state(place)});
  }
  refusal.definition = offering.definition;
  return refusal;
}

Refusal refuse_with_available(Rejection reason, std::uint32_t available) {
  Refusal refusal(reason);
  refusal.available = available;
  return refusal;
}

Refusal refuse_with_time(Rejection reason, Timestamp at) {
  Refusal refusal(reason);
  refusal.at = at;
  return refusal;
}

Refusal refuse_with_faults(Rejection reason, Faults faults) {
  Refusal refusal(reason);
  refusal.faults = std::move(faults);
  return refusal;
}

Timestamp whole_second(Timestamp t) {
  return {(t.ms + 999) / 1000 * 1000};
}

Timestamp pinned_until(const OfferingDefinition& definition, Timestamp now) {
  return whole_second(now + saga_limits::leg_hold_time(definition.hold_time));
}

bool is_expected(Revision expected, Revision current) {
  return expected.value == 0 || expected == current;
}

bool fits_kind(
    const Offering& offering, const std::vector<std::string>& seats, std::uint32_t quantity) {
  return offering.definition->performance() != nullptr ? quantity == 0 : seats.empty();
}

Result<std::vector<Place>, Refusal> find_named(
    const Offering& offering, const std::vector<std::string>& seats) {
  std::vector<Place> places;
  if (seats.empty()) return places;

  const auto& map = *offering.definition->performance()->seat_map;
  Refusal unknown(Rejection::place_unknown);
  places.reserve(seats.size());
  for (const auto& label : seats) {
    if (const auto place = map.find(label)) {
      places.push_back(*place);
    } else {
      unknown.unknown_names.push_back(label);
    }
  }
  if (!unknown.unknown_names.empty()) return unknown;

  auto sorted = places;
  std::sort(sorted.begin(), sorted.end());
  std::vector<Place> twice;
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    if (sorted[i] == sorted[i - 1] && (twice.empty() || twice.back() != sorted[i])) {
      twice.push_back(sorted[i]);
    }
  }
  if (!twice.empty()) return refuse_places(Rejection::place_named_twice, offering, twice);
  return places;
}

std::vector<Place> not_in_state(
    const Offering& offering, const std::vector<Place>& places, PlaceState state) {
  std::vector<Place> others;
  for (const auto place : places) {
    if (offering.places.state(place) != state) others.push_back(place);
  }
  return others;
}

Faults check_command_reason(const std::string& reason) {
  FaultList faults;
  check_reason(reason, "/reason", faults);
  if (reason == kept_for_waiting) faults.add("/reason", "must be another one: Cavea uses this");
  return std::move(faults).take();
}

}  // namespace cavea::engine
