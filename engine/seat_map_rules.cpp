#include "engine/seat_map_rules.hpp"

#include "engine/fault_list.hpp"
#include "engine/limits.hpp"

#include <string>
#include <unordered_set>

namespace cavea::engine {

namespace {

/// Where rows and seats stand in the API's nested map: "/sections/0/rows/2/seats/5".
class Pointers {
 public:
  explicit Pointers(const SeatMap::Parts& parts) {
    std::vector<std::uint32_t> rows_of(parts.sections.size());
    for (const auto& row : parts.rows) {
      const auto number = row.section < rows_of.size() ? rows_of[row.section]++ : 0;
      rows_.push_back(section(row.section) + "/rows/" + std::to_string(number));
    }
    std::vector<std::uint32_t> seats_of(parts.rows.size());
    for (const auto& seat : parts.seats) {
      numbers_.push_back(seat.row < seats_of.size() ? seats_of[seat.row]++ : 0);
    }
  }

  [[nodiscard]] static std::string section(std::size_t index) {
    return "/sections/" + std::to_string(index);
  }

  [[nodiscard]] static std::string zone(std::size_t index) {
    return "/zones/" + std::to_string(index);
  }

  [[nodiscard]] const std::string& row(std::size_t index) const { return rows_[index]; }

  [[nodiscard]] std::string seat(const SeatMap::Parts& parts, std::size_t index) const {
    const auto row = parts.seats[index].row;
    const auto parent = row < rows_.size() ? rows_[row] : "/rows/" + std::to_string(row);
    return parent + "/seats/" + std::to_string(numbers_[index]);
  }

 private:
  std::vector<std::string> rows_;
  std::vector<std::uint32_t> numbers_;
};

bool is_label(std::string_view text) {
  return !text.empty() && text.size() <= limits::label_length_max && is_printable(text);
}

bool is_section_id(std::string_view text) {
  return text.size() <= limits::label_length_max && Name<struct SectionTag>::from(text).has_value();
}

void check_zones(const SeatMap::Parts& parts, FaultList& faults) {
  if (parts.zones.size() > limits::zones_max) {
    faults.add("/zones", "must be at most " + std::to_string(limits::zones_max));
  }
  std::unordered_set<std::string> ids;
  for (std::size_t i = 0; i < parts.zones.size(); ++i) {
    const auto& zone = parts.zones[i];
    const auto at = Pointers::zone(i);
    if (zone.id.empty()) faults.add(at + "/id", "must be a name of a-z 0-9 - _ .");
    if (!ids.insert(zone.id.str()).second) faults.add(at + "/id", "must be unique in the map");
    check_title(zone.name, at + "/name", faults);
  }
}

void check_sections(const SeatMap::Parts& parts, FaultList& faults) {
  if (parts.sections.size() > limits::sections_max) {
    faults.add("/sections", "must be at most " + std::to_string(limits::sections_max));
  }
  std::unordered_set<std::string> ids;
  for (std::size_t i = 0; i < parts.sections.size(); ++i) {
    const auto& section = parts.sections[i];
    const auto at = Pointers::section(i);
    if (!is_section_id(section.id)) {
      faults.add(
          at + "/id", "must be 1 to 40 characters of a-z 0-9 - _ ., first a letter or digit");
    }
    if (!ids.insert(section.id).second) faults.add(at + "/id", "must be unique in the map");
    check_title(section.name, at + "/name", faults);
  }
}

void check_rows(const SeatMap::Parts& parts, const Pointers& pointers, FaultList& faults) {
  std::unordered_set<std::string> labels;
  for (std::size_t i = 0; i < parts.rows.size(); ++i) {
    const auto& row = parts.rows[i];
    const auto at = pointers.row(i) + "/label";
    if (row.section >= parts.sections.size()) faults.add(at, "must be in a section of the map");
    if (!is_label(row.label)) faults.add(at, "must be 1 to 40 printable characters");
    if (!labels.insert(std::to_string(row.section) + '-' + row.label).second) {
      faults.add(at, "must be unique in its section");
    }
  }
}

void check_seats(const SeatMap::Parts& parts, const Pointers& pointers, FaultList& faults) {
  std::unordered_set<std::string> labels;
  labels.reserve(parts.seats.size());
  for (std::size_t i = 0; i < parts.seats.size() && !faults.is_full(); ++i) {
    const auto& seat = parts.seats[i];
    const auto fault = [&](const char* field, const char* reason) {
      faults.add(pointers.seat(parts, i) + field, reason);
    };
    if (!is_label(seat.number)) fault("/number", "must be 1 to 40 printable characters");
    if (seat.zone >= parts.zones.size()) fault("/zone", "must be a zone of the map");
    if (seat.row >= parts.rows.size() || parts.rows[seat.row].section >= parts.sections.size()) {
      fault("", "must be in a row of the map");
      continue;
    }
    const auto& row = parts.rows[seat.row];
    auto label = parts.sections[row.section].id + '-' + row.label + '-' + seat.number;
    if (!labels.insert(std::move(label)).second) {
      fault("/number", "must make a label (section-row-number) that is unique in the map");
    }
  }
}

}  // namespace

Faults check_parts(const SeatMap::Parts& parts) {
  FaultList faults;
  if (parts.seats.size() > limits::seats_max) {
    faults.add("/sections", "must have at most " + std::to_string(limits::seats_max) + " seats");
    return std::move(faults).take();
  }
  const Pointers pointers(parts);
  check_zones(parts, faults);
  check_sections(parts, faults);
  check_rows(parts, pointers, faults);
  check_seats(parts, pointers, faults);
  return std::move(faults).take();
}

}  // namespace cavea::engine
