#include "tests/api/world.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace cavea::test {
namespace {

using namespace std::chrono_literals;

Json progress_when_done(Caller& admin, const std::string& path) {
  const auto until = std::chrono::steady_clock::now() + 20s;
  for (;;) {
    const auto answer = admin.get(path + "/progress");
    REQUIRE(answer.status == 200);
    if (answer.json.at("done") == true) return answer.json;
    REQUIRE(std::chrono::steady_clock::now() < until);
  }
}

TEST_CASE("whoever cancels a class sees how many places are back, and nobody else may look") {
  const auto yoga = make_class({{"capacity", 10}, {"price", 1500}});
  const auto path = "/v1/classes/" + yoga;
  auto admin = administrator();
  auto lea = user("lea");
  for (int i = 0; i < 3; ++i) {
    REQUIRE(lea.reserve({{"offering", yoga}, {"quantity", 2}}).status == 201);
  }
  const auto given = lea.reserve({{"offering", yoga}, {"quantity", 1}});
  REQUIRE(lea.remove(given.header("location")).status == 200);

  auto progress = admin.get(path + "/progress").json;
  CHECK(progress.at("cancelled") == false);
  CHECK(progress.at("done") == true);
  CHECK(progress.at("reservations") == Json{{"live", 3}, {"given_back", 0}});
  CHECK_FALSE(progress.contains("cancel_reason"));

  REQUIRE(admin.post(path + "/cancellation", {{"reason", "ill"}}).status == 200);
  progress = progress_when_done(admin, path);
  CHECK(progress.at("offering") == yoga);
  CHECK(progress.at("cancelled") == true);
  CHECK(progress.at("cancel_reason") == "ill");
  // Who had given the place back before is not one of them.
  CHECK(progress.at("reservations") == Json{{"live", 0}, {"given_back", 3}});
  CHECK(progress.at("refunds").at("due") == Json{{"amount", 0}, {"currency", "GBP"}});

  CHECK(lea.get(path + "/progress").status == 403);
  CHECK(anyone().get(path + "/progress").status == 401);
  CHECK(admin.get("/v1/performances/" + yoga + "/progress").status == 404);
  CHECK(admin.get("/v1/classes/none/progress").status == 404);
}

TEST_CASE("everybody is told of another time, and that is seen to the end") {
  const auto yoga = make_class();
  const auto path = "/v1/classes/" + yoga;
  auto admin = administrator();
  auto mia = user("mia");
  REQUIRE(mia.reserve({{"offering", yoga}, {"quantity", 1}}).status == 201);
  const auto tag = admin.get(path).header("etag");
  const Json later{{"starts_at", "2031-06-05T09:00:00"}, {"ends_at", "2031-06-05T11:00:00"}};
  const auto changed = admin.patch(path, later, {"If-Match: " + tag});
  INFO(changed.body);
  REQUIRE(changed.status == 200);
  const auto until = std::chrono::steady_clock::now() + 20s;
  while (mia.get("/v1/me/notifications").json.at("items").size() < 2) {
    REQUIRE(std::chrono::steady_clock::now() < until);
  }
  const auto progress = progress_when_done(admin, path);
  CHECK(progress.at("change").at("to_tell") == 0);
  CHECK(progress.at("reservations").at("live") == 1);
}

}  // namespace
}  // namespace cavea::test
