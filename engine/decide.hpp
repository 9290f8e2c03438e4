#pragma once

#include "engine/commands.hpp"
#include "engine/events.hpp"
#include "engine/offering.hpp"
#include "engine/rejection.hpp"
#include "engine/venue.hpp"

#include <optional>
#include <variant>
#include <vector>

namespace cavea::engine {

/// A command that had succeeded before: nothing happens again.
struct Replayed {
  ReservationId reservation;
};

/// Events (at least one, except for `ExpireHold` of a hold that is no more and `SweepCancelled` of
/// an offering with nothing left to give back), a replay, or a refusal.
using Decision = std::variant<OfferingEvents, Replayed, Refusal>;

/// Decides on a command. Pure: the same state, command and time give the same decision on every
/// machine. Guards come in the order of `Rejection`.
[[nodiscard]] Decision decide(
    const Offering& offering, const OfferingCommand& command, Timestamp now);

/// What is wrong with a definition, empty when nothing is. Checks texts, times (start before end,
/// sale window), prices (one for each zone, not negative), limits of `engine/limits.hpp`.
[[nodiscard]] Faults check_definition(const OfferingDefinition& definition);
[[nodiscard]] Faults check_definition(const VenueDefinition& definition);

using VenueDecision = std::variant<VenueEvent, Refusal>;

/// `ChangeVenue` keeps the index of every seat: seats are matched by label, new ones are appended,
/// and those missing are retired (see `engine/seat_map_rules.hpp`).
[[nodiscard]] VenueDecision decide(const Venue& venue, const VenueCommand& command);

void apply(Venue& venue, const VenueEvent& event);

}  // namespace cavea::engine
