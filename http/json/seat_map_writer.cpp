#include "engine/assert.hpp"
#include "http/json/seat_map_codec.hpp"
#include "http/json/writer.hpp"

#include <cstdlib>

namespace cavea::http::json {

namespace {

using engine::Place;
using engine::PlaceState;
using engine::SeatMap;

/// Tenths as a number with at most one decimal.
void append_tenths(std::string& out, std::int32_t tenths) {
  if (tenths < 0) out += '-';
  const auto magnitude = std::abs(std::int64_t{tenths});
  append_number(out, magnitude / 10);
  if (magnitude % 10 == 0) return;
  out += '.';
  append_number(out, magnitude % 10);
}

void write_point(Writer& writer, engine::Point point) {
  writer.key("x");
  append_tenths(writer.place(), point.x);
  writer.done().key("y");
  append_tenths(writer.place(), point.y);
  writer.done();
}

void write_seat(Writer& writer, const SeatMap& map, const engine::Seat& seat) {
  writer.begin_object().key("number").text(seat.number);
  writer.key("zone").text(map.zones().at(seat.zone).id.view());
  write_point(writer, seat.at);
  const auto& traits = seat.traits;
  if (traits.accessible || traits.companion || traits.restricted_view) {
    writer.key("traits").begin_array();
    if (traits.accessible) writer.text("accessible");
    if (traits.companion) writer.text("companion");
    if (traits.restricted_view) writer.text("restricted_view");
    writer.end_array();
  }
  if (traits.aisle_after) writer.key("aisle_after").boolean(true);
  writer.end_object();
}

/// Rows of one section stand together after `build`, yet nothing promises it: they are gathered.
std::vector<std::vector<const engine::Row*>> rows_by_section(const SeatMap& map) {
  std::vector<std::vector<const engine::Row*>> rows(map.sections().size());
  for (const auto& row : map.rows()) {
    if (!row.seats.empty()) rows.at(row.section).push_back(&row);
  }
  return rows;
}

void write_sections(Writer& writer, const SeatMap& map) {
  const auto rows = rows_by_section(map);
  writer.key("sections").begin_array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].empty()) continue;
    const auto& section = map.sections()[i];
    writer.begin_object().key("id").text(section.id).key("name").text(section.name);
    writer.key("rows").begin_array();
    for (const auto* row : rows[i]) {
      writer.begin_object().key("label").text(row->label).key("seats").begin_array();
      for (const auto place : row->seats) write_seat(writer, map, map.seat(place));
      writer.end_array().end_object();
    }
    writer.end_array().end_object();
  }
  writer.end_array();
}

}  // namespace

void append_label(std::string& out, const SeatMap& map, Place place) {
  const auto& seat = map.seat(place);
  const auto& row = map.rows().at(seat.row);
  out += '"';
  append_escaped(out, map.sections().at(row.section).id);
  out += '-';
  append_escaped(out, row.label);
  out += '-';
  append_escaped(out, seat.number);
  out += '"';
}

void append_seat_map(std::string& out, const SeatMap& map) {
  // A seat takes about 60 bytes.
  out.reserve(out.size() + map.seats().size() * 64 + 1024);
  Writer writer(out);
  writer.begin_object().key("focal_point").begin_object();
  write_point(writer, map.focal_point());
  writer.end_object().key("zones").begin_array();
  const auto is_live = live_zones(map);
  for (std::size_t i = 0; i < map.zones().size(); ++i) {
    if (!is_live[i]) continue;
    const auto& zone = map.zones()[i];
    writer.begin_object().key("id").text(zone.id.view()).key("name").text(zone.name).end_object();
  }
  writer.end_array();
  write_sections(writer, map);
  writer.end_object();
}

std::uint32_t live_seat_count(const SeatMap& map) {
  std::uint32_t count = 0;
  for (const auto& row : map.rows()) count += static_cast<std::uint32_t>(row.seats.size());
  return count;
}

std::vector<bool> live_zones(const SeatMap& map) {
  std::vector<bool> has_live(map.zones().size());
  std::vector<bool> has_retired(map.zones().size());
  for (const auto& seat : map.seats()) {
    (seat.traits.retired ? has_retired : has_live).at(seat.zone) = true;
  }
  for (std::size_t i = 0; i < has_live.size(); ++i) {
    if (!has_retired[i]) has_live[i] = true;
  }
  return has_live;
}

engine::SeatMapRef empty_seat_map() {
  static const auto map = SeatMap::build({});
  return map;
}

void append_states(std::string& out, const SeatMap& map, const std::vector<PlaceState>& states) {
  CAVEA_ASSERT(states.size() <= map.seats().size());
  Writer writer(out);
  writer.begin_object();
  for (std::uint32_t i = 0; i < states.size(); ++i) {
    if (states[i] == PlaceState::free || states[i] == PlaceState::retired) continue;
    append_label(writer.place(), map, Place{i});
    out += ":\"";
    out += name_of(states[i]);
    out += '"';
    writer.done();
  }
  writer.end_object();
}

}  // namespace cavea::http::json
