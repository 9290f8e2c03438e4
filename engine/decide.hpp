#pragma once

#include "engine/commands.hpp"
#include "engine/diary.hpp"
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

/// Events (at least one, except for `ExpireHold` of a hold that is no more, `SweepCancelled` of
/// an offering with nothing left to give back, and `MatchWaiting`), a replay, a refusal, or what
/// has to be known of the person first.
using Decision = std::variant<OfferingEvents, Replayed, Refusal, AskDiary>;

/// Decides on a command. Pure: the same state, command and time give the same decision on every
/// machine. Guards come in the order of `Rejection`.
[[nodiscard]] Decision decide(
    const Offering& offering, const OfferingCommand& command, Timestamp now);

/// What the events of a command, which are applied already, mean for those who wait: who gets
/// places now, who was passed over, which places are kept. Empty when it means nothing. The rule:
///
/// Free places go to the party that waits longest of those that they suffice for. When three later
/// parties, from the list or not, were served before the party that waits longest of those who
/// could use the places, the next ones are kept for it until they suffice, at the latest until two
/// hours before the start or the end of the sale.
///
/// After it, nobody who waits fits into what is free, so that nobody else can be faster. `happened`
/// empty: looks at everything.
[[nodiscard]] OfferingEvents decide_waiting(
    const Offering& offering, const OfferingEvents& happened, Timestamp now);

/// When something is to be done for those who wait for an offering though nothing happens
/// (`MatchWaiting`): kept places are given free, and the list is closed.
struct WaitingTimes {
  Timestamp keeps_until;
  Timestamp closes_at;
};

[[nodiscard]] WaitingTimes waiting_times(const OfferingDefinition& definition);

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
