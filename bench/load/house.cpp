#include "bench/load/house.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace cavea::bench {
namespace {

/// Two thirds of the buyers want one of the best 150 seats, one in a hundred looks beyond 700.
constexpr double wanted_rank_mean = 150;

// Rows are arcs of 50 seats around a point behind the focal point, so that the middle of a row is
// nearer to the focal point than its ends.
constexpr double first_radius = 30;
constexpr double row_distance = 1.2;
constexpr double arc_centre_y = -20;

double rounded(double value) {
  return std::round(value * 10) / 10;
}

struct Point {
  double x = 0;
  double y = 0;
};

Point place_of(std::uint32_t row, std::uint32_t position) {
  const auto radius = first_radius + row_distance * row;
  const auto angle = (position - (House::row_length - 1) / 2.0) / radius;
  return {
      .x = rounded(radius * std::sin(angle)),
      .y = rounded(radius * std::cos(angle) + arc_centre_y)};
}

}  // namespace

House::House(std::uint32_t seat_count) {
  auto rows = nlohmann::json::array();
  std::vector<double> distances;
  for (std::uint32_t seat = 0; seat < seat_count; ++seat) {
    const auto row = seat / row_length;
    const auto position = seat % row_length;
    const auto row_label = std::to_string(row + 1);
    const auto number = std::to_string(position + 1);
    if (position == 0) rows.push_back({{"label", row_label}, {"seats", nlohmann::json::array()}});
    const auto at = place_of(row, position);
    rows.back()["seats"].push_back({{"number", number}, {"zone", zone}, {"x", at.x}, {"y", at.y}});
    distances.push_back(std::hypot(at.x, at.y));
    labels_.push_back("stalls-" + row_label + "-" + number);
    seats_.emplace(labels_.back(), seat);
  }
  by_distance_.resize(seat_count);
  std::iota(by_distance_.begin(), by_distance_.end(), 0U);
  std::ranges::stable_sort(by_distance_, {}, [&](std::uint32_t seat) { return distances[seat]; });
  seat_map_["focal_point"] = {{"x", 0}, {"y", 0}};
  seat_map_["zones"].push_back({{"id", zone}, {"name", "All seats"}});
  seat_map_["sections"].push_back(
      {{"id", "stalls"}, {"name", "Stalls"}, {"rows", std::move(rows)}});
}

std::uint32_t House::seat_of(std::string_view label) const {
  const auto found = seats_.find(std::string(label));
  return found == seats_.end() ? seat_count() : found->second;
}

std::uint32_t House::pick(std::uint32_t party, Random& random) const {
  const auto rank = std::min<double>(random.exponential(wanted_rank_mean), seat_count() - 1.0);
  const auto wanted = by_distance_[static_cast<std::uint32_t>(rank)];
  const auto row_begin = wanted - wanted % row_length;
  const auto row_end = std::min(row_begin + row_length, seat_count());
  // The wanted seat is the leftmost of the party, unless the row ends before.
  const auto last_start = row_end - row_begin < party ? row_begin : row_end - party;
  return std::min(wanted, last_start);
}

}  // namespace cavea::bench
