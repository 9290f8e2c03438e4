#include "tests/api/world.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace cavea::test {
namespace {

TEST_CASE("a performance is created with what was left out filled in") {
  const auto venue = make_venue();
  const auto made = administrator().post("/v1/performances", performance_in(venue));
  REQUIRE(made.status == 201);
  const auto& body = made.json;
  CHECK(body.at("id") == "the-lighthouse-2031-06-04-1930");
  CHECK(made.header("location") == "/v1/performances/" + body.at("id").get<std::string>());
  CHECK(made.header("etag") == "\"1\"");
  CHECK(body.at("kind") == "performance");
  // The time without an offset was one of the venue, where it is summer.
  CHECK(body.at("starts_at") == "2031-06-04T19:30:00+01:00");
  CHECK(body.at("ends_at") == "2031-06-04T21:30:00+01:00");
  CHECK(body.at("sale_closes_at") == body.at("starts_at"));
  CHECK(body.at("time_zone") == "Europe/London");
  CHECK(body.at("hold_seconds") == 600);
  CHECK(body.at("person_limit") == 0);
  CHECK(body.at("cancellation_cutoff_minutes") == 0);
  CHECK(body.at("seat_map_revision") == 1);
  CHECK(body.at("status") == "on_sale");
  CHECK(
      body.at("places")
      == Json{{"free", 32}, {"held", 0}, {"sold", 0}, {"blocked", 0}, {"total", 32}});
  CHECK(anyone().get("/v1/performances/" + body.at("id").get<std::string>()).json == body);

  const auto second = administrator().post("/v1/performances", performance_in(venue));
  CHECK(second.json.at("id") == "the-lighthouse-2031-06-04-1930-2");
}

TEST_CASE("a class is created and is no performance") {
  const auto id = make_class({{"capacity", 18}, {"price", 1400}, {"description", "Slow.\nCalm."}});
  const auto read = anyone().get("/v1/classes/" + id);
  CHECK(read.status == 200);
  CHECK(read.json.at("kind") == "class");
  CHECK(read.json.at("capacity") == 18);
  CHECK(read.json.at("price") == 1400);
  CHECK(read.json.at("places").at("free") == 18);
  check_problem(anyone().get("/v1/performances/" + id), 404, "offering_not_found");
  check_problem(
      administrator().remove("/v1/performances/" + id, {"If-Match: \"1\""}),
      404,
      "offering_not_found");
  check_problem(
      administrator().patch("/v1/performances/" + id, {{"title", "X"}}, {"If-Match: \"1\""}),
      404,
      "offering_not_found");
  check_problem(
      administrator().post("/v1/classes", class_in("x", {{"id", id}})),
      422,
      "definition_not_valid");
}

TEST_CASE("an id is used once") {
  const auto id = make_class();
  const auto venue = anyone().get("/v1/classes/" + id).json.at("venue").get<std::string>();
  auto admin = administrator();
  check_problem(admin.post("/v1/classes", class_in(venue, {{"id", id}})), 409, "id_used");
  check_problem(
      admin.post("/v1/performances", performance_in(venue, {{"id", id}})), 409, "id_used");
}

TEST_CASE("a definition that is not valid is refused with a pointer to each fault") {
  auto admin = administrator();
  const auto venue = make_venue();

  const auto shapeless = admin.post(
      "/v1/classes",
      class_in(
          venue,
          {{"capacity", "many"},
           {"starts_at", "tomorrow"},
           {"price", -1},
           {"currency", "pounds"},
           {"status", "on_sale"},
           {"title", nullptr}}));
  check_problem(shapeless, 400, "invalid_request");
  for (const auto* field :
       {"/capacity", "/starts_at", "/price", "/currency", "/status", "/title"}) {
    INFO(field);
    CHECK(has_fault_at(shapeless, field));
  }

  const auto senseless = admin.post(
      "/v1/performances",
      performance_in(
          venue,
          {{"ends_at", "2031-06-04T18:00:00"}, {"prices", {{"premium", nullptr}, {"moon", 5}}}}));
  check_problem(senseless, 422, "definition_not_valid");
  for (const auto* field : {"/ends_at", "/prices/premium", "/prices/moon"}) {
    INFO(field);
    CHECK(has_fault_at(senseless, field));
  }
  const auto nowhere = admin.post("/v1/classes", class_in("no-such-venue"));
  check_problem(nowhere, 422, "definition_not_valid");
  CHECK(has_fault_at(nowhere, "/venue"));
}

TEST_CASE("a change needs the revision that it rests on and keeps what it does not name") {
  auto admin = administrator();
  const auto path = "/v1/classes/" + make_class({{"description", "Slow."}});
  const auto before = anyone().get(path);
  check_problem(admin.patch(path, {{"capacity", 20}}), 428, "precondition_required");
  check_problem(
      admin.patch(path, {{"capacity", 20}}, {"If-Match: \"9\""}), 412, "revision_mismatch");

  const auto changed =
      admin.patch(path, {{"capacity", 20}, {"description", nullptr}}, {if_match(before)});
  CHECK(changed.status == 200);
  CHECK(changed.header("etag") == "\"2\"");
  CHECK(changed.json.at("capacity") == 20);
  CHECK(changed.json.at("description") == "");
  CHECK(changed.json.at("title") == before.json.at("title"));
  CHECK(changed.json.at("starts_at") == before.json.at("starts_at"));
  CHECK(changed.json.at("version") > before.json.at("version"));
  CHECK(changed.json.at("places").at("total") == 20);
  check_problem(
      admin.patch(path, {{"capacity", 21}}, {if_match(before)}), 412, "revision_mismatch");
  check_problem(admin.patch(path, {{"places", 3}}, {if_match(changed)}), 400, "invalid_request");
}

TEST_CASE("what is sold limits what may be changed") {
  auto admin = administrator();
  const auto id = make_class();
  const auto path = "/v1/classes/" + id;
  REQUIRE(user("anna").reserve({{"offering", id}, {"quantity", 5}}).status == 201);
  const auto etag = if_match(anyone().get(path));
  const auto smaller = admin.patch(path, {{"capacity", 4}}, {etag});
  check_problem(smaller, 409, "change_loses_taken_place");
  CHECK(has_fault_at(smaller, "/capacity"));
  const auto other = admin.patch(path, {{"currency", "EUR"}}, {etag});
  check_problem(other, 409, "change_needs_empty_offering");
  CHECK(has_fault_at(other, "/currency"));
  CHECK(admin.patch(path, {{"capacity", 5}}, {etag}).json.at("status") == "sold_out");
}

TEST_CASE("an offering is deleted when nobody has a reservation") {
  auto admin = administrator();
  const auto id = make_performance();
  const auto path = "/v1/performances/" + id;
  check_problem(admin.remove(path), 428, "precondition_required");
  const auto bought =
      user("berta").reserve({{"offering", id}, {"seats", {"stalls-C-1", "stalls-C-2"}}});
  REQUIRE(bought.status == 201);
  check_problem(admin.remove(path, {"If-Match: \"1\""}), 409, "offering_has_reservations");
  const auto reservation = bought.header("location");
  REQUIRE(user("berta").remove(reservation).status == 200);
  CHECK(admin.remove(path, {"If-Match: \"1\""}).status == 204);
  check_problem(anyone().get(path), 404, "offering_not_found");
  check_problem(anyone().get(path + "/seats"), 404, "offering_not_found");
  CHECK(user("berta").get(reservation).json.at("status") == "cancelled");
}

TEST_CASE("a cancelled offering gives every reservation back and stays to be seen") {
  auto admin = administrator();
  const auto id = make_class();
  const auto path = "/v1/classes/" + id;
  const auto bought = user("clara").reserve({{"offering", id}, {"quantity", 2}});
  REQUIRE(bought.status == 201);
  check_problem(
      admin.post(path + "/cancellation", {{"reason", "x"}}, {"If-Match: \"5\""}),
      412,
      "revision_mismatch");
  check_problem(admin.post(path + "/cancellation", Json::object()), 400, "invalid_request");

  const auto cancelled = admin.post(path + "/cancellation", {{"reason", "The teacher is ill"}});
  CHECK(cancelled.status == 200);
  CHECK(cancelled.json.at("status") == "cancelled");
  CHECK(cancelled.json.at("cancel_reason") == "The teacher is ill");
  // The reservations are given back in batches, beginning at once.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  auto read = anyone().get(path);
  while (read.json.at("places").at("sold") != 0 && std::chrono::steady_clock::now() < deadline) {
    read = anyone().get(path);
  }
  CHECK(read.json.at("status") == "cancelled");
  CHECK(read.json.at("places").at("sold") == 0);
  CHECK(user("clara").get(bought.header("location")).json.at("status") == "cancelled");
  check_problem(
      user("clara").reserve({{"offering", id}, {"quantity", 1}}), 409, "offering_is_cancelled");
  check_problem(
      admin.post(path + "/cancellation", {{"reason", "again"}}), 409, "offering_is_cancelled");
}

TEST_CASE("blocked places are not sold until they are free again") {
  auto admin = administrator();
  const auto id = make_performance();
  const auto path = "/v1/performances/" + id;
  const Json seats = {"stalls-A-1", "stalls-A-2"};
  const auto blocked = admin.post(path + "/blocks", {{"seats", seats}, {"reason", "sound desk"}});
  CHECK(blocked.status == 200);
  CHECK(blocked.json.at("places").at("blocked") == 2);
  const auto refused = user("dora").reserve({{"offering", id}, {"seats", {"stalls-A-1"}}});
  check_problem(refused, 409, "places_taken");
  CHECK(refused.json.at("places")[0] == Json{{"seat", "stalls-A-1"}, {"state", "blocked"}});
  check_problem(
      admin.post(path + "/blocks", {{"seats", seats}, {"reason", "x"}}), 409, "place_not_free");
  check_problem(
      admin.post(path + "/blocks", {{"seats", {"stalls-Z-1"}}, {"reason", "x"}}),
      422,
      "place_unknown");
  check_problem(admin.post(path + "/blocks", {{"seats", seats}}), 400, "invalid_request");

  const auto open = admin.post(path + "/unblocks", {{"seats", seats}});
  CHECK(open.json.at("places").at("blocked") == 0);
  check_problem(admin.post(path + "/unblocks", {{"seats", seats}}), 409, "place_not_blocked");

  const auto yoga = "/v1/classes/" + make_class();
  CHECK(
      admin.post(yoga + "/blocks", {{"quantity", 2}, {"reason", "mats"}})
          .json.at("places")
          .at("free")
      == 10);
  CHECK(admin.post(yoga + "/unblocks", {{"quantity", 1}}).json.at("places").at("blocked") == 1);
  check_problem(
      admin.post(yoga + "/blocks", {{"seats", seats}, {"reason", "x"}}),
      422,
      "claim_kind_not_offered");
}

}  // namespace
}  // namespace cavea::test
