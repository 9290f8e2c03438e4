#include "engine/assert.hpp"
#include "engine/seat_map_rules.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

namespace cavea::engine {

namespace {

/// What is in the old map or in the wanted one, each part with the index it had in the old one.
class Merge {
 public:
  Merge(const SeatMap& old_map, const SeatMap::Parts& wanted)
      : wanted_(wanted), parts_(old_map.parts()) {
    for (std::uint32_t value = 0; value < parts_.seats.size(); ++value) {
      by_label_.emplace(old_map.label({value}), value);
      parts_.seats[value].traits.retired = true;
    }
  }

  [[nodiscard]] SeatMap::Parts carry_out() && {
    parts_.focal_point = wanted_.focal_point;
    match_zones();
    match_sections();
    match_rows();
    match_seats();
    order_rows();
    return std::move(parts_);
  }

 private:
  void match_zones() {
    for (const auto& zone : wanted_.zones) {
      const auto is_same = [&](const Zone& other) { return other.id == zone.id; };
      zones_.push_back(match(parts_.zones, zone, is_same));
    }
  }

  void match_sections() {
    for (const auto& section : wanted_.sections) {
      const auto is_same = [&](const Section& other) { return other.id == section.id; };
      sections_.push_back(match(parts_.sections, section, is_same));
    }
  }

  void match_rows() {
    std::unordered_map<std::string, std::size_t> known;
    for (std::size_t i = 0; i < parts_.rows.size(); ++i) known.emplace(key(parts_.rows[i]), i);
    for (auto row : wanted_.rows) {
      row.section = static_cast<std::uint16_t>(sections_.at(row.section));
      const auto [at, is_new] = known.emplace(key(row), parts_.rows.size());
      if (is_new) parts_.rows.push_back(row);
      rows_.push_back(at->second);
    }
  }

  void match_seats() {
    for (auto seat : wanted_.seats) {
      if (seat.traits.retired) continue;
      const auto wanted_rank = seat.rank;
      seat.row = static_cast<std::uint32_t>(rows_.at(seat.row));
      seat.zone = static_cast<std::uint16_t>(zones_.at(seat.zone));
      seat.rank = 0;
      const auto row = seat.row;
      const auto next = static_cast<std::uint32_t>(parts_.seats.size());
      const auto [at, is_new] = by_label_.emplace(label(seat), next);
      if (is_new) parts_.seats.emplace_back();
      parts_.seats[at->second] = std::move(seat);
      order_[row].emplace_back(wanted_rank, at->second);
    }
  }

  /// Ranks are given only to rows whose order is not that of their seats' indices.
  void order_rows() {
    for (auto& [row, seats] : order_) {
      const auto by_rank = [](const auto& a, const auto& b) { return a.first < b.first; };
      std::stable_sort(seats.begin(), seats.end(), by_rank);
      const auto by_place = [](const auto& a, const auto& b) { return a.second < b.second; };
      if (std::is_sorted(seats.begin(), seats.end(), by_place)) continue;
      CAVEA_ASSERT(seats.size() <= UINT16_MAX);
      for (std::size_t i = 0; i < seats.size(); ++i) {
        parts_.seats[seats[i].second].rank = static_cast<std::uint16_t>(i);
      }
    }
  }

  template <class T, class IsSame>
  static std::size_t match(std::vector<T>& known, const T& wanted, const IsSame& is_same) {
    const auto at = std::find_if(known.begin(), known.end(), is_same);
    if (at == known.end()) {
      known.push_back(wanted);
      return known.size() - 1;
    }
    *at = wanted;
    return static_cast<std::size_t>(at - known.begin());
  }

  static std::string key(const Row& row) { return std::to_string(row.section) + '-' + row.label; }

  [[nodiscard]] std::string label(const Seat& seat) const {
    const auto& row = parts_.rows[seat.row];
    return parts_.sections[row.section].id + '-' + row.label + '-' + seat.number;
  }

  const SeatMap::Parts& wanted_;
  SeatMap::Parts parts_;
  std::unordered_map<std::string, std::uint32_t> by_label_;
  // By the index in the wanted map: the index in the merged one.
  std::vector<std::size_t> zones_;
  std::vector<std::size_t> sections_;
  std::vector<std::size_t> rows_;
  // By row of the merged map: rank and place of its seats in the wanted order.
  std::unordered_map<std::uint32_t, std::vector<std::pair<std::uint16_t, std::uint32_t>>> order_;
};

}  // namespace

SeatMapRef merge_seat_maps(const SeatMap& old_map, const SeatMap::Parts& wanted) {
  return SeatMap::build(Merge(old_map, wanted).carry_out());
}

}  // namespace cavea::engine
