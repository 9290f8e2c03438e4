#pragma once

#include "engine/ids.hpp"

#include <cstddef>
#include <cstdint>

// How much a saga may have, and how long it may take.

namespace cavea::engine {

namespace saga_limits {

/// Legs of one reservation.
inline constexpr std::size_t legs_max = 10;

/// Legs of one reservation with all that exchanges added, those given back included.
inline constexpr std::size_t legs_kept_max = 40;

/// How often a hold can be extended.
inline constexpr std::uint32_t extensions_max = 2;

/// How long past its deadline a hold waits for the provider to say whether it was paid.
inline constexpr Duration pin_max{2 * 60'000};

/// How long taking the legs may take.
inline constexpr Duration claiming_max{30'000};

/// How long an offering holds places for a saga whose own hold lasts `hold_time`: longer than the
/// saga ever does, so that places never go before the saga lets them go.
[[nodiscard]] constexpr Duration leg_hold_time(Duration hold_time) {
  return {hold_time.ms * (extensions_max + 1) + 2 * pin_max.ms + claiming_max.ms + 60'000};
}

}  // namespace saga_limits

}  // namespace cavea::engine
