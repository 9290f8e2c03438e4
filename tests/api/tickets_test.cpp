#include "tests/api/world.hpp"
#include "tests/support/temp_dir.hpp"
#include "tickets/ticket_key.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::test {
namespace {

TEST_CASE("a sold seat has a ticket that the published key verifies until it is given back") {
  const auto id = make_performance();
  auto nora = user("nora");
  const auto bought = nora.reserve({{"offering", id}, {"seats", {"stalls-B-3", "stalls-B-4"}}});
  REQUIRE(bought.status == 201);
  const auto path = bought.header("location");

  const auto listed = nora.get(path + "/tickets");
  REQUIRE(listed.status == 200);
  REQUIRE(listed.json.at("tickets").size() == 2);
  const auto key = tickets::TicketKey::from(read_file(world().data() / "ticket.key"));
  REQUIRE(key);
  CHECK(anyone().get("/v1/tickets/keys").json == Json::parse(key.value().public_keys()));
  const auto& second = listed.json.at("tickets").at(1);
  const auto ticket = key.value().verify(second.at("token").get<std::string>());
  REQUIRE(ticket.has_value());
  CHECK(ticket->label == "stalls-B-4");
  CHECK(ticket->holder == "nora");
  CHECK(ticket->offering.view() == id);
  CHECK(ticket->reservation.str() == listed.json.at("reservation"));

  const auto image = second.at("image").get<std::string>();
  CHECK(nora.get(image).header("content-type") == "image/svg+xml");
  check_problem(nora.get(path + "/tickets/3.svg"), 404, "ticket_not_found");
  check_problem(user("otto").get(path + "/tickets"), 404, "reservation_not_found");
  check_problem(user("otto").get(image), 404, "reservation_not_found");
  check_problem(anyone().get(image), 401, "unauthenticated");
  CHECK(administrator().get(path + "/tickets").json.at("tickets").size() == 2);

  REQUIRE(nora.post(path + "/cancellation", {{"seats", {"stalls-B-3"}}}).status == 200);
  const auto fewer = nora.get(path + "/tickets").json.at("tickets");
  REQUIRE(fewer.size() == 1);
  CHECK(fewer.at(0).at("number") == 2);
  REQUIRE(nora.remove(path).status == 200);
  check_problem(nora.get(path + "/tickets"), 409, "reservation_not_confirmed");
}

TEST_CASE("what is only held has no tickets") {
  const auto id = make_class({{"price", 500}});
  auto nora = user("nora");
  const auto held = nora.reserve({{"offering", id}, {"quantity", 1}});
  REQUIRE(held.status == 201);
  const auto path = held.header("location") + "/tickets";
  check_problem(nora.get(path), 409, "reservation_not_confirmed");
  REQUIRE(administrator().post(held.header("location") + "/confirmation").status == 200);
  CHECK(nora.get(path).json.at("tickets").size() == 1);
}

}  // namespace
}  // namespace cavea::test
