#pragma once

#include "tests/engine/saga_world.hpp"

#include <cstddef>
#include <cstdint>

namespace cavea::engine::testing {

/// How a saga ended for its person.
enum class SagaEnd : std::uint8_t {
  confirmed,  ///< Has the places, and paid for them what they cost.
  rescued,    ///< The same, claimed a second time after the hold had ended.
  refunded,   ///< Everything that was taken went back, or never was taken though it was paid.
  unpaid,     ///< Nothing was ever paid.
  cancelled,  ///< Was confirmed and then given back; the policy says what went back.
};

/// Checks that a saga at rest is right, by what the offerings and the provider say, and not by what
/// the saga thinks: it has finished in one of the ways above, places and money fit together, and
/// nobody was charged or refunded twice.
SagaEnd check_at_rest(const SagaWorld& world, std::size_t saga);

}  // namespace cavea::engine::testing
