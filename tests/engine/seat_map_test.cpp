#include "engine/seat_map.hpp"

#include "engine/decide.hpp"
#include "engine/seat_map_rules.hpp"
#include "tests/engine/sample_offerings.hpp"
#include "tests/engine/scenario_words.hpp"

#include <doctest/doctest.h>

namespace cavea::engine::testing {

namespace {

std::string fields_of(const Faults& faults) {
  std::string text;
  for (const auto& fault : faults) text += (text.empty() ? "" : " ") + fault.field;
  return text;
}

std::string labels_of_row(const SeatMap& map, std::size_t row) {
  std::string text;
  for (const auto place : map.rows().at(row).seats) {
    text += (text.empty() ? "" : " ") + map.seat(place).number;
  }
  return text;
}

}  // namespace

TEST_CASE("every seat is found by its label, and nothing else is") {
  const auto map = sample_house(5'000);
  for (std::uint32_t i = 0; i < map->seat_count(); ++i) {
    REQUIRE(map->find(map->label({i})) == Place{i});
  }
  for (const auto* label : {"", "stalls", "stalls-r0-", "stalls-r0-50", "stalls-r0-1x", "-r0-1"}) {
    INFO(label);
    CHECK_FALSE(map->find(label).has_value());
  }
  CHECK_FALSE(sample_house(0)->find("stalls-r0-1").has_value());
  CHECK(map->find_zone("back") == 1);
  CHECK_FALSE(map->find_zone("middle").has_value());
  CHECK(map->find_section("stalls") == 0);
  CHECK_FALSE(map->find_section("pit").has_value());
}

TEST_CASE("a map that can be built has no faults") {
  CHECK(fields_of(check_parts(sample_house(500)->parts())).empty());
  CHECK(fields_of(check_parts({})).empty());
}

TEST_CASE("each fault of a map is named where the API has it") {
  auto parts = house_from("stalls A front: 1 2 / stalls B front: 1 2 / circle A back: 1 2");
  parts.sections[1].id = "Circle";
  parts.zones[1].name = "";
  parts.rows[1].label = "A";
  parts.seats[4].number = "";
  parts.seats[5].zone = 9;
  CHECK(
      fields_of(check_parts(parts))
      == "/zones/1/name /sections/1/id /sections/0/rows/1/label /sections/0/rows/1/seats/0/number "
         "/sections/0/rows/1/seats/1/number /sections/1/rows/0/seats/0/number "
         "/sections/1/rows/0/seats/1/zone");
}

TEST_CASE("indices that lead nowhere are faults, not crashes") {
  auto parts = house_from("stalls A front: 1 2 / circle A back: 1 2");
  parts.seats[1].row = 7;
  parts.rows[1].section = 9;
  CHECK(
      fields_of(check_parts(parts))
      == "/sections/9/rows/0/label /rows/7/seats/0 /sections/9/rows/0/seats/0 "
         "/sections/9/rows/0/seats/1");
}

TEST_CASE("a map with a fault at every seat answers with a bounded list") {
  auto parts = sample_house(5'000)->parts();
  for (auto& seat : parts.seats) seat.number.clear();
  CHECK(check_parts(parts).size() == limits::faults_max);
  parts.seats.resize(limits::seats_max + 1);
  CHECK(fields_of(check_parts(parts)) == "/sections");
}

TEST_CASE("a seat that comes between others stands between them, though its index is the last") {
  const auto before = SeatMap::build(house_from("stalls A front: 1 2 3 / stalls B front: 1 2"));
  const auto wanted = house_from("stalls A front: 1 2 2a 3 / stalls B front: 1 2");
  const auto after = merge_seat_maps(*before, wanted);
  CHECK(after->find("stalls-A-2a") == Place{5});
  CHECK(labels_of_row(*after, 0) == "1 2 2a 3");
  CHECK(labels_of_row(*after, 1) == "1 2");
  CHECK(after->seat({4}).rank == 0);

  // Merged and built again from its parts it is the same map.
  CHECK(SeatMap::build(after->parts())->parts() == after->parts());
  CHECK(merge_seat_maps(*after, after->parts())->parts() == after->parts());
}

TEST_CASE("zones keep their index, and one without seats needs no price") {
  const auto before = SeatMap::build(house_from("stalls A front: 1 2 / circle A back: 1 2"));
  const auto after =
      merge_seat_maps(*before, house_from("circle A gold: 1 2 / stalls A front: 1 2"));
  REQUIRE(after->zones().size() == 3);
  CHECK(after->find_zone("front") == 0);
  CHECK(after->find_zone("back") == 1);
  CHECK(after->find_zone("gold") == 2);

  auto definition = *sample_performance(after, {100});
  std::get<PerformanceTerms>(definition.terms).zone_prices[1] = {-1};
  CHECK(fields_of(check_definition(definition)).empty());
  std::get<PerformanceTerms>(definition.terms).zone_prices[2] = {-1};
  CHECK(fields_of(check_definition(definition)) == "/prices/gold");
}

TEST_CASE("what a change retired is not found, and is found when it comes back") {
  const auto first = SeatMap::build(house_from("stalls A front: 1 2 3"));
  const auto second = merge_seat_maps(*first, house_from("stalls A front: 1 3"));
  CHECK_FALSE(second->find("stalls-A-2").has_value());
  CHECK(second->label({1}) == "stalls-A-2");
  CHECK(labels_of_row(*second, 0) == "1 3");
  const auto third = merge_seat_maps(*second, house_from("stalls A front: 1 2 3"));
  CHECK(third->find("stalls-A-2") == Place{1});
  CHECK(third->parts() == first->parts());
}

TEST_CASE("a venue that cannot be is refused with its fields") {
  VenueDefinition venue{.name = "\n", .address = "", .time_zone = "", .seat_map = nullptr};
  CHECK(fields_of(check_definition(venue)) == "/name /time_zone /seat_map");
  auto parts = house_from("stalls A front: 1");
  parts.zones[0].name = "";
  venue = {.name = "House", .address = "", .time_zone = "UTC", .seat_map = SeatMap::build(parts)};
  CHECK(fields_of(check_definition(venue)) == "/seat_map/zones/0/name");
}

}  // namespace cavea::engine::testing
