#pragma once

#include "bench/load/clock.hpp"
#include "engine/ids.hpp"

#include <cstdint>
#include <string>

namespace cavea::bench {

/// What a connection is at work on: one request, or one buyer with all requests of theirs.
struct Task {
  std::string bytes;  ///< The request as it is sent; kept, because it may have to be repeated.

  /// When it was meant to start; its latency is counted from here.
  TimePoint intended;

  // The rest belongs to the workload.
  std::uint64_t number = 0;
  std::uint32_t party = 1;
  std::uint32_t stage = 0;
  engine::ReservationId reservation{};
  TimePoint since;
};

}  // namespace cavea::bench
