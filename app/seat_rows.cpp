#include "app/seat_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <numbers>
#include <optional>
#include <string_view>
#include <vector>

namespace cavea::app {
namespace {

using Json = nlohmann::json;

/// Seats of one row; the longest rows of stadiums have about 50.
constexpr int row_seats_max = 1000;

struct Spot {
  double x = 0;
  double y = 0;
};

double radians(double degrees) {
  return degrees * std::numbers::pi / 180;
}

double one_decimal(double value) {
  return std::round(value * 10) / 10;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find(separator);
    parts.push_back(trimmed(text.substr(0, end)));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<int> whole_number(std::string_view text) {
  int number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

/// Appends "7", "12A" or the numbers of "3-9"; false when the text is neither.
bool append_range(std::string_view text, std::vector<std::string>& numbers) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) {
    if (text.empty()) return false;
    numbers.emplace_back(text);
    return true;
  }
  const auto first = whole_number(trimmed(text.substr(0, dash)));
  const auto last = whole_number(trimmed(text.substr(dash + 1)));
  if (!first || !last || *first < 0 || *last < 0) return false;
  if (std::abs(*first - *last) >= row_seats_max) return false;
  const int step = *first <= *last ? 1 : -1;
  for (int number = *first; number != *last + step; number += step) {
    numbers.push_back(std::to_string(number));
  }
  return true;
}

/// Takes members off a section or row and finds fault with them.
class Reader {
 public:
  Reader(Json& object, std::string base, engine::Faults& faults)
      : object_(object), base_(std::move(base)), faults_(faults) {}

  [[nodiscard]] Json take(const std::string& name) {
    const auto found = object_.find(name);
    if (found == object_.end()) return nullptr;
    auto value = std::move(*found);
    object_.erase(found);
    return value;
  }

  [[nodiscard]] std::optional<double> number(const std::string& name) {
    const auto value = take(name);
    if (value.is_number()) return value.get<double>();
    if (!value.is_null()) fault(name, "must be a number");
    return std::nullopt;
  }

  void fault(const std::string& name, std::string reason) {
    faults_.push_back({base_ + '/' + name, std::move(reason)});
  }

  /// Everything left is unknown.
  void refuse_rest(const std::string& known) {
    for (const auto& [name, value] : object_.items()) {
      fault(name, "is not known here; a row written compactly has " + known);
    }
  }

