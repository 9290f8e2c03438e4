#include "tests/api/world.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::test {
namespace {

TEST_CASE("places of a free class are sold at once and some are given back") {
  const auto id = make_class();
  auto anna = user("anna");
  const auto bought = anna.reserve({{"offering", id}, {"quantity", 3}});
  REQUIRE(bought.status == 201);
  const auto& body = bought.json;
  const auto path = "/v1/reservations/" + body.at("id").get<std::string>();
  CHECK(bought.header("location") == path);
  CHECK(body.at("id").get<std::string>().size() == 26);
  CHECK(body.at("status") == "confirmed");
  CHECK(body.at("user") == "anna");
  CHECK(body.at("held_until").is_null());
  CHECK(body.at("total") == Json{{"amount", 0}, {"currency", "GBP"}});
  const auto& item = body.at("items").at(0);
  CHECK(item.at("offering") == id);
  CHECK(item.at("kind") == "class");
  CHECK(item.at("title") == "Morning Flow");
  CHECK(item.at("quantity") == 3);
  CHECK(item.at("places").size() == 3);
  CHECK(item.at("places").at(0) == Json{{"price", 0}, {"status", "sold"}});
  CHECK(anna.get(path).json == body);

  const auto fewer = anna.post(path + "/cancellation", {{"quantity", 1}});
  CHECK(fewer.status == 200);
  CHECK(fewer.json.at("status") == "confirmed");
  CHECK(fewer.json.at("items").at(0).at("quantity") == 2);
  CHECK(fewer.json.at("items").at(0).at("places").at(2).at("status") == "given_back");
  CHECK(fewer.json.at("version") > body.at("version"));
  check_problem(
      anna.post(path + "/cancellation", {{"quantity", 3}}), 422, "place_not_in_reservation");
  check_problem(anna.post(path + "/cancellation", {{"quantity", 0}}), 400, "invalid_request");
  check_problem(
      anna.post(path + "/cancellation", {{"seats", {"stalls-A-1"}}}),
      422,
      "claim_kind_not_offered");

  const auto gone = anna.remove(path);
  CHECK(gone.status == 200);
  CHECK(gone.json.at("status") == "cancelled");
  CHECK(gone.json.at("items").at(0).at("quantity") == 0);
  check_problem(anna.remove(path), 409, "reservation_has_ended");
  CHECK(anyone().get("/v1/classes/" + id).json.at("places").at("free") == 12);
}

TEST_CASE("a class sells out and says how much is left") {
  const auto id = make_class({{"capacity", 5}});
  auto berta = user("berta");
  REQUIRE(berta.reserve({{"offering", id}, {"quantity", 3}}).status == 201);
  const auto short_of = berta.reserve({{"offering", id}, {"quantity", 3}});
  check_problem(short_of, 409, "not_enough_places");
  CHECK(short_of.json.at("available") == 2);
  REQUIRE(berta.reserve({{"offering", id}, {"quantity", 2}}).status == 201);
  check_problem(berta.reserve({{"offering", id}, {"quantity", 1}}), 409, "sold_out");
  CHECK(anyone().get("/v1/classes/" + id).json.at("status") == "sold_out");
}

TEST_CASE("named seats are sold to one and a refused claim says which are taken") {
  const auto id = make_performance();
  const auto first =
      user("anna").reserve({{"offering", id}, {"seats", {"stalls-B-3", "stalls-B-4"}}});
  REQUIRE(first.status == 201);
  const auto& places = first.json.at("items").at(0).at("places");
  CHECK(
      places.at(0)
      == Json{{"seat", "stalls-B-3"}, {"zone", "premium"}, {"price", 0}, {"status", "sold"}});

  const auto refused = user("berta").reserve(
      {{"offering", id}, {"seats", {"stalls-B-2", "stalls-B-3", "stalls-B-4"}}});
  check_problem(refused, 409, "places_taken");
  CHECK(
      refused.json.at("places")
      == Json{
          {{"seat", "stalls-B-3"}, {"state", "sold"}},
          {{"seat", "stalls-B-4"}, {"state", "sold"}}});

  const auto path = first.header("location");
  const auto fewer = user("anna").post(path + "/cancellation", {{"seats", {"stalls-B-3"}}});
  CHECK(fewer.status == 200);
  CHECK(fewer.json.at("items").at(0).at("quantity") == 1);
  CHECK(
      user("berta").reserve({{"offering", id}, {"seats", {"stalls-B-2", "stalls-B-3"}}}).status
      == 201);
  check_problem(
      user("anna").post(path + "/cancellation", {{"seats", {"stalls-B-3"}}}),
      422,
      "place_not_in_reservation");
}

TEST_CASE("best available finds seats together near the stage and obeys zones") {
  const auto id = make_performance();
  const auto seats_of = [](const Answer& answer) {
    Json seats = Json::array();
    REQUIRE(answer.status == 201);
    for (const auto& place : answer.json.at("items").at(0).at("places")) {
      seats.push_back(place.at("seat"));
    }
    return seats;
  };
  const auto best = [&](const Json& wish) {
    return user("clara").reserve({{"offering", id}, {"best_available", wish}});
  };
  const Json front = {"stalls-A-3", "stalls-A-4", "stalls-A-5", "stalls-A-6"};
  CHECK(seats_of(best({{"party_size", 4}})) == front);
  const auto standard = seats_of(best({{"party_size", 2}, {"zones", {"standard"}}}));
  CHECK(standard == Json{"stalls-C-4", "stalls-C-5"});
  const auto reached = seats_of(best({{"party_size", 2}, {"accessible", true}}));
  CHECK(reached == Json{"stalls-A-1", "stalls-A-2"});

  const auto moon = best({{"party_size", 2}, {"zones", {"moon"}}});
  check_problem(moon, 422, "zone_unknown");
  CHECK(moon.json.at("unknown") == Json{"moon"});
  check_problem(best({{"party_size", 2}, {"sections", {"roof"}}}), 422, "section_unknown");
  const auto many = best({{"party_size", 15}, {"zones", {"standard"}}});
  check_problem(many, 409, "not_enough_places");
  CHECK(many.json.at("available") == 14);
}

TEST_CASE("a seat is not left alone and the refusal names seats that would do") {
  const auto id = make_performance({{"refuse_single_gaps", true}});
  auto dora = user("dora");
  REQUIRE(dora.reserve({{"offering", id}, {"seats", {"stalls-D-1", "stalls-D-2"}}}).status == 201);
  const auto refused = dora.reserve({{"offering", id}, {"seats", {"stalls-D-4", "stalls-D-5"}}});
  check_problem(refused, 409, "single_seat_gap");
  CHECK(refused.json.at("places").at(0) == Json{{"seat", "stalls-D-3"}, {"state", "free"}});
  const auto& alternatives = refused.json.at("alternatives");
  REQUIRE(alternatives.size() >= 1);
  CHECK(dora.reserve({{"offering", id}, {"seats", alternatives.at(0)}}).status == 201);
}

TEST_CASE("a class that refuses overlaps says what its person has at that time") {
  const auto morning = make_class({{"refuse_overlaps", true}, {"title", "Morning"}});
  const auto early = make_class({{"refuse_overlaps", true}, {"starts_at", "2031-06-05T06:30:00"}});
  auto olga = user("olga");
  const auto has = olga.reserve({{"offering", morning}, {"quantity", 1}});
  REQUIRE(has.status == 201);
  const auto refused = olga.reserve({{"offering", early}, {"quantity", 1}});
  check_problem(refused, 409, "overlapping_reservation");
  const auto& other = refused.json.at("overlaps_with");
  CHECK(other.at("reservation") == has.json.at("id"));
  CHECK(other.at("offering") == morning);
  CHECK(other.at("title") == "Morning");
  CHECK(other.at("starts_at") == "2031-06-05T07:00:00+01:00");
  const Json first = {{"offering", make_class()}, {"quantity", 1}};
  const Json second = {{"offering", early}, {"quantity", 1}};
  const auto several = olga.post(
      "/v1/reservations",
      {{"items", {first, second}}},
      {"Idempotency-Key: \"" + unique("several") + "\""});
  check_problem(several, 409, "overlapping_reservation");
  CHECK(several.json.at("item") == 1);

  // Changed so, it refuses nothing any more.
  const auto path = "/v1/classes/" + early;
  CHECK(administrator().get(path).json.at("refuse_overlaps") == true);
  const auto changed =
      administrator().patch(path, {{"refuse_overlaps", false}}, {"If-Match: \"1\""});
  REQUIRE(changed.status == 200);
  CHECK(changed.json.at("refuse_overlaps") == false);
  CHECK(olga.reserve({{"offering", early}, {"quantity", 1}}).status == 201);
}

TEST_CASE("claims that can never succeed are told apart from those that come too late") {
  auto emil = user("emil");
  const auto play = make_performance();
  const auto yoga = make_class();
  const auto claim = [&](const std::string& offering, const char* how, const Json& what) {
    return emil.reserve({{"offering", offering}, {how, what}});
  };
  const auto unknown = claim(play, "seats", {"stalls-A-1", "stalls-Z-9"});
  check_problem(unknown, 422, "place_unknown");
  CHECK(unknown.json.at("unknown") == Json{"stalls-Z-9"});
  check_problem(claim(play, "seats", {"stalls-A-1", "stalls-A-1"}), 422, "place_named_twice");
  check_problem(claim(play, "seats", Json::array()), 422, "claim_is_empty");
  check_problem(claim(play, "quantity", 2), 422, "claim_kind_not_offered");
  check_problem(claim(yoga, "seats", {"stalls-A-1"}), 422, "claim_kind_not_offered");
  check_problem(claim(yoga, "quantity", 0), 422, "claim_is_empty");
  const auto large = claim(yoga, "quantity", 101);
  check_problem(large, 422, "claim_too_large");
  CHECK(large.json.at("available") == 100);
  check_problem(claim("no-such-offering", "quantity", 1), 404, "offering_not_found");
  check_problem(claim("No Such", "quantity", 1), 400, "invalid_request");
  const auto closed = make_class(
      {{"sale_opens_at", "2020-01-01T00:00:00Z"}, {"sale_closes_at", "2020-02-01T00:00:00Z"}});
  check_problem(claim(closed, "quantity", 1), 409, "sale_closed");
  const auto early = make_class({{"sale_opens_at", "2030-01-01T00:00:00Z"}});
  const auto not_yet = claim(early, "quantity", 1);
  check_problem(not_yet, 409, "sale_not_open");
  CHECK(not_yet.json.at("opens_at") == "2030-01-01T00:00:00+00:00");
}

TEST_CASE("nobody gets more places than one person may have") {
  const auto id = make_class({{"person_limit", 3}});
  auto fritz = user("fritz");
  REQUIRE(fritz.reserve({{"offering", id}, {"quantity", 2}}).status == 201);
  const auto refused = fritz.reserve({{"offering", id}, {"quantity", 2}});
  check_problem(refused, 409, "person_limit_reached");
  CHECK(refused.json.at("available") == 1);
  CHECK(fritz.reserve({{"offering", id}, {"quantity", 1}}).status == 201);
  CHECK(user("gerda").reserve({{"offering", id}, {"quantity", 3}}).status == 201);
}

TEST_CASE("after the cut-off only an administrator cancels") {
  // A year before the start; the start is so near that the cut-off has passed.
  const auto id = make_class(
      {{"starts_at", "2027-06-05T07:00:00"}, {"cancellation_cutoff_minutes", 366 * 24 * 60}});
  const auto bought = user("hans").reserve({{"offering", id}, {"quantity", 1}});
  REQUIRE(bought.status == 201);
  const auto path = bought.header("location");
  check_problem(user("hans").remove(path), 409, "cancellation_cutoff_passed");
  CHECK(administrator().remove(path).json.at("status") == "cancelled");
}

TEST_CASE("a reservation that cannot be read is refused with a pointer to each fault") {
  auto ida = user("ida");
  const auto post = [&](const Json& body) {
    return ida.post("/v1/reservations", body, {fresh_key()});
  };
  const auto id = make_class();
  check_problem(post(Json::array()), 400, "invalid_request");
  CHECK(has_fault_at(post(Json::object()), "/items"));
  CHECK(has_fault_at(post({{"items", Json::array()}}), "/items"));
  const Json one = {{"offering", id}, {"quantity", 1}};
  CHECK(has_fault_at(post({{"items", Json(11, one)}}), "/items"));
  CHECK(has_fault_at(post({{"items", {{{"offering", id}}}}}), "/items/0"));
  CHECK(has_fault_at(post({{"items", {{{"quantity", 1}}}}}), "/items/0/offering"));
  CHECK(has_fault_at(
      post({{"items", {{{"offering", id}, {"quantity", "two"}}}}}), "/items/0/quantity"));
  CHECK(has_fault_at(post({{"items", {{{"offering", id}, {"seats", {7}}}}}}), "/items/0/seats/0"));
  CHECK(has_fault_at(
      post({{"items", {{{"offering", id}, {"best_available", Json::object()}}}}}),
      "/items/0/best_available/party_size"));
  CHECK(has_fault_at(post({{"items", {one}}, {"colour", "red"}}), "/colour"));
  CHECK(anyone().get("/v1/classes/" + id).json.at("places").at("free") == 12);
}

}  // namespace
}  // namespace cavea::test
