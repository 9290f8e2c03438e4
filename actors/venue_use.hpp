#pragma once

#include "actors/reads.hpp"
#include "engine/commands.hpp"
#include "engine/ids.hpp"
#include "persistence/state_reader.hpp"

#include <cstdint>

namespace cavea::actors {

/// Whether offerings to come are all that speaks against deleting the venue. One that is created at
/// this very moment may be missed; it has seat map and time zone of its own and can do without.
[[nodiscard]] bool must_stay(
    const Reads& reads,
    const persistence::StateReader& from,
    std::uint16_t shard_count,
    const engine::VenueId& id,
    const engine::DeleteVenue& command,
    engine::Timestamp now);

}  // namespace cavea::actors