 private:
  Json& object_;
  std::string base_;
  engine::Faults& faults_;
};

/// How the rows of a section stand.
struct Layout {
  Spot centre;
  double pitch = 1;
  double aisle = 1;
  std::optional<double> radius_first;
  double radius_step = 1;
};

Layout read_layout(Json layout, const std::string& base, engine::Faults& faults) {
  Layout read;
  if (layout.is_null()) return read;
  if (!layout.is_object()) {
    faults.push_back({base, "must be an object"});
    return read;
  }
  Reader reader(layout, base, faults);
  auto centre = reader.take("centre");
  if (centre.is_object()) {
    Reader spot(centre, base + "/centre", faults);
    read.centre = {spot.number("x").value_or(0), spot.number("y").value_or(0)};
  } else if (!centre.is_null()) {
    reader.fault("centre", "must be a point as {\"x\": 0, \"y\": -10}");
  }
  read.pitch = reader.number("pitch").value_or(1);
  read.aisle = reader.number("aisle").value_or(1);
  read.radius_first = reader.number("radius_first");
  read.radius_step = reader.number("radius_step").value_or(1);
  for (const auto& [name, value] : layout.items()) {
    reader.fault(
        name, "is not known; a layout has centre, pitch, aisle, radius_first, radius_step");
  }
  if (read.pitch <= 0) reader.fault("pitch", "must be greater than 0");
  if (read.aisle < 0) reader.fault("aisle", "must not be negative");
  return read;
}

/// The seats of a row with how far each is from the first, along the row.
struct Seats {
  Json list = Json::array();
  std::vector<double> distance;
  std::map<std::string, std::size_t> by_number;
};

std::optional<Seats> read_seats(const std::string& text, const Layout& layout) {
  Seats seats;
  double at = 0;
  for (const auto block : split(text, '|')) {
    const auto numbers = seat_numbers(block);
    if (numbers.empty()) return std::nullopt;
    if (!seats.list.empty()) {
      seats.list.back()["aisle_after"] = true;
      at += layout.aisle;
    }
    for (const auto& number : numbers) {
      seats.by_number.emplace(number, seats.list.size());
      seats.list.push_back({{"number", number}});
      seats.distance.push_back(at);
      at += layout.pitch;
    }
  }
  return seats;
}

/// Calls `mark(seat)` for the seats that the member `name` of a row lists.
template <class Mark>
void mark_seats(
    const Json& numbers, const std::string& name, Seats& seats, Reader& row, const Mark& mark) {
  if (numbers.is_null()) return;
  const auto list =
      numbers.is_string() ? seat_numbers(numbers.get<std::string>()) : std::vector<std::string>();
  if (list.empty()) row.fault(name, "must list seats as \"1-4, 27\"");
  for (const auto& number : list) {
    const auto found = seats.by_number.find(number);
    if (found == seats.by_number.end()) {
      row.fault(name, "names seat " + number + ", which the row does not have");
    } else {
      mark(seats.list[found->second]);
    }
  }
}

void give_zones_and_traits(Seats& seats, Reader& row) {
  const auto zone = row.take("zone");
  if (!zone.is_null()) {
    for (auto& seat : seats.list) seat["zone"] = zone;
  }
  const auto zones = row.take("zones");
  if (zones.is_object()) {
    for (const auto& [id, numbers] : zones.items()) {
      mark_seats(numbers, "zones/" + id, seats, row, [&](Json& seat) { seat["zone"] = id; });
    }
  } else if (!zones.is_null()) {
    row.fault("zones", "must be an object as {\"standard\": \"1-4, 27-30\"}");
  }
  for (const std::string trait : {"accessible", "companion", "restricted_view"}) {
    mark_seats(
        row.take(trait), trait, seats, row, [&](Json& seat) { seat["traits"].push_back(trait); });
  }
  const auto has_no_zone = [](const Json& seat) { return !seat.contains("zone"); };
  if (std::any_of(seats.list.begin(), seats.list.end(), has_no_zone)) {
    row.fault("zone", "is missing: every seat needs a zone, by the row's zone or by zones");
  }
}

/// Where the seats stand: on an arc when the row or the layout gives a radius, else on a line.
void give_places(Seats& seats, const Layout& layout, std::size_t row_index, Reader& row) {
  auto radius = row.number("radius");
  const auto x = row.number("x");
  const auto y = row.number("y");
  const auto angle = row.number("angle").value_or(0);
  const auto turn = row.number("turn").value_or(0);
  if (!radius && !x && layout.radius_first) {
    radius = *layout.radius_first + static_cast<double>(row_index) * layout.radius_step;
  }
  if (!radius && !(x && y)) {
    row.fault("x", "is missing: a row needs x and y of its first seat, or a radius");
    return;
  }
  if (radius && *radius <= 0) {
    row.fault("radius", "must be greater than 0");
    return;
  }
  const auto middle = seats.distance.back() / 2;
  for (std::size_t i = 0; i < seats.list.size(); ++i) {
    Spot spot;
    if (radius) {
      const auto at = radians(angle) + (seats.distance[i] - middle) / *radius;
      spot = {layout.centre.x + *radius * std::sin(at), layout.centre.y + *radius * std::cos(at)};
    } else {
      const auto along = seats.distance[i];
      spot = {*x + along * std::cos(radians(turn)), *y + along * std::sin(radians(turn))};
    }
    seats.list[i]["x"] = one_decimal(spot.x);
    seats.list[i]["y"] = one_decimal(spot.y);
  }
}

void write_out_row(
    Json& row,
    const Layout& layout,
    std::size_t row_index,
    const std::string& base,
    engine::Faults& faults) {
  Reader reader(row, base, faults);
  const auto label = reader.take("label");
  const auto text = reader.take("seats").get<std::string>();
  auto seats = read_seats(text, layout);
  if (!seats) {
    reader.fault("seats", "must list seats from left to right as \"1-8 | 9-22\", | for an aisle");
    return;
  }
  give_zones_and_traits(*seats, reader);
  give_places(*seats, layout, row_index, reader);
  reader.refuse_rest(
      "label, seats, zone, zones, accessible, companion, restricted_view, radius, angle, x, y, "
      "turn");
  row = Json{{"seats", std::move(seats->list)}};
  if (!label.is_null()) row["label"] = label;
}

}  // namespace

std::vector<std::string> seat_numbers(std::string_view text) {
  std::vector<std::string> numbers;
  for (const auto part : split(text, ',')) {
    if (!append_range(part, numbers) || numbers.size() > row_seats_max) return {};
  }
  return numbers;
}

engine::Faults write_out_seat_rows(nlohmann::json& map, const std::string& base) {
  engine::Faults faults;
  if (!map.is_object() || !map.contains("sections") || !map["sections"].is_array()) return faults;
  auto& sections = map["sections"];
  for (std::size_t s = 0; s < sections.size(); ++s) {
    auto& section = sections[s];
    if (!section.is_object()) continue;
    const auto section_base = fmt::format("{}/sections/{}", base, s);
    Reader reader(section, section_base, faults);
    const auto layout = read_layout(reader.take("layout"), section_base + "/layout", faults);
    if (!section.contains("rows") || !section["rows"].is_array()) continue;
    auto& rows = section["rows"];
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const bool is_compact =
          rows[r].is_object() && rows[r].contains("seats") && rows[r]["seats"].is_string();
      if (!is_compact) continue;
      write_out_row(rows[r], layout, r, fmt::format("{}/rows/{}", section_base, r), faults);
    }
  }
  return faults;
}

}  // namespace cavea::app
