#include "http/json/venue_codec.hpp"

#include "engine/limits.hpp"
#include "http/json/object_reader.hpp"
#include "http/json/seat_map_codec.hpp"
#include "http/json/writer.hpp"
#include "http/time_zone.hpp"

#include <utility>

namespace cavea::http::json {

namespace {

namespace limits = engine::limits;

constexpr TextLimits venue_name_limits{.min = 1, .max = limits::title_length_max};
constexpr TextLimits address_limits{.max = limits::description_length_max, .allow_lines = true};
constexpr TextLimits zone_limits{.min = 1, .max = 64};

void write_head(Writer& writer, const engine::Venue& venue) {
  writer.key("id").text(venue.id.view());
  writer.key("name").text(venue.definition.name);
  writer.key("address").text(venue.definition.address);
  writer.key("time_zone").text(venue.definition.time_zone);
  writer.key("revision").number(venue.revision.value);
}

void read_time_zone(ObjectReader& reader, engine::VenueDefinition& definition) {
  if (reader.require("time_zone") == nullptr) return;
  const auto name = reader.text("time_zone", zone_limits);
  if (!name) return;
  definition.time_zone = *name;
  if (!TimeZone::find(*name)) {
    reader.meaning("time_zone", "must be a zone of the IANA database, as Europe/London");
  }
}

}  // namespace

engine::Result<VenueInput, BadInput> read_venue(const Json& value, const Path& at) {
  Findings findings;
  VenueInput input;
  auto& definition = input.definition;
  ObjectReader reader(value, at, findings);
  reader.allow_only({"id", "name", "address", "time_zone", "seat_map"}, {"revision", "seat_count"});
  input.id = reader.name<engine::VenueId>("id");
  if (reader.require("name") != nullptr) {
    definition.name = reader.text("name", venue_name_limits).value_or(std::string());
  }
  definition.address = reader.text("address", address_limits).value_or(std::string());
  read_time_zone(reader, definition);

  definition.seat_map = empty_seat_map();
  if (const auto* map = reader.find("seat_map")) {
    const auto map_at = reader.path("seat_map");
    if (auto parts = read_seat_map(*map, map_at, findings)) {
      definition.seat_map = engine::SeatMap::build(std::move(*parts));
    }
  }
  if (findings.any()) return findings.take();
  return input;
}

void append_venue(std::string& out, const engine::Venue& venue) {
  Writer writer(out);
  writer.begin_object();
  write_head(writer, venue);
  const auto& map = *venue.definition.seat_map;
  if (live_seat_count(map) != 0) {
    writer.key("seat_map");
    append_seat_map(writer.place(), map);
    writer.done();
  }
  writer.end_object();
}

void append_venue_summary(std::string& out, const engine::Venue& venue) {
  Writer writer(out);
  writer.begin_object();
  write_head(writer, venue);
  writer.key("seat_count").number(live_seat_count(*venue.definition.seat_map)).end_object();
}

}  // namespace cavea::http::json
