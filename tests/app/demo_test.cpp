#include "app/catalogue.hpp"
#include "app/catalogue_check.hpp"
#include "tests/support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace cavea::app {
namespace {

/// All files of demo/, read and checked together.
Catalogue demo_catalogue() {
  Catalogue catalogue;
  const auto first_day = *read_day("2027-01-04");
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(CAVEA_SOURCE_DIR) / "demo")) {
    const auto name = entry.path().filename().string();
    auto file = std::make_shared<SourceFile>(
        SourceFile{.name = name, .text = test::read_file(entry.path()), .document = {}});
    if (name.ends_with(".json")) read_catalogue_json(file, first_day, catalogue);
    if (name.ends_with(".csv")) read_catalogue_csv(file, first_day, catalogue);
  }
  const auto nobody = [](const std::string&) -> std::optional<Json> { return std::nullopt; };
  const auto checked = check_catalogue(catalogue, nobody, {1'798'000'000'000});
  CHECK(checked.size() == catalogue.items.size());
  return catalogue;
}

TEST_CASE(
    "The demo files have no faults, a musical with twelve performances and four weeks of yoga") {
  const auto catalogue = demo_catalogue();
  for (const auto& fault : catalogue.faults) FAIL_CHECK(print_fault(fault));
  std::map<ItemKind, int> counts;
  for (const auto& item : catalogue.items) ++counts[item.kind];
  CHECK(counts[ItemKind::venue] == 2);
  CHECK(counts[ItemKind::performance] == 12);
  CHECK(counts[ItemKind::klass] == 56);
}

TEST_CASE("The demo theatre has at least 1,200 seats, each on a place of its own") {
  const auto catalogue = demo_catalogue();
  std::set<std::pair<double, double>> places;
  std::map<std::string, int> traits;
  std::size_t seats = 0;
  for (const auto& item : catalogue.items) {
    if (item.id != "lyric-theatre") continue;
    for (const auto& section : item.body["seat_map"]["sections"]) {
      for (const auto& row : section["rows"]) {
        CHECK(row["label"] != "I");
        CHECK(row["label"] != "O");
        for (const auto& seat : row["seats"]) {
          ++seats;
          places.emplace(seat["x"].get<double>(), seat["y"].get<double>());
          for (const auto& trait : seat.value("traits", Json::array())) ++traits[trait];
        }
      }
    }
  }
  CHECK(seats >= 1200);
  CHECK(places.size() == seats);
  CHECK(traits["accessible"] >= 6);
  CHECK(traits["companion"] >= 6);
  CHECK(traits["restricted_view"] > 0);
}

}  // namespace
}  // namespace cavea::app
