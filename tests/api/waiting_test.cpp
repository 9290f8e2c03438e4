#include "tests/api/event_stream.hpp"
#include "tests/api/world.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace cavea::test {
namespace {

Answer join(Caller& caller, const Json& body) {
  return caller.post("/v1/waiting-list", body, {fresh_key()});
}

/// Sells all places of a class to `name` and gives where the reservation is.
std::string sell_out(const std::string& name, const std::string& yoga, int places) {
  const auto sold = user(name).reserve({{"offering", yoga}, {"quantity", places}});
  REQUIRE(sold.status == 201);
  return sold.header("location");
}

const Json& only(const Answer& answer) {
  return answer.json.at("offerings").at(0);
}

TEST_CASE("two places are sold, the third person waits, and is asked when one is given back") {
  const auto yoga = make_class({{"capacity", 2}});
  const auto first = sell_out("anna", yoga, 1);
  sell_out("berta", yoga, 1);
  auto clara = user("clara");
  check_problem(clara.reserve({{"offering", yoga}, {"quantity", 1}}), 409, "sold_out");
  const auto joined = join(clara, {{"offerings", {yoga}}, {"party_size", 1}});
  REQUIRE(joined.status == 201);
  CHECK(joined.json.at("status") == "waiting");
  CHECK(only(joined).at("position") == 1);
  const auto wish = joined.header("location");
  CHECK(clara.get(wish).json == joined.json);

  const auto before = std::chrono::steady_clock::now();
  CHECK(user("anna").remove(first).status == 200);
  const auto granted = clara.get(wish);
  const auto took = std::chrono::steady_clock::now() - before;
  CHECK(granted.json.at("status") == "granted");
  const auto reservation = "/v1/reservations/" + only(granted).at("reservation").get<std::string>();
  CHECK(clara.get(reservation).json.at("status") == "held");
  MESSAGE(
      "from the cancellation to the offer being read: "
      << std::chrono::duration_cast<std::chrono::milliseconds>(took).count() << " ms");
  CHECK(took < std::chrono::milliseconds(250));
  check_problem(user("dora").reserve({{"offering", yoga}, {"quantity", 1}}), 409, "sold_out");
  CHECK(clara.post(reservation + "/acceptance").json.at("status") == "confirmed");

  // Sold, given back, sold again: to whoever comes now.
  CHECK(clara.remove(reservation).status == 200);
  CHECK(user("dora").reserve({{"offering", yoga}, {"quantity", 1}}).status == 201);
}

TEST_CASE(
    "an offer that costs something is paid, not accepted, and goes to the next when declined") {
  const auto yoga = make_class({{"capacity", 1}, {"price", 1400}});
  const auto taken = sell_out("emil", yoga, 1);
  auto fay = user("fay");
  auto gus = user("gus");
  const auto first = join(fay, {{"offerings", {yoga}}, {"party_size", 1}, {"book_at_once", true}});
  const auto second = join(gus, {{"offerings", {yoga}}, {"party_size", 1}});
  CHECK(only(second).at("position") == 2);
  CHECK(only(second).at("places_ahead") == 1);
  user("emil").remove(taken);
  const auto offer = "/v1/reservations/" + first.json.at("id").get<std::string>();
  check_problem(fay.post(offer + "/acceptance"), 409, "offer_must_be_paid");
  CHECK(fay.remove(offer).status == 200);
  const auto next = "/v1/reservations/" + second.json.at("id").get<std::string>();
  CHECK(administrator().post(next + "/confirmation").json.at("status") == "confirmed");
}

TEST_CASE("a party waits together for seats, and what is kept for it is seen as blocked") {
  const auto play = make_performance();
  auto harry = user("harry");
  std::vector<std::string> places;
  for (const auto* row : {"A", "B", "C", "D"}) {
    Json seats = Json::array();
    for (int i = 1; i <= 8; ++i)
      seats.push_back("stalls-" + std::string(row) + "-" + std::to_string(i));
    const auto sold = harry.reserve({{"offering", play}, {"seats", seats}});
    REQUIRE(sold.status == 201);
    places.push_back(sold.header("location"));
  }
  auto ida = user("ida");
  const auto joined = join(
      ida,
      {{"offerings", {play}},
       {"party_size", 3},
       {"together", true},
       {"zones", {"standard"}},
       {"book_at_once", true}});
  REQUIRE(joined.status == 201);
  const auto wish = joined.header("location");
  const auto give_back = [&](const std::string& place, const std::string& seat) {
    CHECK(harry.post(place + "/cancellation", {{"seats", {seat}}}).status == 200);
  };
  for (const auto* name : {"jan", "kim", "leo"}) {
    give_back(places[2], "stalls-C-" + std::to_string(2 * (1 + name[0] - 'j')));
    auto single = user(name);
    REQUIRE(
        single.reserve({{"offering", play}, {"best_available", {{"party_size", 1}}}}).status
        == 201);
  }
  CHECK(only(ida.get(wish)).at("passed_over") == 3);
  give_back(places[3], "stalls-D-4");
  CHECK(
      anyone().get("/v1/performances/" + play + "/seats").json.at("states").at("stalls-D-4")
      == "blocked");
  check_problem(
      user("mia").reserve({{"offering", play}, {"seats", {"stalls-D-4"}}}), 409, "sold_out");
  give_back(places[3], "stalls-D-3");
  give_back(places[3], "stalls-D-5");
  const auto granted = ida.get(wish);
  REQUIRE(granted.json.at("status") == "granted");
  const auto reservation =
      ida.get("/v1/reservations/" + only(granted).at("reservation").get<std::string>());
  CHECK(reservation.json.at("status") == "confirmed");
  Json seats = Json::array();
  for (const auto& place : reservation.json.at("items").at(0).at("places"))
    seats.push_back(place.at("seat"));
  CHECK(seats == Json{"stalls-D-3", "stalls-D-4", "stalls-D-5"});
}

TEST_CASE("whoever watches the seats sees one delta in which a place passes to who waits") {
  const auto play = make_performance({{"prices", {{"premium", 9500}, {"standard", 6500}}}});
  auto nina = user("nina");
  std::vector<std::string> places;
  for (const auto* row : {"A", "B", "C", "D"}) {
    Json seats = Json::array();
    for (int i = 1; i <= 8; ++i)
      seats.push_back("stalls-" + std::string(row) + "-" + std::to_string(i));
    places.push_back(nina.reserve({{"offering", play}, {"seats", seats}}).header("location"));
  }
  auto olga = user("olga");
  REQUIRE(join(olga, {{"offerings", {play}}, {"party_size", 1}}).status == 201);
  EventStream stream(play);
  nina.post(places[1] + "/cancellation", {{"seats", {"stalls-B-5"}}});
  while (true) {
    const auto event = stream.next();
    if (event.name != "delta") continue;
    CHECK(event.data.at("states") == Json{{"stalls-B-5", "held"}});
    break;
  }
}

TEST_CASE("who cannot wait is told why") {
  const auto yoga = make_class({{"capacity", 2}, {"person_limit", 2}});
  auto pia = user("pia");
  check_problem(
      join(pia, {{"offerings", {"no-such-class"}}, {"party_size", 1}}), 404, "offering_not_found");
  check_problem(join(pia, {{"offerings", {yoga}}, {"party_size", 1}}), 409, "places_are_free");
  check_problem(join(pia, {{"offerings", {yoga}}, {"party_size", 0}}), 422, "claim_is_empty");
  check_problem(join(pia, {{"offerings", {yoga}}, {"party_size", 101}}), 422, "claim_too_large");
  check_problem(
      join(pia, {{"offerings", {yoga}}, {"party_size", 1}, {"zones", {"premium"}}}),
      422,
      "claim_kind_not_offered");
  check_problem(join(pia, {{"offerings", {yoga}}, {"party_size", 3}}), 409, "person_limit_reached");
  sell_out("quin", yoga, 2);
  REQUIRE(join(pia, {{"offerings", {yoga}}, {"party_size", 1}}).status == 201);
  check_problem(join(pia, {{"offerings", {yoga}}, {"party_size", 2}}), 409, "already_waiting");
  const auto open = make_class({{"capacity", 2}});
  const auto too_large = join(pia, {{"offerings", {open}}, {"party_size", 3}});
  check_problem(too_large, 422, "party_too_large");
  CHECK(too_large.json.at("available") == 2);
  const auto play = make_performance();
  check_problem(
      join(pia, {{"offerings", {play}}, {"party_size", 1}, {"zones", {"royal"}}}),
      422,
      "zone_unknown");
  check_problem(
      pia.post("/v1/waiting-list", {{"offerings", {yoga}}, {"party_size", 1}}),
      400,
      "idempotency_key_missing");
  check_problem(
      pia.post(
          "/v1/waiting-list",
          {{"offerings", {yoga}}, {"party_size", 1}, {"user", "rosa"}},
          {fresh_key()}),
      403,
      "forbidden");
}

TEST_CASE("my page and the box office see who waits, and both may end it") {
  const auto yoga = make_class({{"capacity", 1}});
  sell_out("sara", yoga, 1);
  const auto name = unique("tom");
  auto tom = user(name);
  auto uma = user(unique("uma"));
  auto boss = administrator();
  const auto first = join(tom, {{"offerings", {yoga}}, {"party_size", 1}});
  const auto second = join(uma, {{"offerings", {yoga}}, {"party_size", 1}});
  const auto mine = tom.get("/v1/me/waiting-list");
  REQUIRE(mine.json.at("items").size() == 1);
  CHECK(mine.json.at("items").at(0) == first.json);

  const auto parties = boss.get("/v1/classes/" + yoga + "/waiting-list?limit=1");
  CHECK(parties.json.at("items").at(0).at("user") == name);
  const auto more = boss.get(
      "/v1/classes/" + yoga
      + "/waiting-list?limit=1&cursor=" + parties.json.at("next").get<std::string>());
  CHECK(more.json.at("items").at(0).at("id") == second.json.at("id"));
  CHECK(more.json.at("next").is_null());
  check_problem(tom.get("/v1/classes/" + yoga + "/waiting-list"), 403, "forbidden");
  check_problem(boss.get("/v1/performances/" + yoga + "/waiting-list"), 404, "offering_not_found");

  const auto wish = first.header("location");
  check_problem(uma.get(wish), 404, "waiting_not_found");
  check_problem(uma.remove(wish), 404, "waiting_not_found");
  const auto left = tom.remove(wish);
  CHECK(left.json.at("status") == "left");
  CHECK(only(left).at("ended_by") == "user");
  check_problem(tom.remove(wish), 409, "waiting_has_ended");
  CHECK(only(boss.remove(second.header("location"))).at("ended_by") == "administrator");
  CHECK(boss.get("/v1/classes/" + yoga + "/waiting-list").json.at("items").empty());
}

TEST_CASE("a class that is cancelled or closes its sale lets nobody wait") {
  const auto yoga = make_class({{"capacity", 1}});
  sell_out("vera", yoga, 1);
  auto will = user("will");
  const auto wish = join(will, {{"offerings", {yoga}}, {"party_size", 1}}).header("location");
  administrator().post("/v1/classes/" + yoga + "/cancellation", {{"reason", "ill"}});
  const auto ended = will.get(wish);
  CHECK(ended.json.at("status") == "withdrawn");
  CHECK(only(ended).at("ended_by") == "offering_cancelled");
  check_problem(
      join(will, {{"offerings", {yoga}}, {"party_size", 1}}), 409, "offering_is_cancelled");
}

TEST_CASE("a wish that is repeated with its key is answered, not made twice") {
  const auto yoga = make_class({{"capacity", 1}});
  sell_out("xena", yoga, 1);
  auto yara = user("yara");
  const Json body = {{"offerings", {yoga}}, {"party_size", 1}};
  const auto key = fresh_key();
  const auto first = yara.post("/v1/waiting-list", body, {key});
  const auto again = yara.post("/v1/waiting-list", body, {key});
  CHECK(again.status == 201);
  CHECK(again.header("idempotency-replayed") == "true");
  CHECK(again.json == first.json);
  check_problem(
      yara.post("/v1/waiting-list", {{"offerings", {yoga}}, {"party_size", 2}}, {key}),
      422,
      "idempotency_key_reused");
}

}  // namespace
}  // namespace cavea::test
