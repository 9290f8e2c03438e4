#pragma once

#include "actors/work.hpp"
#include "engine/events.hpp"
#include "engine/offering.hpp"
#include "persistence/turn.hpp"

#include <vector>

namespace cavea::actors {

/// The record of a reservation as an event makes it; nothing when the event makes none.
/// `offering` is the state after the event.
[[nodiscard]] std::optional<engine::Reservation> reservation_made_by(
    const engine::OfferingEvent& event, const engine::Offering& offering, engine::Timestamp at);

/// What the events came to, to be remembered under the command's idempotency key.
[[nodiscard]] persistence::Outcome outcome_of(
    const engine::OfferingEvents& events, const engine::Offering& offering);

/// How a reservation of a saga stands after an event that left its places as they are; nothing for
/// other events, and when it has none. The event is applied.
[[nodiscard]] std::optional<engine::LegStanding> standing_after(
    const engine::OfferingEvent& event, const engine::Offering& offering);

/// The places whose state an event changes, as it stands before the event is applied.
[[nodiscard]] std::vector<engine::Place> places_touched_by(
    const engine::OfferingEvent& event, const engine::Offering& offering);

}  // namespace cavea::actors
