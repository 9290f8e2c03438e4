#include "tests/api/world.hpp"

#include <doctest/doctest.h>

#include <set>

namespace cavea::test {
namespace {

TEST_CASE("a venue is created, read, changed and deleted") {
  auto admin = administrator();
  const auto id = unique("hall");
  const auto path = "/v1/venues/" + id;

  const auto made = admin.put(path, house());
  CHECK(made.status == 201);
  CHECK(made.header("location") == path);
  CHECK(made.header("etag") == "\"1\"");
  CHECK(made.json.at("id") == id);
  CHECK(made.json.at("revision") == 1);
  CHECK(made.json.at("seat_map") == house().at("seat_map"));

  const auto read = anyone().get(path);
  CHECK(read.status == 200);
  CHECK(read.json == made.json);
  CHECK(anyone().get(path, {"If-None-Match: \"1\""}).status == 304);
  CHECK(anyone().get(path, {"If-None-Match: \"0\""}).status == 200);

  auto renamed = house();
  renamed["name"] = "Larger House";
  const auto changed = admin.put(path, renamed, {"If-Match: \"1\""});
  CHECK(changed.status == 200);
  CHECK(changed.json.at("name") == "Larger House");
  CHECK(changed.header("etag") == "\"2\"");

  CHECK(admin.remove(path, {"If-Match: \"2\""}).status == 204);
  check_problem(anyone().get(path), 404, "venue_not_found");
}

TEST_CASE("a venue can be posted with its id in the body") {
  auto body = house();
  const auto id = unique("posted");
  body["id"] = id;
  const auto made = administrator().post("/v1/venues", body);
  CHECK(made.status == 201);
  CHECK(made.header("location") == "/v1/venues/" + id);
  check_problem(administrator().post("/v1/venues", body), 409, "id_used");

  body.erase("id");
  const auto nameless = administrator().post("/v1/venues", body);
  check_problem(nameless, 400, "invalid_request");
  CHECK(has_fault_at(nameless, "/id"));
}

TEST_CASE("a change of a venue needs the revision that it rests on") {
  auto admin = administrator();
  const auto path = "/v1/venues/" + make_venue();
  check_problem(admin.put(path, house()), 428, "precondition_required");
  check_problem(admin.put(path, house(), {"If-Match: \"7\""}), 412, "revision_mismatch");
  check_problem(admin.put(path, house(), {"If-None-Match: *"}), 412, "revision_mismatch");
  const auto odd = admin.put(path, house(), {"If-Match: seven"});
  check_problem(odd, 400, "invalid_request");
  CHECK(has_fault_at(odd, "If-Match"));
  check_problem(admin.remove(path), 428, "precondition_required");
  check_problem(admin.remove(path, {"If-Match: \"7\""}), 412, "revision_mismatch");
}

TEST_CASE("a venue is created with If-None-Match when its id is free") {
  const auto path = "/v1/venues/" + unique("free");
  CHECK(administrator().put(path, house(), {"If-None-Match: *"}).status == 201);
}

TEST_CASE("a venue in use is not deleted") {
  const auto performance = make_performance();
  const auto venue =
      anyone().get("/v1/performances/" + performance).json.at("venue").get<std::string>();
  const auto path = "/v1/venues/" + venue;
  const auto etag = if_match(anyone().get(path));
  check_problem(administrator().remove(path, {etag}), 409, "venue_in_use");
}

TEST_CASE("a venue that is not valid is refused with a pointer to each fault") {
  auto admin = administrator();
  const auto path = "/v1/venues/" + unique("wrong");

  auto shapeless = house();
  shapeless["name"] = 7;
  shapeless["colour"] = "red";
  shapeless.erase("time_zone");
  const auto wrong_shape = admin.put(path, shapeless);
  check_problem(wrong_shape, 400, "invalid_request");
  CHECK(has_fault_at(wrong_shape, "/name"));
  CHECK(has_fault_at(wrong_shape, "/colour"));
  CHECK(has_fault_at(wrong_shape, "/time_zone"));

  auto senseless = house();
  senseless["time_zone"] = "Europe/Atlantis";
  senseless["seat_map"]["sections"][0]["rows"][1]["seats"][2]["zone"] = "moon";
  const auto wrong_sense = admin.put(path, senseless);
  check_problem(wrong_sense, 422, "definition_not_valid");
  CHECK(has_fault_at(wrong_sense, "/time_zone"));
  CHECK(has_fault_at(wrong_sense, "/seat_map/sections/0/rows/1/seats/2/zone"));

  auto twice = house();
  auto& seats = twice["seat_map"]["sections"][0]["rows"][0]["seats"];
  seats[1]["number"] = "1";
  check_problem(admin.put(path, twice), 422, "definition_not_valid");
  check_problem(anyone().get(path), 404, "venue_not_found");
}

TEST_CASE("a venue may be without numbered seats and anyone may read the list") {
  const auto id = unique("studio");
  const Json studio = {{"name", "Studio"}, {"time_zone", "Europe/Berlin"}};
  const auto made = administrator().put("/v1/venues/" + id, studio);
  CHECK(made.status == 201);
  CHECK_FALSE(made.json.contains("seat_map"));

  const auto seated = make_venue();
  std::map<std::string, int> seats;
  std::string next;
  do {
    const auto page = anyone().get("/v1/venues?limit=2" + next);
    REQUIRE(page.status == 200);
    CHECK(page.json.at("items").size() <= 2);
    for (const auto& item : page.json.at("items")) {
      CHECK_FALSE(item.contains("seat_map"));
      CHECK(seats.emplace(item.at("id"), item.at("seat_count")).second);
    }
    const auto& cursor = page.json.at("next");
    next = cursor.is_null() ? "" : "&cursor=" + cursor.get<std::string>();
  } while (!next.empty());
  CHECK(seats.at(id) == 0);
  CHECK(seats.at(seated) == 32);
}

TEST_CASE("the seat map of a venue grows and a performance takes the new map when it is told") {
  auto admin = administrator();
  const auto venue = make_venue();
  const auto id = unique("play");
  REQUIRE(admin.post("/v1/performances", performance_in(venue, {{"id", id}})).status == 201);
  auto larger = house();
  larger["seat_map"]["sections"][0]["rows"][3]["seats"].push_back(
      {{"number", "9"}, {"zone", "standard"}, {"x", 4.5}, {"y", 9.0}});
  REQUIRE(admin.put("/v1/venues/" + venue, larger, {"If-Match: \"1\""}).status == 200);

  const auto path = "/v1/performances/" + id;
  const auto before = anyone().get(path);
  CHECK(before.json.at("places").at("total") == 32);
  const auto after = admin.patch(path, {{"seat_map_revision", "latest"}}, {if_match(before)});
  CHECK(after.status == 200);
  CHECK(after.json.at("places").at("total") == 33);
  CHECK(after.json.at("seat_map_revision") == 2);
}

TEST_CASE("what is made under an id that cannot be one is refused by the field that has the id") {
  auto admin = administrator();
  const auto put = admin.put("/v1/venues/Bad%20Id", house());
  check_problem(put, 400, "invalid_request");
  CHECK(has_fault_at(put, "id"));
  check_problem(anyone().get("/v1/venues/Bad%20Id"), 404, "venue_not_found");

  auto venue = house();
  venue["id"] = "Bad Id";
  const auto place = make_venue();
  const auto play = performance_in(place, {{"id", "Bad Id"}});
  const auto course = class_in(place, {{"id", "Bad Id"}});
  for (const auto& refused :
       {admin.post("/v1/venues", venue),
        admin.post("/v1/performances", play),
        admin.post("/v1/classes", course)}) {
    check_problem(refused, 400, "invalid_request");
    CHECK(has_fault_at(refused, "/id"));
  }
}

TEST_CASE("a new seat map without a sold seat is refused by the field that asks for it") {
  auto admin = administrator();
  const auto venue = make_venue();
  const auto id = unique("play");
  REQUIRE(admin.post("/v1/performances", performance_in(venue, {{"id", id}})).status == 201);
  const Json item = {{"offering", id}, {"seats", {"stalls-D-8"}}};
  REQUIRE(user("vera").reserve(item).status == 201);
  auto smaller = house();
  auto& last_row = smaller["seat_map"]["sections"][0]["rows"][3]["seats"];
  last_row.erase(last_row.size() - 1);
  REQUIRE(admin.put("/v1/venues/" + venue, smaller, {"If-Match: \"1\""}).status == 200);

  const auto path = "/v1/performances/" + id;
  const auto refused =
      admin.patch(path, {{"seat_map_revision", "latest"}}, {if_match(anyone().get(path))});
  check_problem(refused, 409, "change_loses_taken_place");
  CHECK(has_fault_at(refused, "/seat_map_revision"));
  CHECK(refused.json.at("places")[0].at("seat") == "stalls-D-8");
}

}  // namespace
}  // namespace cavea::test
