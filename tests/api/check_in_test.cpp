#include "tests/api/world.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::test {
namespace {

Caller door() {
  return Caller(world().token("door", "north-gate"));
}

std::string ticket_of(Caller& buyer, const std::string& reservation, std::size_t index) {
  const auto tickets = buyer.get(reservation + "/tickets").json.at("tickets");
  return tickets.at(index).at("token").get<std::string>();
}

TEST_CASE("a ticket lets one person in until its place is given back") {
  const auto id = make_performance();
  auto nora = user("nora");
  const auto bought = nora.reserve({{"offering", id}, {"seats", {"stalls-B-3", "stalls-B-4"}}});
  REQUIRE(bought.status == 201);
  const auto path = bought.header("location");
  const auto first = ticket_of(nora, path, 0);
  const auto second = ticket_of(nora, path, 1);
  auto gate = door();
  const auto scan = [&](const std::string& token, const std::string& nonce, Json more = {}) {
    Json body{{"token", token}, {"nonce", nonce}, {"offering", id}};
    if (!more.is_null()) body.update(more);
    return gate.post("/v1/check-ins", body);
  };

  const auto entered = scan(first, "1", {{"gate", "North"}});
  REQUIRE(entered.status == 200);
  CHECK(entered.json.at("ticket").at("seat") == "stalls-B-3");
  CHECK(entered.json.at("ticket").at("holder") == "nora");
  CHECK(entered.json.at("inside") == 1);
  const auto again = scan(first, "1");
  CHECK(again.header("idempotency-replayed") == "true");
  CHECK(again.json.at("at") == entered.json.at("at"));
  check_problem(scan(first, "2"), 409, "ticket_is_inside");
  check_problem(scan(first, "1", {{"passage", "exit"}}), 422, "check_in_nonce_reused");
  CHECK(scan(first, "3", {{"passage", "exit"}}).json.at("inside") == 0);
  check_problem(scan(first, "4", {{"passage", "exit"}}), 409, "ticket_is_outside");
  CHECK(scan(first, "5").json.at("entries") == 2);

  REQUIRE(nora.post(path + "/cancellation", {{"seats", {"stalls-B-4"}}}).status == 200);
  check_problem(scan(second, "6"), 409, "ticket_given_back");
  check_problem(
      scan(first, "7", {{"offering", make_performance()}}), 409, "ticket_of_other_offering");
  const auto counts = gate.get("/v1/performances/" + id + "/check-ins").json;
  CHECK(counts == Json{{"inside", 1}, {"entered", 1}});
  check_problem(gate.get("/v1/classes/" + id + "/check-ins"), 404, "offering_not_found");

  check_problem(nora.post("/v1/check-ins", {{"token", first}, {"nonce", "8"}}), 403, "forbidden");
  check_problem(gate.get("/v1/admin/dead-letters"), 403, "forbidden");
}

}  // namespace
}  // namespace cavea::test
