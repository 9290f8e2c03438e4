#pragma once

#include "bench/load/api_client.hpp"
#include "bench/load/progress.hpp"
#include "engine/ids.hpp"
#include "engine/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace cavea::bench {

/// What became of acknowledged reservations when the server was asked for all it has.
struct ReadBack {
  std::uint64_t acknowledged = 0;
  std::uint64_t verified = 0;    ///< Listed, and confirmed.
  std::uint64_t missing = 0;     ///< Acknowledged, and not listed as confirmed: lost.
  std::uint64_t unexpected = 0;  ///< Listed, and never acknowledged.
  std::uint64_t repeated = 0;    ///< One id for two requests.

  [[nodiscard]] bool is_right() const noexcept {
    return missing == 0 && unexpected == 0 && repeated == 0;
  }
};

/// Compares what was acknowledged with what was listed.
[[nodiscard]] ReadBack compare(
    std::vector<engine::ReservationId> acknowledged, std::vector<engine::ReservationId> listed);

/// Reads all reservations of the offerings, page by page, and compares.
[[nodiscard]] engine::Result<ReadBack, Trouble> read_back(
    ApiClient& api,
    const std::vector<std::string>& offerings,
    std::vector<engine::ReservationId> acknowledged,
    const Progress& progress);

}  // namespace cavea::bench
