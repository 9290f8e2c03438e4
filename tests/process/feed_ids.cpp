#include "tests/process/feed_ids.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace cavea::test {

using nlohmann::json;

void create_classes(HttpClient& admin, int count) {
  const json venue{{"id", "studio"}, {"name", "Studio"}, {"time_zone", "UTC"}};
  REQUIRE(admin.post("/v1/venues", venue.dump()).status == 201);
  for (int i = 0; i < count; ++i) {
    const json yoga{
        {"id", "yoga-" + std::to_string(i)},
        {"title", "Yoga"},
        {"venue", "studio"},
        {"capacity", 5'000},
        {"price", 0},
        {"currency", "EUR"},
        {"sale_opens_at", "2020-01-01T00:00:00Z"},
        {"starts_at", "2036-12-05T07:30:00Z"},
        {"ends_at", "2036-12-05T08:30:00Z"}};
    const auto answer = admin.post("/v1/classes", yoga.dump());
    INFO(answer.body);
    REQUIRE(answer.status == 201);
  }
}

Ids ids_of_feed(HttpClient& admin) {
  Ids all;
  std::string path = "/v1/changes?limit=1000";
  for (;;) {
    const auto page = json::parse(admin.get(path).body);
    for (const auto& event : page.at("items")) all[event.at("subject")].push_back(event.at("id"));
    if (!page.at("more").get<bool>()) return all;
    path = "/v1/changes?limit=1000&cursor=" + page.at("next").get<std::string>();
  }
}

}  // namespace cavea::test
