#include "http/tokens.hpp"

#include "tests/api/world.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace cavea::test {
namespace {

engine::Timestamp in_hours(int hours) {
  const auto time = std::chrono::system_clock::now() + std::chrono::hours(hours);
  const auto since_epoch = time.time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count()};
}

std::string key_of_node() {
  auto key = read_file(world().data() / "token.key");
  key.erase(key.find_last_not_of(" \r\n") + 1);
  return key;
}

std::string signed_token(const std::string& key, engine::Timestamp expires_at) {
  const auto token = http::make_token(
      {http::TokenAlgorithm::hs256, key},
      {.user = "gustav",
       .role = http::Role::admin,
       .issued_at = in_hours(-2),
       .expires_at = expires_at});
  REQUIRE(token);
  return token.value();
}

TEST_CASE("only a token that this node can verify opens a protected address") {
  const auto path = "/v1/me/reservations";
  CHECK(Caller(signed_token(key_of_node(), in_hours(1))).get(path).status == 200);

  const auto nobody = anyone().get(path);
  check_problem(nobody, 401, "unauthenticated");
  CHECK(nobody.header("www-authenticate") == "Bearer");
  check_problem(Caller("not.a.token").get(path), 401, "unauthenticated");
  check_problem(
      Caller(signed_token(key_of_node(), in_hours(-1))).get(path), 401, "unauthenticated");
  const std::string stranger(32, 's');
  check_problem(Caller(signed_token(stranger, in_hours(1))).get(path), 401, "unauthenticated");
  // {"alg":"none","typ":"JWT"}.{"sub":"gustav","role":"admin","exp":4102444800} without signature.
  check_problem(
      Caller("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0."
             "eyJzdWIiOiJndXN0YXYiLCJyb2xlIjoiYWRtaW4iLCJleHAiOjQxMDI0NDQ4MDB9.")
          .get(path),
      401,
      "unauthenticated");
  const auto basic = anyone().get(path, {"Authorization: Basic Z3VzdGF2OnB3"});
  check_problem(basic, 401, "unauthenticated");
}

TEST_CASE("users read and administrators write the catalogue") {
  const auto venue = make_venue();
  const auto play = make_performance();
  auto hanna = user("hanna");
  check_problem(hanna.put("/v1/venues/" + unique("mine"), house()), 403, "forbidden");
  check_problem(hanna.post("/v1/venues", house()), 403, "forbidden");
  check_problem(hanna.remove("/v1/venues/" + venue), 403, "forbidden");
  for (const std::string base : {"/v1/performances", "/v1/classes"}) {
    check_problem(hanna.post(base, Json::object()), 403, "forbidden");
    check_problem(hanna.patch(base + "/x", Json::object()), 403, "forbidden");
    check_problem(hanna.remove(base + "/x"), 403, "forbidden");
    check_problem(hanna.post(base + "/x/cancellation", Json::object()), 403, "forbidden");
    check_problem(hanna.post(base + "/x/blocks", Json::object()), 403, "forbidden");
    check_problem(hanna.post(base + "/x/unblocks", Json::object()), 403, "forbidden");
    check_problem(anyone().post(base, Json::object()), 401, "unauthenticated");
    CHECK(anyone().get(base).status == 200);
  }
  check_problem(hanna.get("/v1/reservations"), 403, "forbidden");
  CHECK(anyone().get("/v1/venues/" + venue).status == 200);
  CHECK(anyone().get("/v1/performances/" + play + "/seats").status == 200);
}

TEST_CASE("another person's reservation is not found") {
  const auto id = make_class({{"price", 500}});
  const auto bought = user("ida").reserve({{"offering", id}, {"quantity", 1}});
  REQUIRE(bought.status == 201);
  const auto path = bought.header("location");
  auto other = user("jakob");
  check_problem(other.get(path), 404, "reservation_not_found");
  check_problem(other.remove(path), 404, "reservation_not_found");
  check_problem(other.post(path + "/cancellation", Json::object()), 404, "reservation_not_found");
  check_problem(other.post(path + "/confirmation", Json::object()), 403, "forbidden");
  check_problem(anyone().get(path), 401, "unauthenticated");
  check_problem(anyone().remove(path), 401, "unauthenticated");
  check_problem(
      other.get("/v1/reservations/00000000000000000000000000"), 404, "reservation_not_found");
  check_problem(other.get("/v1/reservations/no-such"), 404, "reservation_not_found");
  CHECK(administrator().get(path).json == user("ida").get(path).json);
}

TEST_CASE("an administrator reserves for somebody else, a user does not") {
  const auto id = make_class();
  const Json body = {{"user", "karla"}, {"items", {{{"offering", id}, {"quantity", 1}}}}};
  const auto bought = administrator().post("/v1/reservations", body, {fresh_key()});
  CHECK(bought.status == 201);
  CHECK(bought.json.at("user") == "karla");
  CHECK(user("karla").get(bought.header("location")).status == 200);
  const auto refused = user("ludwig").post("/v1/reservations", body, {fresh_key()});
  check_problem(refused, 403, "forbidden");
  CHECK(has_fault_at(refused, "/user"));
}

}  // namespace
}  // namespace cavea::test
