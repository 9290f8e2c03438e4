#include "tests/api/world.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::test {
namespace {

Json claim_of(const std::string& offering, int quantity) {
  return {{"items", {{{"offering", offering}, {"quantity", quantity}}}}};
}

int sold(const std::string& yoga) {
  return anyone().get("/v1/classes/" + yoga).json.at("places").at("sold");
}

TEST_CASE("a repeated request gets the same answer and happens once") {
  const auto yoga = make_class();
  auto anna = user("anna");
  const auto key = fresh_key();
  const auto first = anna.post("/v1/reservations", claim_of(yoga, 2), {key});
  REQUIRE(first.status == 201);
  CHECK(first.header("idempotency-replayed").empty());
  const auto again = anna.post("/v1/reservations", claim_of(yoga, 2), {key});
  CHECK(again.status == 201);
  CHECK(again.header("idempotency-replayed") == "true");
  CHECK(again.header("location") == first.header("location"));
  CHECK(again.body == first.body);
  CHECK(sold(yoga) == 2);

  // The key without quotes is the same key.
  const auto bare = "Idempotency-Key: " + key.substr(18, key.size() - 19);
  CHECK(anna.post("/v1/reservations", claim_of(yoga, 2), {bare}).body == first.body);
}

TEST_CASE("a key is not used for another request") {
  auto anna = user("anna");
  const auto yoga = make_class();
  const auto key = fresh_key();
  const auto first = anna.post("/v1/reservations", claim_of(yoga, 1), {key});
  REQUIRE(first.status == 201);
  const auto other_body = anna.post("/v1/reservations", claim_of(yoga, 2), {key});
  check_problem(other_body, 422, "idempotency_key_reused");
  // Wherever the other offering lives: one of these is on another shard.
  for (int i = 0; i < 8; ++i) {
    const auto other = make_class();
    check_problem(
        anna.post("/v1/reservations", claim_of(other, 1), {key}), 422, "idempotency_key_reused");
    CHECK(sold(other) == 0);
  }
  check_problem(
      anna.post(first.header("location") + "/cancellation", Json::object(), {key}),
      422,
      "idempotency_key_reused");
  CHECK(sold(yoga) == 1);
}

TEST_CASE("the key of one caller says nothing to another") {
  const auto yoga = make_class();
  const auto key = fresh_key();
  const auto first = user("anna").post("/v1/reservations", claim_of(yoga, 1), {key});
  const auto second = user("berta").post("/v1/reservations", claim_of(yoga, 1), {key});
  CHECK(first.status == 201);
  CHECK(second.status == 201);
  CHECK(first.json.at("id") != second.json.at("id"));
}

TEST_CASE("a refused claim stays refused when it comes again, and another body may use its key") {
  const auto yoga = make_class({{"capacity", 1}});
  const auto bought = user("anna").reserve({{"offering", yoga}, {"quantity", 1}});
  const auto key = fresh_key();
  auto berta = user("berta");
  check_problem(berta.post("/v1/reservations", claim_of(yoga, 1), {key}), 409, "sold_out");
  REQUIRE(user("anna").remove(bought.header("location")).status == 200);
  // It may be the request that berta gave up before she was told that it is sold out.
  check_problem(berta.post("/v1/reservations", claim_of(yoga, 1), {key}), 409, "sold_out");
  const auto other = make_class({{"capacity", 1}});
  const auto later = berta.post("/v1/reservations", claim_of(other, 1), {key});
  CHECK(later.status == 201);
  CHECK(later.header("idempotency-replayed").empty());
}

TEST_CASE("a reservation needs a key that can be read") {
  auto anna = user("anna");
  const auto body = claim_of(make_class(), 1);
  check_problem(anna.post("/v1/reservations", body), 400, "idempotency_key_missing");
  for (const std::string value : {"\"open", "\"\"", "two words", "\"a\" b"}) {
    INFO(value);
    check_problem(
        anna.post("/v1/reservations", body, {"Idempotency-Key: " + value}),
        400,
        "idempotency_key_invalid");
  }
  const std::string longest(255, 'k');
  CHECK(anna.post("/v1/reservations", body, {"Idempotency-Key: " + longest}).status == 201);
  check_problem(
      anna.post("/v1/reservations", body, {"Idempotency-Key: " + longest + "k"}),
      400,
      "idempotency_key_invalid");
}

TEST_CASE("every other change may carry a key too") {
  auto admin = administrator();
  const auto yoga = make_class();
  const auto path = "/v1/classes/" + yoga;
  const auto twice = [&](auto send) {
    const auto key = fresh_key();
    const auto first = send(key);
    CHECK(first.status < 300);
    CHECK(first.header("idempotency-replayed").empty());
    const auto again = send(key);
    CHECK(again.status == first.status);
    CHECK(again.header("idempotency-replayed") == "true");
    CHECK(again.body == first.body);
    return first;
  };

  const auto bought = user("clara").reserve({{"offering", yoga}, {"quantity", 4}});
  const auto reservation = bought.header("location");
  auto clara = user("clara");
  twice([&](const auto& key) {
    return clara.post(reservation + "/cancellation", {{"quantity", 1}}, {key});
  });
  CHECK(sold(yoga) == 3);
  twice([&](const auto& key) { return clara.remove(reservation, {key}); });
  CHECK(sold(yoga) == 0);

  twice([&](const auto& key) {
    return admin.post(path + "/blocks", {{"quantity", 2}, {"reason", "mats"}}, {key});
  });
  twice([&](const auto& key) { return admin.post(path + "/unblocks", {{"quantity", 1}}, {key}); });
  CHECK(anyone().get(path).json.at("places").at("blocked") == 1);
  twice([&](const auto& key) {
    return admin.patch(path, {{"capacity", 30}}, {key, "If-Match: \"1\""});
  });
  twice([&](const auto& key) {
    return admin.post(path + "/cancellation", {{"reason", "storm"}}, {key});
  });
  const auto last = if_match(anyone().get(path));
  twice([&](const auto& key) { return admin.remove(path, {key, last}); });

  const auto venue = unique("keyed");
  twice([&](const auto& key) { return admin.put("/v1/venues/" + venue, house(), {key}); });
  twice([&](const auto& key) {
    return admin.put("/v1/venues/" + venue, house(), {key, "If-Match: \"1\""});
  });
  twice([&](const auto& key) {
    return admin.post("/v1/performances", performance_in(venue, {{"title", "Keyed"}}), {key});
  });
  const auto made = twice([&](const auto& key) {
    return admin.post("/v1/performances", performance_in(venue, {{"title", "Keyed"}}), {key});
  });
  CHECK(made.json.at("id") == "keyed-2031-06-04-1930-2");
}

}  // namespace
}  // namespace cavea::test
