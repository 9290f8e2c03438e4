#include "tests/api/event_stream.hpp"
#include "tests/api/world.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

namespace cavea::test {
namespace {

using namespace std::chrono_literals;

/// What somebody was told, once there is so much.
Answer told(Caller& caller, std::size_t count) {
  const auto until = std::chrono::steady_clock::now() + 20s;
  for (;;) {
    auto answer = caller.get("/v1/me/notifications");
    REQUIRE(answer.status == 200);
    if (answer.json.at("items").size() >= count) return answer;
    REQUIRE(std::chrono::steady_clock::now() < until);
  }
}

std::vector<std::string> kinds_of(const Answer& answer) {
  std::vector<std::string> kinds;
  for (const auto& item : answer.json.at("items")) kinds.push_back(item.at("kind"));
  return kinds;
}

TEST_CASE("who reserves is told so, reads it, and is told of the cancellation, too") {
  const auto yoga = make_class({{"capacity", 2}});
  auto ines = user("ines");
  const auto reserved = ines.reserve({{"offering", yoga}, {"quantity", 1}});
  REQUIRE(reserved.status == 201);
  auto answer = told(ines, 1);
  CHECK(kinds_of(answer) == std::vector<std::string>{"reservation_confirmed"});
  const auto first = answer.json.at("items").at(0);
  CHECK(first.at("reservation") == reserved.json.at("id"));
  CHECK(first.at("offering").at("title") == reserved.json.at("items").at(0).at("title"));
  CHECK(answer.json.at("unread") == 1);
  CHECK(ines.post("/v1/me/notifications/read", {{"until", first.at("at")}}).status == 204);
  answer = told(ines, 1);
  CHECK(answer.json.at("unread") == 0);
  CHECK(answer.json.at("items").at(0).at("read") == true);

  CHECK(ines.remove(reserved.header("location")).status == 200);
  answer = told(ines, 2);
  CHECK(
      kinds_of(answer)
      == std::vector<std::string>{"reservation_cancelled", "reservation_confirmed"});
  CHECK(answer.json.at("unread") == 1);
  CHECK(user("nobody-told-anything").get("/v1/me/notifications").json.at("items").empty());
}

TEST_CASE("who waited is told of the offer, and how long it is good for") {
  const auto yoga = make_class({{"capacity", 1}});
  auto jon = user("jon");
  auto kay = user("kay");
  const auto taken = jon.reserve({{"offering", yoga}, {"quantity", 1}});
  const auto joined =
      kay.post("/v1/waiting-list", {{"offerings", {yoga}}, {"party_size", 1}}, {fresh_key()});
  REQUIRE(joined.status == 201);
  CHECK(jon.remove(taken.header("location")).status == 200);
  const auto offer = told(kay, 1).json.at("items").at(0);
  CHECK(offer.at("kind") == "waiting_offer");
  const auto held = kay.get("/v1/reservations/" + offer.at("reservation").get<std::string>());
  CHECK(held.json.at("held_until") == offer.at("until"));
}

TEST_CASE("who looks at their inbox sees what comes at that moment") {
  const auto yoga = make_class({{"capacity", 2}});
  auto inbox = EventStream::of_inbox(world().token("user", "olga"));
  const auto empty = inbox.next();
  CHECK(empty.name == "inbox");
  CHECK(empty.data.at("items").empty());
  auto olga = user("olga");
  REQUIRE(olga.reserve({{"offering", yoga}, {"quantity", 1}}).status == 201);
  const auto told_now = inbox.next().data;
  REQUIRE(told_now.at("items").size() == 1);
  CHECK(told_now == olga.get("/v1/me/notifications?limit=20").json);
}

TEST_CASE("settings are kept, and what cannot be is refused by name") {
  auto lea = user("lea");
  CHECK(lea.get("/v1/me/settings").json.at("email").is_null());
  const Json chosen{{"email", "lea@example.org"}, {"language", "ko"}};
  CHECK(lea.put("/v1/me/settings", chosen).status == 200);
  const auto kept = lea.get("/v1/me/settings");
  CHECK(kept.json.at("email") == "lea@example.org");
  CHECK(kept.json.at("language") == "ko");
  const auto refused = lea.put("/v1/me/settings", {{"email", "lea"}});
  check_problem(refused, 400, "invalid_request");
  CHECK(has_fault_at(refused, "/email"));
  CHECK(lea.get("/v1/me/settings").json == kept.json);
  CHECK(user("mia").get("/v1/me/settings").json.at("email").is_null());
}

TEST_CASE("dead letters are for administrators") {
  CHECK(administrator().get("/v1/admin/dead-letters").json.at("items").empty());
  check_problem(user("ned").get("/v1/admin/dead-letters"), 403, "forbidden");
  check_problem(
      administrator().post("/v1/admin/dead-letters/0-1-0/retry"), 404, "dead_letter_not_found");
  check_problem(
      administrator().remove("/v1/admin/dead-letters/40000-1-0"), 404, "dead_letter_not_found");
}

}  // namespace
}  // namespace cavea::test
