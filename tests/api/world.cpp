#include "tests/api/world.hpp"

#include <doctest/doctest.h>

#include <atomic>

namespace cavea::test {

World::World()
    : node_(
        CAVEA_BINARY, folder_.path(), {"--log-level", "warning", "--cors-origin", trusted_origin}) {
  HttpClient client(url());
  contract_ = std::make_unique<OpenApiChecker>(client.get("/openapi.json").body);
}

const std::string& World::token(const std::string& role, const std::string& subject) {
  auto& token = tokens_[role + " " + subject];
  if (token.empty()) token = node_.token(role, subject);
  return token;
}

World& world() {
  static World the_world;
  return the_world;
}

Caller administrator() {
  return Caller(world().token("admin", "box-office"));
}

Caller user(const std::string& name) {
  return Caller(world().token("user", name));
}

Caller anyone() {
  return Caller(std::string());
}

std::string unique(const std::string& stem) {
  static std::atomic<int> last{0};
  return stem + "-" + std::to_string(++last);
}

Json house() {
  auto rows = Json::array();
  int y = 60;
  for (const auto* label : {"A", "B", "C", "D"}) {
    auto seats = Json::array();
    for (int number = 1; number <= 8; ++number) {
      Json seat = {
          {"number", std::to_string(number)},
          {"zone", y < 80 ? "premium" : "standard"},
          {"x", number - 4.5},
          {"y", y / 10.0}};
      if (label[0] == 'A' && number == 1) seat["traits"] = {"accessible"};
      if (label[0] == 'A' && number == 2) seat["traits"] = {"companion"};
      if (label[0] == 'B' && number == 4) seat["aisle_after"] = true;
      seats.push_back(std::move(seat));
    }
    rows.push_back({{"label", label}, {"seats", std::move(seats)}});
    y += 10;
  }
  return {
      {"name", "Little House"},
      {"address", "2 Stage Street, London"},
      {"time_zone", "Europe/London"},
      {"seat_map",
       {{"focal_point", {{"x", 0}, {"y", 0}}},
        {"zones",
         {{{"id", "premium"}, {"name", "Premium"}}, {{"id", "standard"}, {"name", "Standard"}}}},
        {"sections", {{{"id", "stalls"}, {"name", "Stalls"}, {"rows", std::move(rows)}}}}}}};
}

Json performance_in(const std::string& venue, const Json& changes) {
  Json body = {
      {"title", "The Lighthouse"},
      {"venue", venue},
      {"starts_at", "2031-06-04T19:30:00"},
      {"currency", "GBP"},
      {"prices", {{"premium", 0}, {"standard", 0}}},
      {"refuse_single_gaps", false}};
  body.merge_patch(changes);
  return body;
}

Json class_in(const std::string& venue, const Json& changes) {
  Json body = {
      {"title", "Morning Flow"},
      {"venue", venue},
      {"starts_at", "2031-06-05T07:00:00"},
      {"currency", "GBP"},
      {"capacity", 12},
      {"price", 0}};
  body.merge_patch(changes);
  return body;
}

std::string make_venue() {
  const auto id = unique("house");
  const auto made = administrator().put("/v1/venues/" + id, house());
  REQUIRE(made.status == 201);
  return id;
}

namespace {

/// Most tests do not care where something happens.
const std::string& common_venue() {
  static const std::string venue = make_venue();
  return venue;
}

std::string make_offering(const std::string& path, Json body, const char* stem) {
  if (!body.contains("id")) body["id"] = unique(stem);
  const auto made = administrator().post(path, body);
  REQUIRE(made.status == 201);
  return made.json.at("id");
}

}  // namespace

std::string make_performance(const Json& changes) {
  return make_offering("/v1/performances", performance_in(common_venue(), changes), "play");
}

std::string make_class(const Json& changes) {
  return make_offering("/v1/classes", class_in(common_venue(), changes), "yoga");
}

}  // namespace cavea::test
