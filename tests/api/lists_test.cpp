#include "tests/api/world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace cavea::test {
namespace {

/// The ids that a list gives, page by page.
std::vector<std::string> ids_in(Caller caller, const std::string& list) {
  std::vector<std::string> ids;
  std::string next;
  do {
    const auto page = caller.get(list + next);
    REQUIRE(page.status == 200);
    for (const auto& item : page.json.at("items")) ids.push_back(item.at("id"));
    const auto& cursor = page.json.at("next");
    next = cursor.is_null() ? "" : "&cursor=" + cursor.get<std::string>();
  } while (!next.empty());
  return ids;
}

TEST_CASE("lists of offerings are ordered by start and go on behind a cursor") {
  const auto venue = make_venue();
  std::vector<std::string> ids;
  for (int day = 1; day <= 5; ++day) {
    const auto id = unique("course");
    const auto start = "2031-07-0" + std::to_string(6 - day) + "T10:00:00";
    const auto body = class_in(venue, {{"id", id}, {"starts_at", start}});
    REQUIRE(administrator().post("/v1/classes", body).status == 201);
    ids.insert(ids.begin(), id);
  }
  CHECK(ids_in(anyone(), "/v1/classes?limit=2&venue=" + venue) == ids);
  CHECK(ids_in(anyone(), "/v1/performances?limit=2&venue=" + venue).empty());
  const std::vector<std::string> middle{ids[1], ids[2]};
  CHECK(
      ids_in(anyone(), "/v1/classes?venue=" + venue + "&from=2031-07-02&to=2031-07-03") == middle);
  CHECK(
      ids_in(
          anyone(),
          "/v1/classes?venue=" + venue
              + "&from=2031-07-02T10:00:00%2B01:00&to=2031-07-04T09:00:00Z")
      == middle);
}

TEST_CASE("lists of offerings are filtered by text and status") {
  const auto venue = make_venue();
  auto admin = administrator();
  const auto make = [&](const char* title, const Json& changes) {
    auto body = class_in(venue, {{"id", unique("filter")}, {"title", title}});
    body.merge_patch(changes);
    REQUIRE(admin.post("/v1/classes", body).status == 201);
    return body.at("id").get<std::string>();
  };
  const auto hatha = make("Hatha Yoga", {{"description", "Slow and calm"}});
  const auto later = make("Hatha for Later", {{"sale_opens_at", "2031-01-01T00:00:00"}});
  const auto full = make("Small Round", {{"capacity", 1}});
  REQUIRE(user("emil").reserve({{"offering", full}, {"quantity", 1}}).status == 201);
  const auto called_off = make("Called Off", Json::object());
  REQUIRE(
      admin.post("/v1/classes/" + called_off + "/cancellation", {{"reason", "none came"}}).status
      == 200);

  const auto list = "/v1/classes?venue=" + venue;
  using Ids = std::set<std::string>;
  const auto found = [&](const std::string& filter) {
    const auto ids = ids_in(anyone(), list + filter);
    return Ids(ids.begin(), ids.end());
  };
  CHECK(found("&q=hatha") == Ids{hatha, later});
  CHECK(found("&q=HATHA+calm") == Ids{hatha});
  CHECK(found("&q=nothing") == Ids{});
  CHECK(found("&status=on_sale") == Ids{hatha});
  CHECK(found("&status=upcoming") == Ids{later});
  CHECK(found("&status=sold_out") == Ids{full});
  CHECK(found("&status=cancelled") == Ids{called_off});
  CHECK(found("&status=upcoming&q=hatha") == Ids{later});
  check_problem(user("emil").reserve({{"offering", later}, {"quantity", 1}}), 409, "sale_not_open");
}

TEST_CASE("parameters of a list that cannot be are refused by name") {
  for (const auto* query :
       {"limit=0",
        "limit=201",
        "limit=ten",
        "status=open",
        "from=soon",
        "venue=No%20Such",
        "cursor=abc",
        "q=%ff%fe",
        "q=caf%e9",
        "page=2",
        "limit=1&limit=2"}) {
    INFO(query);
    const auto refused = anyone().get(std::string("/v1/classes?") + query);
    check_problem(refused, 400, "invalid_request");
    const std::string name(query, std::string_view(query).find('='));
    CHECK(has_fault_at(refused, name));
  }
  check_problem(anyone().get("/v1/classes?q=%zz"), 400, "invalid_request");
  CHECK(anyone().get("/v1/classes?q=caf%c3%a9").status == 200);
  CHECK(has_fault_at(administrator().get("/v1/reservations?user=%ff"), "user"));
}

TEST_CASE("a cursor is taken by its own list with its own filters and by no other") {
  const auto venue = make_venue();
  for (int i = 0; i < 3; ++i) {
    const auto body = class_in(venue, {{"id", unique("page")}});
    REQUIRE(administrator().post("/v1/classes", body).status == 201);
  }
  const auto course = make_class({{"capacity", 9}});
  for (int i = 0; i < 3; ++i) {
    REQUIRE(user("ida").reserve({{"offering", course}, {"quantity", 1}}).status == 201);
  }
  const auto cursor_of = [](Caller caller, const std::string& list) {
    return "&cursor=" + caller.get(list).json.at("next").get<std::string>();
  };
  const auto classes = "/v1/classes?limit=1&venue=" + venue;
  const auto next = cursor_of(anyone(), classes);
  CHECK(anyone().get(classes + next).status == 200);
  CHECK(anyone().get("/v1/classes?limit=2&venue=" + venue + next).status == 200);
  for (const auto& other :
       {"/v1/performances?limit=1&venue=" + venue,
        std::string("/v1/classes?limit=1"),
        classes + "&q=flow"}) {
    INFO(other);
    const auto refused = anyone().get(other + next);
    check_problem(refused, 400, "invalid_request");
    CHECK(has_fault_at(refused, "cursor"));
  }

  const auto mine = std::string("/v1/me/reservations?limit=1");
  const auto of_ida = cursor_of(user("ida"), mine);
  CHECK(user("ida").get(mine + of_ida).status == 200);
  CHECK(has_fault_at(administrator().get("/v1/reservations?limit=1" + of_ida), "cursor"));
  CHECK(has_fault_at(user("emil").get(mine + of_ida), "cursor"));
}

TEST_CASE("my reservations are mine, newest first, behind a cursor") {
  const auto first_class = make_class({{"capacity", 50}});
  const auto second_class = make_class({{"capacity", 50}});
  const auto name = unique("fritz");
  std::vector<std::string> mine;
  std::vector<std::string> of_second;
  for (int i = 0; i < 7; ++i) {
    const auto& offering = i % 3 == 0 ? second_class : first_class;
    const auto bought = user(name).reserve({{"offering", offering}, {"quantity", 1}});
    REQUIRE(bought.status == 201);
    mine.insert(mine.begin(), bought.json.at("id"));
    if (i % 3 == 0) of_second.insert(of_second.begin(), bought.json.at("id"));
  }
  // An id begins with its millisecond; within one the order is the ids' own.
  std::sort(mine.begin(), mine.end(), std::greater<>());
  std::sort(of_second.begin(), of_second.end(), std::greater<>());
  REQUIRE(user("other").reserve({{"offering", first_class}, {"quantity", 1}}).status == 201);

  CHECK(ids_in(user(name), "/v1/me/reservations?limit=3") == mine);
  CHECK(ids_in(user(name), "/v1/me/reservations?limit=3&offering=" + second_class) == of_second);
  CHECK(ids_in(administrator(), "/v1/reservations?limit=3&user=" + name) == mine);
  const auto of_both = "/v1/reservations?limit=1&user=" + name + "&offering=" + second_class;
  CHECK(ids_in(administrator(), of_both) == of_second);
  CHECK(ids_in(administrator(), "/v1/reservations?limit=2&offering=" + first_class).size() == 5);
  CHECK(ids_in(user(unique("nobody")), "/v1/me/reservations?limit=3").empty());
}

}  // namespace
}  // namespace cavea::test
