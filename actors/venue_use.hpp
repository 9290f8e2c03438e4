#pragma once

#include "actors/reads.hpp"
#include "engine/command_bus.hpp"

namespace cavea::actors {

/// Whether offerings to come are all that speaks against deleting the venue, as `request` wants to.
/// One that is created at this very moment may be missed; it has seat map and time zone of its own
/// and can do without. `shard` is the venue's.
[[nodiscard]] bool must_stay(
    const persistence::StateReader& from,
    const Reads& reads,
    const engine::VenueRequest& request,
    engine::ShardId shard,
    engine::Timestamp now);

}  // namespace cavea::actors
