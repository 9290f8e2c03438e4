#pragma once

#include <cstddef>

namespace cavea::engine::testing {

/// What this program has allocated with `new` so far. The test program replaces the global
/// operators for that, so the figures are those of the allocator, not what a class says about
/// itself.
struct Allocations {
  std::size_t live_bytes = 0;  ///< Usable bytes of what was allocated and not freed yet.
  std::size_t count = 0;       ///< Allocations, freed ones included.
};

[[nodiscard]] Allocations allocations() noexcept;

}  // namespace cavea::engine::testing
