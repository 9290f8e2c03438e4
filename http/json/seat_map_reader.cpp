#include "engine/limits.hpp"
#include "engine/seat_map_rules.hpp"
#include "http/json/object_reader.hpp"
#include "http/json/seat_map_codec.hpp"

#include <cmath>
#include <unordered_map>
#include <utility>

namespace cavea::http::json {

namespace {

using engine::SeatMap;
namespace limits = engine::limits;

constexpr TextLimits label_limits{.min = 1, .max = limits::label_length_max};
constexpr TextLimits map_name_limits{.min = 1, .max = limits::title_length_max};

/// Coordinates reach a kilometre in millimetres; enough for every drawing.
constexpr double coordinate_max = 1'000'000;

std::optional<std::int32_t> tenths_of(const Json& value) {
  if (!value.is_number()) return std::nullopt;
  const auto number = value.get<double>();
  if (!(std::abs(number) <= coordinate_max)) return std::nullopt;
  const auto tenths = std::round(number * 10);
  if (std::abs(number * 10 - tenths) > 1e-6) return std::nullopt;
  return static_cast<std::int32_t>(tenths);
}

std::int32_t read_coordinate(ObjectReader& reader, std::string_view name) {
  const auto* value = reader.require(name);
  if (value == nullptr) return 0;
  const auto tenths = tenths_of(*value);
  if (!tenths) {
    reader.fault(name, "must be a number from -1000000 to 1000000 with at most one decimal");
  }
  return tenths.value_or(0);
}

/// Reads the parts from the outside in; the indices of sections and rows come from their order.
class MapReader {
 public:
  MapReader(const Json& value, const Path& at, Findings& findings)
      : value_(value), at_(at), findings_(findings) {}

  SeatMap::Parts read() {
    ObjectReader reader(value_, at_, findings_);
    reader.allow_only({"focal_point", "zones", "sections"});
    if (const auto* point = reader.find("focal_point")) {
      const auto at = at_.member("focal_point");
      ObjectReader fields(*point, at, findings_);
      fields.allow_only({"x", "y"});
      parts_.focal_point = {read_coordinate(fields, "x"), read_coordinate(fields, "y")};
    }
    each(reader, "zones", limits::zones_max, [&](const Json& zone, const Path& at) {
      read_zone(zone, at);
    });
    each(reader, "sections", limits::sections_max, [&](const Json& section, const Path& at) {
      read_section(section, at);
    });
    return std::move(parts_);
  }

 private:
  template <class Read>
  void each(ObjectReader& reader, std::string_view name, std::size_t count_max, Read read) {
    const auto* list = reader.require(name);
    if (list == nullptr) return;
    if (!list->is_array() || list->size() > count_max) {
      return reader.fault(name, "must be an array of at most " + std::to_string(count_max));
    }
    const auto list_at = reader.path(name);
    // A map that is wrong in its shape is wrong at every seat: no need to look at all of them.
    for (std::size_t i = 0; i < list->size() && findings_.count() < faults_max; ++i) {
      read((*list)[i], list_at.element(i));
    }
  }

  void read_zone(const Json& value, const Path& at) {
    ObjectReader reader(value, at, findings_);
    reader.allow_only({"id", "name"});
    const auto id = reader.require("id") ? reader.name<engine::ZoneId>("id") : std::nullopt;
    auto name = required_text(reader, "name", map_name_limits);
    if (id) zone_index_.emplace(id->str(), static_cast<std::uint16_t>(parts_.zones.size()));
    parts_.zones.push_back({id.value_or(engine::ZoneId()), std::move(name)});
  }

  void read_section(const Json& value, const Path& at) {
    ObjectReader reader(value, at, findings_);
    reader.allow_only({"id", "name", "rows"});
    engine::Section section;
    section.id = required_text(reader, "id", label_limits);
    section.name = required_text(reader, "name", map_name_limits);
    parts_.sections.push_back(std::move(section));
    each(reader, "rows", limits::seats_max, [&](const Json& row, const Path& row_at) {
      read_row(row, row_at);
    });
  }

  void read_row(const Json& value, const Path& at) {
    ObjectReader reader(value, at, findings_);
    reader.allow_only({"label", "seats"});
    engine::Row row;
    row.section = static_cast<std::uint16_t>(parts_.sections.size() - 1);
    row.label = required_text(reader, "label", label_limits);
    parts_.rows.push_back(std::move(row));
    each(reader, "seats", limits::seats_max, [&](const Json& seat, const Path& seat_at) {
      read_seat(seat, seat_at);
    });
  }

  void read_seat(const Json& value, const Path& at) {
    ObjectReader reader(value, at, findings_);
    reader.allow_only({"number", "zone", "x", "y", "traits", "aisle_after"});
    engine::Seat seat;
    seat.row = static_cast<std::uint32_t>(parts_.rows.size() - 1);
    seat.number = required_text(reader, "number", label_limits);
    seat.at.x = read_coordinate(reader, "x");
    seat.at.y = read_coordinate(reader, "y");
    seat.traits = read_traits(reader);
    const auto zone = required_text(reader, "zone", label_limits);
    if (const auto found = zone_index_.find(zone); found != zone_index_.end()) {
      seat.zone = found->second;
    } else if (!zone.empty()) {
      reader.meaning("zone", "must be the id of a zone of this map");
    }
    parts_.seats.push_back(std::move(seat));
  }

  engine::SeatTraits read_traits(ObjectReader& reader) {
    engine::SeatTraits traits;
    traits.aisle_after = reader.boolean("aisle_after").value_or(false);
    const auto names = reader.texts("traits", 3, label_limits);
    for (const auto& name : names) {
      if (name == "accessible") {
        traits.accessible = true;
      } else if (name == "companion") {
        traits.companion = true;
      } else if (name == "restricted_view") {
        traits.restricted_view = true;
      } else {
        reader.fault("traits", "must be of accessible, companion, restricted_view");
      }
    }
    return traits;
  }

  static std::string required_text(
      ObjectReader& reader, std::string_view name, TextLimits text_limits) {
    if (reader.require(name) == nullptr) return {};
    return reader.text(name, text_limits).value_or(std::string());
  }

  const Json& value_;
  const Path& at_;
  Findings& findings_;
  SeatMap::Parts parts_;
  std::unordered_map<std::string, std::uint16_t> zone_index_;
};

}  // namespace

std::optional<SeatMap::Parts> read_seat_map(const Json& value, const Path& at, Findings& findings) {
  const auto known = findings.count();
  auto parts = MapReader(value, at, findings).read();
  if (findings.count() != known) return std::nullopt;
  findings.add_meaning(engine::check_parts(parts), at.pointer());
  if (findings.count() != known) return std::nullopt;
  return parts;
}

}  // namespace cavea::http::json
