#include "app/seat_rows.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace cavea::app {
namespace {

using Json = nlohmann::json;

Json map_with(const std::string& row, const std::string& layout = "{}") {
  return Json::parse(
      R"({"sections": [{"id": "stalls", "layout": )" + layout + R"(, "rows": [)" + row + "]}]}");
}

TEST_CASE("Seats are listed as numbers, ranges up and ranges down") {
  CHECK(seat_numbers("1-3") == std::vector<std::string>{"1", "2", "3"});
  CHECK(seat_numbers("12-10, 7, 12A") == std::vector<std::string>{"12", "11", "10", "7", "12A"});
  CHECK(seat_numbers("").empty());
  CHECK(seat_numbers("1-").empty());
  CHECK(seat_numbers("1-100000").empty());
}

TEST_CASE("A compact row on a line becomes seats with zones, traits, aisles and places") {
  auto map = map_with(
      R"({"label": "C", "zone": "standard", "seats": "1-2 | 3", "zones": {"premium": "3"},
          "accessible": "1", "companion": "2", "x": 10, "y": 4})",
      R"({"pitch": 2, "aisle": 1.5})");
  CHECK(write_out_seat_rows(map, "").empty());
  CHECK(map["sections"][0] == Json::parse(R"({"id": "stalls", "rows": [{"label": "C", "seats": [
        {"number": "1", "zone": "standard", "traits": ["accessible"], "x": 10.0, "y": 4.0},
        {"number": "2", "zone": "standard", "traits": ["companion"], "x": 12.0, "y": 4.0,
         "aisle_after": true},
        {"number": "3", "zone": "premium", "x": 15.5, "y": 4.0}]}]})"));
}

TEST_CASE("A compact row on an arc is even on both sides and bends towards the stage") {
  auto map = map_with(
      R"({"label": "A", "zone": "z", "seats": "1-5"})",
      R"({"centre": {"x": 0, "y": -10}, "radius_first": 20})");
  CHECK(write_out_seat_rows(map, "").empty());
  const auto& seats = map["sections"][0]["rows"][0]["seats"];
  CHECK(seats[2]["x"] == 0.0);
  CHECK(seats[2]["y"] == 10.0);
  CHECK(seats[0]["x"] == -seats[4]["x"].get<double>());
  CHECK(seats[0]["y"] == seats[4]["y"]);
  CHECK(seats[0]["y"].get<double>() < 10.0);
}

TEST_CASE("Rows in the form of the API pass through untouched") {
  auto map = map_with(R"({"label": "A", "seats": [{"number": "1", "zone": "z", "x": 1, "y": 2}]})");
  const auto before = map["sections"][0]["rows"];
  CHECK(write_out_seat_rows(map, "").empty());
  CHECK(map["sections"][0]["rows"] == before);
}

TEST_CASE("Each fault of a compact row names its field") {
  const auto field_of = [](const std::string& row) {
    auto map = map_with(row);
    const auto faults = write_out_seat_rows(map, "/seat_map");
    return faults.empty() ? std::string() : faults.front().field;
  };
  const std::string at = "/seat_map/sections/0/rows/0/";
  CHECK(field_of(R"({"label": "A", "zone": "z", "seats": "1-", "x": 0, "y": 0})") == at + "seats");
  CHECK(field_of(R"({"label": "A", "seats": "1-2", "x": 0, "y": 0})") == at + "zone");
  CHECK(field_of(R"({"label": "A", "zone": "z", "seats": "1-2"})") == at + "x");
  CHECK(
      field_of(R"({"label": "A", "zone": "z", "seats": "1-2", "accessible": "9", "x": 0, "y": 0})")
      == at + "accessible");
  CHECK(
      field_of(R"({"label": "A", "zone": "z", "seats": "1-2", "x": 0, "y": 0, "raduis": 3})")
      == at + "raduis");
  CHECK(field_of(R"({"label": "A", "zone": "z", "seats": "1-2", "radius": -3})") == at + "radius");
}

}  // namespace
}  // namespace cavea::app
