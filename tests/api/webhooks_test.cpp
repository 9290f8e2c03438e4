#include "tests/api/world.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace cavea::test {
namespace {

const std::string webhooks = "/v1/admin/webhooks";

/// One that is deleted at the end of the test: a node has only so many.
struct MadeWebhook {
  MadeWebhook(const MadeWebhook&) = delete;
  MadeWebhook& operator=(const MadeWebhook&) = delete;

  explicit MadeWebhook(Json body = Json::object()) {
    body.update({{"url", "https://shop.example/" + unique("hook")}, {"enabled", false}});
    made = administrator().post(webhooks, body);
    REQUIRE(made.status == 201);
    path = webhooks + "/" + made.json.at("id").get<std::string>();
  }

  ~MadeWebhook() { administrator().remove(path); }

  Answer made;
  std::string path;
};

TEST_CASE("a webhook shows its secret when it is made and when it is replaced, and never again") {
  auto admin = administrator();
  const MadeWebhook webhook(Json({{"types", {"cavea.reservation.*"}}, {"description", "Shop"}}));
  CHECK(webhook.made.header("location") == webhook.path);
  CHECK(webhook.made.header("cache-control") == "no-store");
  const auto secret = webhook.made.json.at("secret").get<std::string>();
  CHECK(secret.starts_with("whsec_"));
  CHECK(secret.size() == 6 + 44);
  CHECK(webhook.made.json.at("types") == Json{"cavea.reservation.*"});
  CHECK(webhook.made.json.at("enabled") == false);
  CHECK(webhook.made.json.at("disabled_because") == "by_hand");

  auto seen = admin.get(webhook.path);
  CHECK(seen.status == 200);
  CHECK_FALSE(seen.json.contains("secret"));
  bool is_listed = false;
  const auto list = admin.get(webhooks);
  for (const auto& item : list.json.at("items")) {
    CHECK_FALSE(item.contains("secret"));
    is_listed = is_listed || item.at("id") == webhook.made.json.at("id");
  }
  CHECK(is_listed);

  const auto rotated = admin.post(webhook.path + "/rotate-secret", {{"keep_old_for_seconds", 60}});
  CHECK(rotated.status == 200);
  CHECK(rotated.json.at("secret") != secret);
  CHECK(rotated.json.at("old_secret_until").is_string());
  const auto at_once = admin.post(webhook.path + "/rotate-secret", {{"keep_old_for_seconds", 0}});
  CHECK(at_once.json.at("old_secret_until").is_null());
  CHECK_FALSE(admin.get(webhook.path).json.contains("secret"));
}

TEST_CASE("a webhook is changed by what is named, enabled, asked for what it was sent, deleted") {
  auto admin = administrator();
  const MadeWebhook webhook;
  const auto changed = admin.patch(
      webhook.path, {{"types", {"cavea.venue.created"}}, {"description", "Only venues"}});
  CHECK(changed.status == 200);
  CHECK(changed.json.at("url") == webhook.made.json.at("url"));
  CHECK(changed.json.at("types") == Json{"cavea.venue.created"});
  CHECK(admin.patch(webhook.path, {{"types", nullptr}}).json.at("types").is_null());
  const auto enabled = admin.post(webhook.path + "/enable");
  CHECK(enabled.json.at("enabled") == true);
  CHECK(enabled.json.at("disabled_because").is_null());
  CHECK(admin.patch(webhook.path, {{"enabled", false}}).json.at("enabled") == false);
  CHECK(admin.get(webhook.path + "/deliveries?limit=10").status == 200);
  CHECK(admin.remove(webhook.path).status == 204);
  check_problem(admin.get(webhook.path), 404, "webhook_not_found");
  check_problem(admin.remove(webhook.path), 404, "webhook_not_found");
  check_problem(admin.get(webhook.path + "/deliveries"), 404, "webhook_not_found");
  check_problem(admin.post(webhook.path + "/test"), 404, "webhook_not_found");
  check_problem(admin.post(webhook.path + "/enable"), 404, "webhook_not_found");
  check_problem(admin.get(webhooks + "/No.Name!"), 404, "webhook_not_found");
}

TEST_CASE("addresses that lead into the network of the node are no webhooks") {
  auto admin = administrator();
  for (const auto* url : {
           "http://shop.example/",
           "https://127.0.0.1/",
           "https://[::1]/",
           "https://localhost:8088/v1/admin/webhooks",
           "https://10.0.0.1/",
           "https://169.254.169.254/latest/meta-data",
           "https://user:secret@shop.example/",
           "file:///etc/passwd",
           "shop.example",
       }) {
    INFO(url);
    const auto answer = admin.post(webhooks, {{"url", url}});
    check_problem(answer, 400, "invalid_request");
    CHECK(has_fault_at(answer, "/url"));
  }
  const MadeWebhook webhook;
  const auto answer = admin.patch(webhook.path, {{"url", "https://192.168.0.1/"}});
  CHECK(has_fault_at(answer, "/url"));
}

TEST_CASE("what is wrong with a webhook is said with the field at fault") {
  auto admin = administrator();
  const auto fault = [&](const Json& body, const std::string& at) {
    const auto answer = admin.post(webhooks, body);
    INFO(body.dump());
    check_problem(answer, 400, "invalid_request");
    CHECK(has_fault_at(answer, at));
  };
  const std::string url = "https://shop.example/";
  fault(Json::object(), "/url");
  fault({{"url", 7}}, "/url");
  fault({{"url", url}, {"types", {"cavea.nothing"}}}, "/types");
  fault({{"url", url}, {"id", "No Name"}}, "/id");
  fault({{"url", url}, {"enabled", "yes"}}, "/enabled");
  fault({{"url", url}, {"secret", "mine"}}, "/secret");
  fault({{"url", url}, {"description", std::string(501, 'x')}}, "/description");
  const MadeWebhook webhook(Json({{"id", unique("shop")}}));
  check_problem(
      admin.post(webhooks, {{"id", webhook.made.json.at("id")}, {"url", url}}), 409, "id_used");
  const auto rotation =
      admin.post(webhook.path + "/rotate-secret", {{"keep_old_for_seconds", 604'801}});
  CHECK(has_fault_at(rotation, "/keep_old_for_seconds"));
  CHECK(has_fault_at(admin.get(webhook.path + "/deliveries?cursor=x"), "cursor"));
}

TEST_CASE("a replay begins at a time or a cursor of the feed, and nowhere else") {
  auto admin = administrator();
  const MadeWebhook webhook;
  const auto replay = [&](const Json& from) {
    return admin.post(webhook.path + "/replay", {{"from", from}});
  };
  const auto cursor = admin.get("/v1/changes?from=now").json.at("next");
  for (const Json& from : {Json("beginning"), Json("now"), Json("2026-11-26T10:00:00Z"), cursor}) {
    CHECK(replay(from).status == 200);
  }
  CHECK(has_fault_at(replay("yesterday"), "/from"));
  CHECK(has_fault_at(replay(7), "/from"));
  CHECK(has_fault_at(admin.post(webhook.path + "/replay", Json::object()), "/from"));
}

TEST_CASE("a test says what came of it") {
  // One of the addresses of documents: it is refused when it is connected to.
  const MadeWebhook webhook;
  const Json elsewhere{{"url", "https://192.0.2.1/hook"}};
  REQUIRE(administrator().patch(webhook.path, elsewhere).status == 200);
  const auto tested = administrator().post(webhook.path + "/test");
  CHECK(tested.status == 200);
  CHECK(tested.json.at("delivered") == false);
  CHECK(tested.json.at("status").is_null());
  const auto detail = tested.json.at("detail").get<std::string>();
  CHECK(detail.find("no public address") != std::string::npos);
}

TEST_CASE("webhooks are for administrators, and there are only so many") {
  check_problem(user("ada").get(webhooks), 403, "forbidden");
  check_problem(anyone().get(webhooks), 401, "unauthenticated");
  check_problem(user("ada").post(webhooks, {{"url", "https://shop.example/"}}), 403, "forbidden");
  auto admin = administrator();
  std::vector<std::string> made;
  Answer answer;
  for (int i = 0; i < 17; ++i) {
    answer = admin.post(webhooks, {{"url", "https://shop.example/"}, {"enabled", false}});
    if (answer.status != 201) break;
    made.push_back(webhooks + "/" + answer.json.at("id").get<std::string>());
  }
  check_problem(answer, 409, "webhook_limit_reached");
  for (const auto& path : made) CHECK(admin.remove(path).status == 204);
}

}  // namespace
}  // namespace cavea::test
