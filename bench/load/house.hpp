#pragma once

#include "bench/load/random.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cavea::bench {

/// A theatre with one section of curved rows before a stage, made for a number of seats.
class House {
 public:
  static constexpr const char* zone = "all";

  /// Seats of a row; the last one has what is left.
  static constexpr std::uint32_t row_length = 50;

  explicit House(std::uint32_t seat_count);

  [[nodiscard]] std::uint32_t seat_count() const noexcept {
    return static_cast<std::uint32_t>(labels_.size());
  }

  /// As a venue of the API has it.
  [[nodiscard]] const nlohmann::json& seat_map() const noexcept { return seat_map_; }

  /// "stalls-1-25". Seats are counted row by row from the stage, from left to right.
  [[nodiscard]] const std::string& label(std::uint32_t seat) const { return labels_.at(seat); }

  /// `seat_count` when there is no such seat.
  [[nodiscard]] std::uint32_t seat_of(std::string_view label) const;

  /// The first of `party` neighbouring seats that somebody picks who wants good ones: near the
  /// focal point mostly, rarely further away than the best few hundred.
  [[nodiscard]] std::uint32_t pick(std::uint32_t party, Random& random) const;

 private:
  nlohmann::json seat_map_;
  std::vector<std::string> labels_;
  std::unordered_map<std::string, std::uint32_t> seats_;  ///< By label.
  std::vector<std::uint32_t> by_distance_;                ///< From the focal point, nearest first.
};

}  // namespace cavea::bench
