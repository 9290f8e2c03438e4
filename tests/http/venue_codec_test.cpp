#include "http/json/venue_codec.hpp"

#include "http/json/seat_map_codec.hpp"
#include "http/json/seats_codec.hpp"
#include "tests/http/samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace cavea::http::json {

namespace {

Json good_venue() {
  return Json::parse(R"({
    "id": "grand-theatre", "name": "Grand Theatre", "time_zone": "Europe/London",
    "seat_map": {
      "zones": [{"id": "premium", "name": "Premium"}],
      "sections": [{"id": "stalls", "name": "Stalls", "rows": [{"label": "A", "seats": [
        {"number": "1", "zone": "premium", "x": -14.5, "y": 6},
        {"number": "2", "zone": "premium", "x": -13.5, "y": 6.0, "traits": ["companion"]}]}]}]
    }})");
}

BadInput fault_of(const Json& value) {
  auto result = read_venue(value);
  REQUIRE_FALSE(result.has_value());
  return std::move(result).error();
}

bool names(const BadInput& input, std::string_view field) {
  return std::any_of(input.faults.begin(), input.faults.end(), [&](const auto& fault) {
    return fault.field == field;
  });
}

}  // namespace

TEST_CASE("a venue is written as its golden file says") {
  std::string out;
  append_venue(out, samples::theatre());
  CHECK(out == samples::golden("venue.json"));
  out.clear();
  append_venue(out, samples::studio());
  CHECK(out == samples::golden("venue_without_seats.json"));
  out.clear();
  append_venue_summary(out, samples::theatre());
  CHECK(out == samples::golden("venue_summary.json"));
}

TEST_CASE("a venue is read with its seats") {
  const auto input = read_venue(good_venue());
  REQUIRE(input.has_value());
  CHECK(input->id == samples::venue_id("grand-theatre"));
  const auto& map = *input->definition.seat_map;
  REQUIRE(map.seat_count() == 2);
  CHECK(map.label({1}) == "stalls-A-2");
  CHECK(map.seat({0}).at == engine::Point{-145, 60});
  CHECK(map.seat({1}).traits.companion);
}

TEST_CASE("a venue that was written is read back as it was") {
  std::string out;
  append_venue(out, samples::theatre());
  auto value = parse_document(out).value();
  value.erase("revision");
  const auto input = read_venue(value);
  REQUIRE(input.has_value());
  const auto venue = samples::theatre();
  const auto& before = *venue.definition.seat_map;
  CHECK(input->definition.seat_map->seats() == before.seats());
  CHECK(input->definition.seat_map->zones() == before.zones());
  CHECK(input->definition.seat_map->rows() == before.rows());
}

TEST_CASE("every fault of a venue is found, with its pointer") {
  auto value = good_venue();
  value["revision"] = 1;
  value["colour"] = "red";
  value["id"] = "Grand Theatre";
  value.erase("name");
  auto& seats = value["/seat_map/sections/0/rows/0/seats"_json_pointer];
  seats[0]["x"] = 1.25;
  seats[0]["zone"] = 7;
  seats[1]["traits"] = {"golden"};
  seats[1].erase("y");
  seats[1]["price"] = 3;
  const auto input = fault_of(value);
  CHECK(input.severity == Severity::shape);
  for (const auto* field :
       {"/revision",
        "/colour",
        "/id",
        "/name",
        "/seat_map/sections/0/rows/0/seats/0/x",
        "/seat_map/sections/0/rows/0/seats/0/zone",
        "/seat_map/sections/0/rows/0/seats/1/traits",
        "/seat_map/sections/0/rows/0/seats/1/y",
        "/seat_map/sections/0/rows/0/seats/1/price"}) {
    CAPTURE(field);
    CHECK(names(input, field));
  }
  CHECK(input.faults.size() == 9);
}

TEST_CASE("a venue that cannot be is a fault of meaning") {
  auto value = good_venue();
  value["time_zone"] = "Europe/Atlantis";
  value["/seat_map/sections/0/rows/0/seats/0/zone"_json_pointer] = "royal";
  const auto input = fault_of(value);
  CHECK(input.severity == Severity::meaning);
  CHECK(names(input, "/time_zone"));
  CHECK(names(input, "/seat_map/sections/0/rows/0/seats/0/zone"));

  value = good_venue();
  value["/seat_map/sections/0/rows/0/seats/1/number"_json_pointer] = "1";
  const auto doubled = fault_of(value);
  CHECK(doubled.severity == Severity::meaning);
  CHECK(names(doubled, "/seat_map/sections/0/rows/0/seats/1/number"));
}

TEST_CASE("a venue that is no object is refused") {
  for (const auto* text : {"[]", "17", "\"venue\"", "null"}) {
    const auto input = fault_of(Json::parse(text));
    CHECK(input.severity == Severity::shape);
    CHECK(input.faults.front() == engine::Fault{"", "must be an object"});
  }
}

TEST_CASE("a venue of an import file has the pointers of its place in that file") {
  const auto root = Path::root();
  const auto venues = root.member("venues");
  const auto input = read_venue(Json::object(), venues.element(3));
  REQUIRE_FALSE(input.has_value());
  CHECK(input.error().faults.front().field == "/venues/3/name");
}

TEST_CASE("seats that are not free are shown with their states") {
  engine::SeatsView view;
  const auto offering = samples::performance();
  view.offering = offering.id;
  view.version = {17};
  view.definition = offering.definition;
  view.states = {
      engine::PlaceState::sold,
      engine::PlaceState::free,
      engine::PlaceState::held,
      engine::PlaceState::blocked};
  std::string out;
  append_seats(out, view, true);
  CHECK(out == samples::golden("seats.json"));
  // The second time the map comes from memory.
  std::string again;
  append_seats(again, view, true);
  CHECK(again == out);
  out.clear();
  append_seats(out, view, false);
  CHECK(
      out
      == R"({"offering":"the-lighthouse","version":17,"states":{"stalls-A-1":"sold","stalls-A-3":"held","stalls-A-4":"blocked"}})");
}

}  // namespace cavea::http::json
