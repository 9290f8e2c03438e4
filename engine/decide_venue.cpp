#include "engine/assert.hpp"
#include "engine/decide_one.hpp"
#include "engine/fault_list.hpp"
#include "engine/seat_map_rules.hpp"

namespace cavea::engine {

namespace {

VenueDecision decide_venue(const Venue& venue, const CreateVenue& command) {
  if (venue.exists()) return Rejection::id_used;
  if (auto faults = check_definition(command.definition); !faults.empty()) {
    return refuse_with_faults(Rejection::definition_not_valid, std::move(faults));
  }

  // From here it must succeed.
  return VenueCreated{.definition = command.definition};
}

/// What is wrong with a merged map: it keeps what was taken out, so it can outgrow the limits
/// though the wanted map is within them.
Faults check_merged(const SeatMap& map) {
  FaultList faults;
  if (map.seat_count() > limits::seats_max) {
    faults.add("/seat_map/sections", "must not add that many seats beside those that were retired");
  }
  if (map.zones().size() > limits::zones_max) {
    faults.add("/seat_map/zones", "must not add that many zones beside those of earlier maps");
  }
  if (map.sections().size() > limits::sections_max) {
    faults.add(
        "/seat_map/sections", "must not add that many sections beside those of earlier maps");
  }
  return std::move(faults).take();
}

VenueDecision decide_venue(const Venue& venue, const ChangeVenue& command) {
  if (!venue.exists()) return Rejection::venue_not_found;
  if (!is_expected(command.expected_revision, venue.revision)) return Rejection::revision_mismatch;
  if (auto faults = check_definition(command.definition); !faults.empty()) {
    return refuse_with_faults(Rejection::definition_not_valid, std::move(faults));
  }
  auto after = command.definition;
  after.seat_map = merge_seat_maps(*venue.definition.seat_map, after.seat_map->parts());
  if (auto faults = check_merged(*after.seat_map); !faults.empty()) {
    return refuse_with_faults(Rejection::definition_not_valid, std::move(faults));
  }

  // From here it must succeed.
  return VenueChanged{.definition = std::move(after)};
}

VenueDecision decide_venue(const Venue& venue, const DeleteVenue& command) {
  if (!venue.exists()) return Rejection::venue_not_found;
  if (!is_expected(command.expected_revision, venue.revision)) return Rejection::revision_mismatch;

  // From here it must succeed. Whether offerings refer to it is for the command bus to know.
  return VenueEvent{VenueDeleted{}};
}

void apply_to(Venue& venue, const VenueCreated& event) {
  CAVEA_ASSERT(!venue.exists());
  venue.definition = event.definition;
  venue.revision = {1};
}

void apply_to(Venue& venue, const VenueChanged& event) {
  CAVEA_ASSERT(venue.exists());
  venue.definition = event.definition;
  ++venue.revision.value;
}

void apply_to(Venue& venue, const VenueDeleted& /*event*/) {
  CAVEA_ASSERT(venue.exists());
  venue.definition = {};
  venue.revision = {};
}

}  // namespace

VenueDecision decide(const Venue& venue, const VenueCommand& command) {
  return std::visit([&](const auto& one) { return decide_venue(venue, one); }, command);
}

void apply(Venue& venue, const VenueEvent& event) {
  std::visit([&](const auto& one) { apply_to(venue, one); }, event);
}

}  // namespace cavea::engine
