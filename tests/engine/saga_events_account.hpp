#pragma once

#include "tests/engine/saga_world.hpp"

namespace cavea::engine::testing {

/// Checks that who was told the events of a saga at rest, and nothing else, knows how it went: each
/// in its turn, none twice that happens once, and the last of them as it stands.
void check_events(const SagaWorld::Slot& slot);

}  // namespace cavea::engine::testing
