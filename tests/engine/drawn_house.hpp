#pragma once

#include "engine/place_table.hpp"
#include "engine/seat_map.hpp"

#include <algorithm>
#include <ostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace cavea::engine::testing {

/// The lines of a house.
struct Drawing : std::vector<std::string> {
  using std::vector<std::string>::vector;

  /// How a failed test prints it.
  friend std::ostream& operator<<(std::ostream& out, const Drawing& drawing) {
    for (const auto& line : drawing) out << '\n' << line;
    return out;
  }
};

/// A house as it is drawn in a test, one line a row, the stage above:
/// `.` a free seat, `o` a free seat of the second zone, `X` a taken one, `H` a free accessible
/// seat, `h` a taken one, `C` a free companion seat, `R` a retired one, `|` an aisle, a space:
/// nothing. A line of dashes begins another section. Seats are 10 (or `spacing`) apart; the focal
/// point is in front of the first row, in the middle of the widest one, or at `focal_column`.
class DrawnHouse {
 public:
  explicit DrawnHouse(Drawing drawing, int focal_column = -1, std::int32_t spacing = 10)
      : drawing_(std::move(drawing)), spacing_(spacing) {
    SeatMap::Parts parts;
    parts.zones = {
        {.id = *ZoneId::from("first"), .name = "First"},
        {.id = *ZoneId::from("second"), .name = "Second"}};
    parts.sections = {{.id = "s0", .name = "Section 0"}};
    std::size_t width = 0;
    for (std::size_t line = 0; line < drawing_.size(); ++line) {
      width = std::max(width, drawing_[line].size());
      add_line(parts, line);
    }
    const auto middle = static_cast<std::int32_t>(width - 1) * (spacing_ / 2);
    parts.focal_point = {.x = focal_column < 0 ? middle : focal_column * spacing_, .y = -spacing_};
    map_ = SeatMap::build(std::move(parts));
    places_ = PlaceTable(map_->seat_count());
    for (const auto& mark : marks_) {
      const char drawn = drawing_[mark.line][mark.column];
      if (drawn == 'X' || drawn == 'h') places_.block(mark.place);
      if (drawn == 'R') places_.retire(mark.place);
    }
  }

  [[nodiscard]] const SeatMap& map() const { return *map_; }

  [[nodiscard]] PlaceTable& places() { return places_; }

  [[nodiscard]] const PlaceTable& places() const { return places_; }

  /// The seats that `picks` marks with `*`: a drawing of the same shape.
  [[nodiscard]] std::vector<Place> marked(const Drawing& picks) const {
    std::vector<Place> places;
    for (const auto& mark : marks_) {
      if (picks.at(mark.line).at(mark.column) == '*') places.push_back(mark.place);
    }
    return places;
  }

  /// The drawing with `*` on `selection`.
  [[nodiscard]] Drawing draw(const std::vector<Place>& selection) const {
    auto result = drawing_;
    for (const auto& mark : marks_) {
      if (std::find(selection.begin(), selection.end(), mark.place) != selection.end()) {
        result[mark.line][mark.column] = '*';
      }
    }
    return result;
  }

 private:
  struct Mark {
    Place place;
    std::size_t line = 0;
    std::size_t column = 0;
  };

  void add_line(SeatMap::Parts& parts, std::size_t line) {
    const auto& text = drawing_[line];
    if (text.starts_with('-')) {
      const auto id = "s" + std::to_string(parts.sections.size());
      parts.sections.push_back({.id = id, .name = "Section"});
      return;
    }
    const auto row = static_cast<std::uint32_t>(parts.rows.size());
    const auto section = static_cast<std::uint16_t>(parts.sections.size() - 1);
    parts.rows.push_back({.section = section, .label = std::to_string(line), .seats = {}});
    for (std::size_t column = 0; column < text.size(); ++column) {
      const char drawn = text[column];
      if (drawn == ' ') continue;
      if (drawn == '|') {
        parts.seats.back().traits.aisle_after = true;
        continue;
      }
      Seat seat;
      seat.row = row;
      seat.zone = drawn == 'o' ? 1 : 0;
      seat.traits.accessible = drawn == 'H' || drawn == 'h';
      seat.traits.companion = drawn == 'C';
      seat.traits.retired = drawn == 'R';
      seat.at = {
          .x = static_cast<std::int32_t>(column) * spacing_,
          .y = static_cast<std::int32_t>(line) * spacing_};
      seat.number = std::to_string(column);
      marks_.push_back(
          {.place = {static_cast<std::uint32_t>(parts.seats.size())},
           .line = line,
           .column = column});
      parts.seats.push_back(std::move(seat));
    }
  }

  Drawing drawing_;
  std::int32_t spacing_;
  std::vector<Mark> marks_;
  SeatMapRef map_;
  PlaceTable places_;
};

/// A small house with some of everything, `fill` percent taken.
inline Drawing random_drawing(std::mt19937_64& random, std::uint64_t fill) {
  const auto below = [&](std::uint64_t n) { return random() % n; };
  Drawing drawing;
  const auto rows = 1 + below(4);
  for (std::uint64_t row = 0; row < rows; ++row) {
    if (row > 0 && below(4) == 0) drawing.push_back("---");
    std::string line(below(3), ' ');
    const auto seats = 1 + below(10);
    for (std::uint64_t seat = 0; seat < seats; ++seat) {
      const auto kind = below(20);
      const bool is_taken = below(100) < fill;
      if (kind == 0) {
        line += is_taken ? 'h' : 'H';
      } else if (is_taken) {
        line += 'X';
      } else {
        line += kind == 1 ? 'C' : kind == 2 ? 'R' : kind < 7 ? 'o' : '.';
      }
      if (below(6) == 0 && seat + 1 < seats) line += '|';
    }
    drawing.push_back(line);
  }
  return drawing;
}

}  // namespace cavea::engine::testing
