#include "app/catalogue.hpp"

#include "app/catalogue_check.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cavea::app {
namespace {

const Day first_monday = *read_day("2027-01-04");

/// Reads and checks one file against a node without venues.
struct Loaded {
  Catalogue catalogue;
  std::vector<CheckedItem> checked;

  [[nodiscard]] std::string faults() const {
    std::string text;
    for (const auto& fault : catalogue.faults) text += print_fault(fault) + '\n';
    return text;
  }
};

std::unique_ptr<Loaded> load(const std::string& json, const std::string& csv = "") {
  auto loaded = std::make_unique<Loaded>();
  auto file =
      std::make_shared<SourceFile>(SourceFile{.name = "season.json", .text = json, .document = {}});
  read_catalogue_json(file, first_monday, loaded->catalogue);
  if (!csv.empty()) {
    read_catalogue_csv(
        std::make_shared<SourceFile>(SourceFile{.name = "table.csv", .text = csv, .document = {}}),
        first_monday,
        loaded->catalogue);
  }
  const auto nobody = [](const std::string&) -> std::optional<Json> { return std::nullopt; };
  loaded->checked = check_catalogue(loaded->catalogue, nobody, {1'700'000'000'000});
  return loaded;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

constexpr const char* house = R"(  "venues": [
    {"id": "house", "name": "House", "time_zone": "Europe/London",
     "seat_map": {"focal_point": {"x": 0, "y": 0}, "zones": [{"id": "z", "name": "Z"}],
       "sections": [{"id": "stalls", "name": "Stalls", "rows": [
         {"label": "A", "zone": "z", "seats": "1-4", "x": 0, "y": 1}]}]}},
    {"id": "studio", "name": "Studio", "time_zone": "Europe/Berlin"}
  ])";

std::string file_with(const std::string& rest) {
  return std::string("{\n") + house + rest + "\n}\n";
}

constexpr const char* csv_header = "title,venue,date,start,end,capacity,price,currency\n";

