#pragma once

#include "engine/definition.hpp"
#include "engine/venue.hpp"

#include <cstdint>
#include <string>

namespace cavea::tests {

/// Monday, 4 January 2027, 10:00 UTC: the "now" of tests that do not care.
inline constexpr engine::Timestamp sample_now{1'799'143'200'000};

/// A map of `rows` rows with `seats` seats each, one section "stalls", two zones: "premium" (the
/// first half of the rows) and "standard". The stage is in front of row A.
[[nodiscard]] engine::SeatMapRef sample_seat_map(std::uint32_t rows, std::uint32_t seats);

/// A performance of that map that is on sale at `sample_now`: premium 9000, standard 6000 GBP.
[[nodiscard]] engine::OfferingDefinition sample_performance(
    std::uint32_t rows = 10, std::uint32_t seats = 12);

/// A free class that is on sale at `sample_now`.
[[nodiscard]] engine::OfferingDefinition sample_class(std::uint32_t capacity = 12);

[[nodiscard]] engine::VenueDefinition sample_venue(
    std::uint32_t rows = 10, std::uint32_t seats = 12);

}  // namespace cavea::tests
