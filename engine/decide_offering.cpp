#include "engine/decide_one.hpp"

#include <optional>
#include <utility>

namespace cavea::engine {

namespace {

/// Whether a place is the same chair in both maps. The parts are compared first because that asks
/// for no memory; a label can be made of other parts, as "a-b" and "1" or "a" and "b-1".
bool is_same_chair(const SeatMap& before, const SeatMap& after, Place place) {
  const auto& one = before.seat(place);
  const auto& other = after.seat(place);
  const auto& row = before.rows()[one.row];
  const auto& other_row = after.rows()[other.row];
  const auto& section = before.sections()[row.section];
  const auto& other_section = after.sections()[other_row.section];
  const bool has_same_parts =
      one.number == other.number && row.label == other_row.label && section.id == other_section.id;
  return has_same_parts || before.label(place) == after.label(place);
}

/// What speaks against `after` for a performance with records of places of `before`. The maps of
/// one venue only ever grow, but a venue can be deleted and made again with any map.
std::optional<Fault> check_goes_on(const SeatMap& before, const SeatMap& after) {
  if (after.seat_count() < before.seat_count()) {
    return Fault{"/seat_map_revision", "must not go back to an earlier seat map"};
  }
  if (&before == &after) return std::nullopt;
  for (std::uint32_t value = 0; value < before.seat_count(); ++value) {
    if (!is_same_chair(before, after, {value})) {
      return Fault{
          "/seat_map_revision",
          "must be of a seat map that goes on from the one in use; this is another house"};
    }
  }
  return std::nullopt;
}

/// Records of reservations name places by index; what gives an index its meaning may not change
/// once there may be records, nor may what they paid in.
Faults check_fixed_fields(const OfferingDefinition& before, const OfferingDefinition& after) {
  Faults faults;
  if (after.venue != before.venue) {
    faults.push_back({"/venue", "must stay " + before.venue.str() + " once places were taken"});
  }
  if (after.currency != before.currency) {
    const std::string currency(before.currency.view());
    faults.push_back({"/currency", "must stay " + currency + " once places were taken"});
  }
  if (kind_of(after) != kind_of(before)) {
    const bool was_class = before.klass() != nullptr;
    const char* field = was_class ? "/prices" : "/capacity";
    faults.push_back(
        {field, "must not be given: a performance and a class do not become each other"});
  } else if (before.performance() != nullptr && after.venue == before.venue) {
    auto fault = check_goes_on(*before.performance()->seat_map, *after.performance()->seat_map);
    if (fault) faults.push_back(std::move(*fault));
  }
  return faults;
}

/// Held and sold places that the new definition would not have any more.
std::vector<Place> lost_places(const Offering& offering, const OfferingDefinition& after) {
  std::vector<Place> lost;
  const auto* performance = after.performance();
  if (performance == nullptr) return lost;
  for (std::uint32_t value = 0; value < offering.places.size(); ++value) {
    const Place place{value};
    const auto state = offering.places.state(place);
    if (state != PlaceState::held && state != PlaceState::sold) continue;
    if (value < after.place_count() && !performance->seat_map->seat(place).traits.retired) continue;
    lost.push_back(place);
  }
  return lost;
}

Refusal loses_taken_places(const Offering& offering, const std::vector<Place>& lost) {
  auto refusal = refuse_places(Rejection::change_loses_taken_place, offering, lost);
  refusal.faults.push_back({"/seat_map_revision", "must keep the seats that are held or sold"});
  return refusal;
}

Refusal capacity_too_small(std::uint32_t smallest) {
  auto refusal = refuse_with_available(Rejection::change_loses_taken_place, smallest);
  refusal.faults.push_back({"/capacity", "must be at least " + std::to_string(smallest)});
  return refusal;
}

/// The capacity that keeps every held or sold place.
std::uint32_t smallest_capacity(const Offering& offering) {
  const auto last = offering.places.last_taken();
  return last ? last->value + 1 : 0;
}

}  // namespace

Decision decide_one(const Offering& offering, const CreateOffering& command, Timestamp /*now*/) {
  if (offering.status != OfferingStatus::absent) return Rejection::id_used;
  if (auto faults = check_definition(*command.definition); !faults.empty()) {
    return refuse_with_faults(Rejection::definition_not_valid, std::move(faults));
  }

  // From here it must succeed.
  return happened(OfferingCreated{.definition = command.definition});
}

Decision decide_one(const Offering& offering, const ChangeOffering& command, Timestamp /*now*/) {
  if (!offering.exists()) return Rejection::offering_not_found;
  if (!is_expected(command.expected_revision, offering.revision)) {
    return Rejection::revision_mismatch;
  }
  const auto& after = *command.definition;
  if (auto faults = check_definition(after); !faults.empty()) {
    return refuse_with_faults(Rejection::definition_not_valid, std::move(faults));
  }
  if (offering.status == OfferingStatus::cancelled) return Rejection::offering_is_cancelled;
  if (offering.was_ever_taken) {
    auto faults = check_fixed_fields(*offering.definition, after);
    if (!faults.empty()) {
      return refuse_with_faults(Rejection::change_needs_empty_offering, std::move(faults));
    }
  }
  if (const auto lost = lost_places(offering, after); !lost.empty()) {
    return loses_taken_places(offering, lost);
  }
  const auto smallest = smallest_capacity(offering);
  if (after.klass() != nullptr && after.place_count() < smallest) {
    return capacity_too_small(smallest);
  }

  // From here it must succeed.
  const bool is_another =
      kind_of(after) != kind_of(*offering.definition) || after.venue != offering.definition->venue;
  auto events =
      is_another ? close_waiting(offering, WaitingEnd::offering_changed) : OfferingEvents{};
  events.push_back(OfferingChanged{.definition = command.definition});
  return events;
}

Decision decide_one(const Offering& offering, const CancelOffering& command, Timestamp /*now*/) {
  if (!offering.exists()) return Rejection::offering_not_found;
  if (!is_expected(command.expected_revision, offering.revision)) {
    return Rejection::revision_mismatch;
  }
  if (auto faults = check_command_reason(command.reason); !faults.empty()) {
    return refuse_with_faults(Rejection::definition_not_valid, std::move(faults));
  }
  if (offering.status == OfferingStatus::cancelled) return Rejection::offering_is_cancelled;

  // From here it must succeed.
  auto events = close_waiting(offering, WaitingEnd::offering_cancelled);
  events.push_back(OfferingCancelled{.reason = command.reason});
  return events;
}

Decision decide_one(const Offering& offering, const DeleteOffering& command, Timestamp /*now*/) {
  const auto& counts = offering.places.counts();
  if (!offering.exists()) return Rejection::offering_not_found;
  if (!is_expected(command.expected_revision, offering.revision)) {
    return Rejection::revision_mismatch;
  }
  if (counts.held + counts.sold > 0) {
    return refuse_with_available(Rejection::offering_has_reservations, counts.held + counts.sold);
  }

  // From here it must succeed.
  auto events = close_waiting(offering, WaitingEnd::offering_deleted);
  events.push_back(OfferingDeleted{});
  return events;
}

}  // namespace cavea::engine