TEST_CASE("A series becomes one performance a date, with what differs that day") {
  const auto loaded = load(file_with(R"(,
  "defaults": {"performances": {"venue": "house", "currency": "GBP"}},
  "performances": [
    {"id": "play", "title": "Play", "duration_minutes": 120, "prices": {"z": 1000}, "dates": [
      "week 1 tue 19:30",
      {"starts_at": "2027-02-01 19:30", "prices": {"z": 2000}},
      {"id": "gala", "starts_at": "2027-02-02T19:30"}]}])"));
  CHECK(loaded->faults() == "");
  const auto& items = loaded->catalogue.items;
  REQUIRE(items.size() == 5);
  CHECK(items[2].id == "play-w1-tue-1930");
  CHECK(items[2].body["starts_at"] == "2027-01-05T19:30");
  CHECK(items[2].body["ends_at"] == "2027-01-05T21:30");
  CHECK(items[2].has_relative_times);
  CHECK(items[3].id == "play-2027-02-01-1930");
  CHECK(items[3].body["prices"]["z"] == 2000);
  CHECK(!items[3].has_relative_times);
  CHECK(items[4].id == "gala");
  CHECK(loaded->checked.size() == 5);
}

TEST_CASE("Faults of a JSON file carry the line and the field where they stand") {
  const auto loaded = load(file_with(R"(,
  "performances": [
    {"id": "play", "title": "Play", "venue": "house", "currency": "GBP",
     "prices": {"z": -5},
     "dates": [
       "week 1 tue 19:30",
       "some day"
     ]},
    {"id": "other", "title": "Other", "venue": "nowhere", "currency": "XQX",
     "starts_at": "2027-01-05T19:30", "prices": {"z": 1}}
  ])"));
  const auto faults = loaded->faults();
  CHECK(has(faults, "season.json:11: /performances/0/prices/z: "));
  CHECK(has(faults, "season.json:14: /performances/0/dates/1: must be a time"));
  CHECK(has(faults, "season.json:16: /performances/1/venue: "));
  CHECK(has(faults, "season.json:16: /performances/1/currency: "));
}

TEST_CASE("Faults of defaults are shown where the defaults stand") {
  const auto loaded = load(file_with(R"(,
  "defaults": {"classes": {
    "person_limit": -1}},
  "classes": [{"title": "Yoga", "venue": "studio", "currency": "EUR", "capacity": 9, "price": 0,
    "starts_at": "2027-01-05T19:30"}])"));
  CHECK(has(loaded->faults(), "season.json:10: /defaults/classes/person_limit: "));
}

TEST_CASE("Broken JSON is named with its line") {
  const auto loaded = load("{\n  \"venues\": [\n  }\n");
  CHECK(has(loaded->faults(), "season.json:3: "));
  CHECK(has(load("[]")->faults(), "season.json:1: "));
  CHECK(has(load("{\"venus\": []}")->faults(), "/venus: is not known"));
}

TEST_CASE("A fault of a compact row hides its consequences, and those of its venue's offerings") {
  const auto loaded = load(R"({
  "venues": [{"id": "house", "name": "House", "time_zone": "Europe/London",
     "seat_map": {"focal_point": {"x": 0, "y": 0}, "zones": [{"id": "z", "name": "Z"}],
       "sections": [{"id": "stalls", "name": "Stalls", "rows": [
         {"label": "A", "zone": "z", "seats": "1-", "x": 0, "y": 1}]}]}}],
  "performances": [{"title": "Play", "venue": "house", "currency": "GBP", "prices": {"z": 1},
     "starts_at": "2027-01-05T19:30"}]
})");
  REQUIRE(loaded->catalogue.faults.size() == 1);
  CHECK(loaded->catalogue.faults.front().line == 5);
  CHECK(loaded->catalogue.faults.front().field == "/venues/0/seat_map/sections/0/rows/0/seats");
}

TEST_CASE("An id that comes twice is a fault that names the first place") {
  const auto loaded = load(file_with(R"(,
  "classes": [
    {"id": "a", "title": "Yoga", "venue": "studio", "currency": "EUR", "capacity": 9, "price": 0,
     "starts_at": "2027-01-05T19:30"},
    {"id": "a", "title": "Yoga", "venue": "studio", "currency": "EUR", "capacity": 9, "price": 0,
     "starts_at": "2027-01-06T19:30"}])"));
  CHECK(has(loaded->faults(), "season.json:12: /classes/1/id: 'a' is the id of another class"));
  CHECK(has(loaded->faults(), "season.json:10"));
}

TEST_CASE("A schedule as CSV becomes classes") {
  const auto loaded = load(
      file_with(""),
      "title,venue,date,start,end,teacher,level,capacity,price,currency\n"
      "\"Flow, early\",studio,week 1 mon,07:00,08:15,Mira,open,12,14.50,EUR\n"
      "Zen,studio,2027-03-01,07:00,08:00,,,9,0,JPY\n");
  CHECK(loaded->faults() == "");
  const auto& items = loaded->catalogue.items;
  REQUIRE(items.size() == 4);
  CHECK(items[2].id == "flow-early-w1-mon-0700");
  CHECK(items[2].body["price"] == 1450);
  CHECK(items[2].body["ends_at"] == "2027-01-04T08:15");
  CHECK(items[2].body["description"] == "With Mira. Level: open.");
  CHECK(items[3].id == "zen-2027-03-01-0700");
  CHECK(items[3].body["price"] == 0);
}

TEST_CASE("Faults of a CSV file carry the line and the column") {
  const auto loaded = load(
      file_with(""),
      std::string(csv_header)
          + "Flow,studio,2027-01-04,07:00,08:00,12,14.505,EUR\n"
            "Flow,studio,2027-01-05,7:00,08:00,12,14,EUR\n"
            "Flow,nowhere,2027-01-06,07:00,08:00,twelve,14,EUR\n"
            "Flow,studio,2027-01-07,07:00,06:00,12,14,EUR\n"
            "Flow,studio,2027-01-08,07:00,08:00,12,14\n"
            "Flow,studio,2027-01-09,07:00,08:00,-2,14,EUR\n");
  const auto faults = loaded->faults();
  CHECK(has(faults, "table.csv:2: column price: is '14.505'"));
  CHECK(has(faults, "table.csv:3: column start: must be a time"));
  CHECK(has(faults, "table.csv:4: column venue: "));
  CHECK(has(faults, "table.csv:4: column capacity: is 'twelve'"));
  CHECK(has(faults, "table.csv:5: column end: "));
  CHECK(has(faults, "table.csv:6: has 7 fields, the header 8"));
  CHECK(has(faults, "table.csv:7: column capacity: "));
}

TEST_CASE("A day that is none is a fault of the date, not of the start") {
  const auto loaded = load(
      file_with(""),
      std::string(csv_header)
          + "Flow,studio,2027-02-30,07:00,08:00,12,14,EUR\n"
            "Flow,studio,week 1 someday,07:00,08:00,12,14,EUR\n"
            "Flow,studio,,07:00,08:00,12,14,EUR\n"
            "Flow,studio,2027-02-28,25:00,26:00,12,14,EUR\n"
            "Flow,studio,2027-02-28,,08:00,12,14,EUR\n");
  const auto faults = loaded->faults();
  CHECK(has(
      faults,
      "table.csv:2: column date: is '2027-02-30'; must be a day as 2027-01-04, or week 1 mon\n"
      "table.csv:3: column date: is 'week 1 someday'; must be a day as 2027-01-04, or week 1 mon\n"
      "table.csv:4: column date: is missing; must be a day as 2027-01-04, or week 1 mon\n"
      "table.csv:5: column start: must be a time"));
  CHECK(has(faults, "table.csv:6: column start: is missing"));
}

TEST_CASE("A missing price of a performance is a fault of the columns that would give it") {
  const std::string row = "\nShow,house,2027-01-04,19:30,EUR,performance";
  const std::string header = "title,venue,date,start,currency,kind";
  CHECK(
      load(file_with(""), header + row)->faults()
      == "table.csv:2: column price:<zone>: is required\n");
  CHECK(
      load(file_with(""), header + ",price:y" + row + ",\n")->faults()
      == "table.csv:2: column price:<zone>: is required\n");
}

TEST_CASE("The header of a CSV file must name known columns once and the needed ones") {
  const auto faults = load(file_with(""), "title,venue,date,start,start,colour\n")->faults();
  CHECK(has(faults, "table.csv:1: column start: stands there twice"));
  CHECK(has(faults, "table.csv:1: column colour: is not known"));
  CHECK(has(faults, "table.csv:1: column currency: is missing"));
}

TEST_CASE("Text of a CSV file that is not UTF-8 is a fault with its line and column") {
  const auto loaded = load(
      file_with(""),
      "title,venue,date,start,currency,capacity,price,description\n"
      "Flow,studio,2027-01-04,07:00,EUR,12,14,caf\xc3\xa9\n"
      "Flow,studio,2027-01-05,07:00,EUR,12,14,caf\xe9\n"
      "\xff,studio,2027-01-06,07:00,EUR,12,14,\xff\n");
  CHECK(
      loaded->faults()
      == "table.csv:3: column description: is not UTF-8; save the file as UTF-8 (in a spreadsheet: "
         "as \"CSV UTF-8\")\n"
         "table.csv:4: column title: is not UTF-8; save the file as UTF-8 (in a spreadsheet: as "
         "\"CSV UTF-8\")\n"
         "table.csv:4: column description: is not UTF-8; save the file as UTF-8 (in a spreadsheet: "
         "as \"CSV UTF-8\")\n");
}

TEST_CASE("A header that is not UTF-8 is a fault of the column that it names so") {
  const auto faults = load(file_with(""), "title,venue,date,start,currency,pr\xe9\n")->faults();
  CHECK(has(faults, "table.csv:1: column 6: is not UTF-8"));
}

TEST_CASE("Import files may begin with a byte order mark") {
  const std::string mark = "\xEF\xBB\xBF";
  const auto loaded = load(
      mark + file_with(""), mark + csv_header + "Flow,studio,2027-01-04,07:00,08:00,12,14,EUR\n");
  CHECK(loaded->faults() == "");
  CHECK(loaded->catalogue.items.size() == 3);
}

}  // namespace
}  // namespace cavea::app
