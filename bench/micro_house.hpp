#pragma once

#include "engine/seat_map.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace cavea::bench {

/// Rows of `row_length` seats with two aisles, slightly curved, in sections of 25 rows.
[[nodiscard]] inline engine::SeatMapRef make_house(
    std::uint32_t seat_count, std::uint32_t row_length) {
  engine::SeatMap::Parts parts;
  parts.zones = {{.id = *engine::ZoneId::from("all"), .name = "All"}};
  parts.focal_point = {.x = static_cast<std::int32_t>(row_length) * 25, .y = -500};
  for (std::uint32_t row = 0; row * row_length < seat_count; ++row) {
    if (row % 25 == 0) {
      parts.sections.push_back({.id = "s" + std::to_string(row / 25), .name = "Section"});
    }
    parts.rows.push_back(
        {.section = static_cast<std::uint16_t>(row / 25),
         .label = std::to_string(row),
         .seats = {}});
    for (std::uint32_t i = 0; i < row_length; ++i) {
      const auto from_middle =
          static_cast<std::int32_t>(i) - static_cast<std::int32_t>(row_length) / 2;
      engine::Seat seat;
      seat.row = row;
      seat.traits.aisle_after = i == row_length / 3 || i == 2 * row_length / 3;
      seat.at = {
          .x = static_cast<std::int32_t>(i) * 50,
          .y = static_cast<std::int32_t>(row) * 90 - from_middle * from_middle / 4};
      seat.number = std::to_string(i + 1);
      parts.seats.push_back(std::move(seat));
    }
  }
  return engine::SeatMap::build(std::move(parts));
}

}  // namespace cavea::bench
