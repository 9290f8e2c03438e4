#include "tests/api/event_stream.hpp"
#include "tests/api/world.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

namespace cavea::test {
namespace {

/// Applies a delta to the states that a viewer has.
void apply_delta(const Json& delta, Json& states) {
  for (const auto& [seat, state] : delta.at("states").items()) {
    if (state == "free") {
      states.erase(seat);
    } else {
      states[seat] = state;
    }
  }
}

Answer buy(const std::string& play, const Json& seats) {
  auto answer = user("viewer").reserve({{"offering", play}, {"seats", seats}});
  REQUIRE(answer.status == 201);
  return answer;
}

TEST_CASE("the seats of a performance are shown with map, prices, states and version") {
  const auto play = make_performance({{"prices", {{"premium", 9500}, {"standard", 6500}}}});
  const auto path = "/v1/performances/" + play + "/seats";
  const auto before = anyone().get(path);
  REQUIRE(before.status == 200);
  CHECK(before.json.at("offering") == play);
  CHECK(before.json.at("map") == house().at("seat_map"));
  CHECK(before.json.at("prices") == Json{{"premium", 9500}, {"standard", 6500}});
  CHECK(before.json.at("states") == Json::object());
  const auto version = before.json.at("version").get<int>();
  CHECK(before.header("etag") == "\"" + std::to_string(version) + "\"");

  const auto held = buy(play, {"stalls-C-1"});
  const auto after = anyone().get(path + "?map=false");
  CHECK_FALSE(after.json.contains("map"));
  CHECK(after.json.at("states") == Json{{"stalls-C-1", "held"}});
  CHECK(after.json.at("version") == held.json.at("version"));
  CHECK(after.json.at("version") == version + 1);
  CHECK(anyone().get("/v1/performances/" + play).json.at("version") == after.json.at("version"));
  check_problem(anyone().get(path + "?map=no"), 400, "invalid_request");
}

TEST_CASE("seats that did not change are not sent again") {
  const auto play = make_performance();
  const auto path = "/v1/performances/" + play + "/seats";
  const auto before = anyone().get(path);
  const auto same = anyone().get(path, {"If-None-Match: " + before.header("etag")});
  CHECK(same.status == 304);
  CHECK(same.body.empty());
  CHECK(same.header("etag") == before.header("etag"));
  buy(play, {"stalls-C-1"});
  CHECK(anyone().get(path, {"If-None-Match: " + before.header("etag")}).status == 200);
}

TEST_CASE("a class has no seats and no feed") {
  const auto yoga = make_class();
  const auto path = "/v1/performances/" + yoga + "/seats";
  CHECK(anyone().get(path).status >= 400);
  CHECK(anyone().get(path + "/stream").status >= 400);
  check_problem(anyone().get("/v1/performances/no-such/seats"), 404, "offering_not_found");
  check_problem(anyone().get("/v1/performances/no-such/seats/stream"), 404, "offering_not_found");
}

TEST_CASE("a feed begins with all states and goes on with every change without a gap") {
  const auto play = make_performance();
  const auto first = buy(play, {"stalls-B-1"});
  EventStream stream(play);
  auto event = stream.next();
  CHECK(event.name == "snapshot");
  CHECK(event.data.at("states") == Json{{"stalls-B-1", "sold"}});
  CHECK(event.data.at("version") == first.json.at("version"));
  CHECK(event.id == event.data.at("version").dump());
  auto states = event.data.at("states");
  auto version = event.data.at("version");

  const auto second = buy(play, {"stalls-B-2", "stalls-B-3"});
  event = stream.next();
  CHECK(event.name == "delta");
  CHECK(event.data.at("states") == Json{{"stalls-B-2", "sold"}, {"stalls-B-3", "sold"}});
  CHECK(event.data.at("previous") == version);
  CHECK(event.data.at("version") == second.json.at("version"));
  apply_delta(event.data, states);
  version = event.data.at("version");

  REQUIRE(user("viewer").remove(first.header("location")).status == 200);
  const Json block = {{"seats", {"stalls-D-8"}}, {"reason", "broken"}};
  REQUIRE(administrator().post("/v1/performances/" + play + "/blocks", block).status == 200);
  for (int i = 0; i < 2; ++i) {
    event = stream.next();
    CHECK(event.name == "delta");
    CHECK(event.data.at("previous") == version);
    apply_delta(event.data, states);
    version = event.data.at("version");
  }
  const auto now = anyone().get("/v1/performances/" + play + "/seats?map=false");
  CHECK(now.json.at("states") == states);
  CHECK(now.json.at("version") == version);
}

TEST_CASE("a viewer that comes back gets what it missed") {
  const auto play = make_performance();
  EventStream stays(play);
  const auto begin = stays.next();
  std::vector<Event> all;
  for (const auto* seat : {"stalls-C-1", "stalls-C-2", "stalls-C-3"}) {
    buy(play, {seat});
    all.push_back(stays.next());
  }

  // Each thread of the node has the deltas since its first viewer came; the others send everything,
  // and which one a viewer comes to is chance.
  const auto seats = anyone().get("/v1/performances/" + play + "/seats?map=false");
  std::vector<std::unique_ptr<EventStream>> viewers;
  int deltas = 0;
  for (int i = 0; i < 8 || (deltas == 0 && i < 64); ++i) {
    viewers.push_back(std::make_unique<EventStream>(play, all[0].id));
    auto states = all[0].data.at("states");
    auto seen = all[0].id;
    while (seen != all[2].id) {
      const auto event = viewers.back()->next();
      if (event.name == "snapshot") {
        states = event.data.at("states");
      } else {
        CHECK(event.name == "delta");
        CHECK(event.data.at("previous").dump() == seen);
        apply_delta(event.data, states);
        ++deltas;
      }
      seen = event.id;
    }
    CHECK(states == seats.json.at("states"));
  }
  CHECK_MESSAGE(deltas > 0, "nobody was sent what it missed, all were sent everything");

  // Nothing was missed: what comes next is the next change.
  EventStream current(play, all[2].id);
  buy(play, {"stalls-C-4"});
  const auto next = current.next();
  CHECK(next.data.at("states").at("stalls-C-4") == "sold");
}

TEST_CASE("a feed says that the map changed and sends the states anew") {
  auto admin = administrator();
  const auto venue = make_venue();
  const auto play = unique("play");
  REQUIRE(admin.post("/v1/performances", performance_in(venue, {{"id", play}})).status == 201);
  EventStream stream(play);
  REQUIRE(stream.next().name == "snapshot");
  auto larger = house();
  larger["seat_map"]["sections"][0]["rows"][3]["seats"].push_back(
      {{"number", "9"}, {"zone", "standard"}, {"x", 4.5}, {"y", 9.0}});
  REQUIRE(admin.put("/v1/venues/" + venue, larger, {"If-Match: \"1\""}).status == 200);
  const Json patch = {{"seat_map_revision", "latest"}};
  REQUIRE(admin.patch("/v1/performances/" + play, patch, {"If-Match: \"1\""}).status == 200);
  CHECK(stream.next().name == "map");
  const auto snapshot = stream.next();
  CHECK(snapshot.name == "snapshot");
  CHECK(snapshot.data.at("seat_map_revision") == 2);
}

TEST_CASE("a feed ends when its performance is deleted") {
  const auto play = make_performance();
  EventStream stream(play);
  REQUIRE(stream.next().name == "snapshot");
  const auto path = "/v1/performances/" + play;
  REQUIRE(administrator().remove(path, {"If-Match: \"1\""}).status == 204);
  CHECK(stream.next().name == "end");
  CHECK(stream.is_over());
}

TEST_CASE("a feed shows that a cancelled performance gave its seats back") {
  const auto play = make_performance();
  buy(play, {"stalls-C-1", "stalls-C-2"});
  EventStream stream(play);
  auto event = stream.next();
  auto states = event.data.at("states");
  const auto path = "/v1/performances/" + play;
  REQUIRE(administrator().post(path + "/cancellation", {{"reason", "fire"}}).status == 200);
  while (!states.empty()) {
    event = stream.next();
    REQUIRE(event.name == "delta");
    apply_delta(event.data, states);
  }
  CHECK(anyone().get(path + "/seats").json.at("states") == Json::object());
}

}  // namespace
}  // namespace cavea::test
