#include "engine/seat_map.hpp"

#include "engine/assert.hpp"

#include <algorithm>
#include <bit>

namespace cavea::engine {

std::shared_ptr<const SeatMap> SeatMap::build(Parts parts) {
  // The constructor is private, so `make_shared` cannot be used.
  auto map = std::shared_ptr<SeatMap>(new SeatMap(std::move(parts)));
  map->fill_rows();
  map->index_labels();
  map->seating_ = Seating::of(*map);
  return map;
}

void SeatMap::fill_rows() {
  for (auto& row : parts_.rows) {
    CAVEA_ASSERT(row.section < parts_.sections.size());
    row.seats.clear();
  }
  for (std::uint32_t value = 0; value < parts_.seats.size(); ++value) {
    const auto& seat = parts_.seats[value];
    CAVEA_ASSERT(seat.row < parts_.rows.size() && seat.zone < parts_.zones.size());
    if (!seat.traits.retired) parts_.rows[seat.row].seats.push_back({value});
  }
  const auto is_left_of = [this](Place a, Place b) { return seat(a).rank < seat(b).rank; };
  for (auto& row : parts_.rows) {
    std::stable_sort(row.seats.begin(), row.seats.end(), is_left_of);
    row.seats.shrink_to_fit();
  }
}

void SeatMap::index_labels() {
  if (parts_.seats.empty()) return;
  by_label_.resize(std::bit_ceil(parts_.seats.size() * 2));
  const auto mask = by_label_.size() - 1;
  for (std::uint32_t value = 0; value < parts_.seats.size(); ++value) {
    const auto name = label({value});
    auto at = stable_hash(name) & mask;
    for (; by_label_[at] != 0; at = (at + 1) & mask) {
      CAVEA_ASSERT(!has_label(parts_.seats[by_label_[at] - 1], name));
    }
    by_label_[at] = value + 1;
  }
}

bool SeatMap::has_label(const Seat& seat, std::string_view label) const {
  const auto& row = parts_.rows[seat.row];
  const auto& section = parts_.sections[row.section];
  const auto length = section.id.size() + row.label.size() + seat.number.size() + 2;
  if (label.size() != length) return false;

  const auto eat = [&label](std::string_view part) {
    if (label.substr(0, part.size()) != part) return false;
    label.remove_prefix(part.size());
    return true;
  };
  return eat(section.id) && eat("-") && eat(row.label) && eat("-") && eat(seat.number);
}

std::string SeatMap::label(Place place) const {
  const auto& chair = seat(place);
  const auto& row = parts_.rows[chair.row];
  const auto& section = parts_.sections[row.section];
  std::string text;
  text.reserve(section.id.size() + row.label.size() + chair.number.size() + 2);
  text.append(section.id).append(1, '-').append(row.label).append(1, '-').append(chair.number);
  return text;
}

std::optional<Place> SeatMap::find(std::string_view label) const {
  if (by_label_.empty()) return std::nullopt;
  const auto mask = by_label_.size() - 1;
  for (auto at = stable_hash(label) & mask; by_label_[at] != 0; at = (at + 1) & mask) {
    const auto& seat = parts_.seats[by_label_[at] - 1];
    if (!has_label(seat, label)) continue;
    if (seat.traits.retired) return std::nullopt;
    return Place{by_label_[at] - 1};
  }
  return std::nullopt;
}

std::optional<std::uint16_t> SeatMap::find_zone(std::string_view id) const {
  for (std::size_t i = 0; i < parts_.zones.size(); ++i) {
    if (parts_.zones[i].id.view() == id) return static_cast<std::uint16_t>(i);
  }
  return std::nullopt;
}

std::optional<std::uint16_t> SeatMap::find_section(std::string_view id) const {
  for (std::size_t i = 0; i < parts_.sections.size(); ++i) {
    if (parts_.sections[i].id == id) return static_cast<std::uint16_t>(i);
  }
  return std::nullopt;
}

}  // namespace cavea::engine
