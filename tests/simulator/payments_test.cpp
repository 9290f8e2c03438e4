#include "tests/simulator/simulator_fixture.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace cavea::simulator {
namespace {

TEST_CASE("a payment goes the way of one that is captured by hand") {
  Fixture box;
  const auto created = box.create("4200", "&metadata[user]=zo%C3%AB&description=Two+%22seats%22");
  CHECK(created["object"] == "payment_intent");
  CHECK(created["status"] == "requires_payment_method");
  CHECK(created["metadata"]["user"] == "zoë");
  CHECK(created["description"] == "Two \"seats\"");
  CHECK(created["latest_charge"].is_null());

  const auto paid = box.pay(created);
  CHECK(paid.status == 200);
  CHECK(paid.body["status"] == "requires_capture");
  CHECK(paid.body["amount_capturable"] == 4200);
  CHECK(paid.body["amount_received"] == 0);

  const auto captured = box.act(created, "capture", "amount_to_capture=4000");
  CHECK(captured.status == 200);
  CHECK(captured.body["status"] == "succeeded");
  CHECK(captured.body["amount_received"] == 4000);
  CHECK(captured.body["amount_capturable"] == 0);

  const auto again = box.act(created, "capture");
  CHECK(again.status == 400);
  CHECK(again.body["error"]["code"] == "payment_intent_unexpected_state");
  CHECK(again.body["error"]["payment_intent"]["status"] == "succeeded");
}

TEST_CASE("without manual capture a payment succeeds when it is confirmed") {
  Fixture box;
  const auto created = box.post("/v1/payment_intents", "amount=100&currency=eur").body;
  CHECK(box.pay(created).body["status"] == "succeeded");
  CHECK(box.look_up(created)["amount_received"] == 100);
}

TEST_CASE("test payment methods do what Stripe says they do") {
  Fixture box;
  const auto declined = box.pay(box.create(), "pm_card_chargeDeclinedInsufficientFunds");
  CHECK(declined.status == 402);
  CHECK(declined.body["error"]["type"] == "card_error");
  CHECK(declined.body["error"]["code"] == "card_declined");
  CHECK(declined.body["error"]["decline_code"] == "insufficient_funds");
  CHECK(declined.body["error"]["payment_intent"]["status"] == "requires_payment_method");

  const auto expired = box.pay(box.create(), "pm_card_chargeDeclinedExpiredCard");
  CHECK(expired.body["error"]["code"] == "expired_card");
  const auto unknown = box.pay(box.create(), "pm_card_of_nobody");
  CHECK(unknown.status == 400);
  CHECK(unknown.body["error"]["code"] == "resource_missing");
}

TEST_CASE("a bank that asks who pays is answered on its page") {
  Fixture box;
  const auto payment = box.create();
  const auto asked = box.pay(payment, "pm_card_authenticationRequired");
  CHECK(asked.status == 200);
  CHECK(asked.body["status"] == "requires_action");
  const auto page = asked.body["next_action"]["redirect_to_url"]["url"].get<std::string>();
  const auto shown = box.client().get(page);
  CHECK(shown.status == 200);
  CHECK(shown.header("content-type") == "text/html; charset=utf-8");

  const auto secret = payment["client_secret"].get<std::string>();
  const auto bank = "/simulator/authenticate/" + secret;
  CHECK(box.post(bank, R"({"result": "perhaps"})").status == 400);
  CHECK(box.post(bank + "0", R"({"result": "succeeded"})").status == 404);
  CHECK(box.post(bank, R"({"result": "failed"})").body["status"] == "requires_payment_method");
  CHECK(
      box.look_up(payment)["last_payment_error"]["code"]
      == "payment_intent_authentication_failure");
  CHECK(box.pay(payment, "pm_card_authenticationRequired").body["status"] == "requires_action");
  CHECK(box.post(bank, R"({"result": "succeeded"})").body["status"] == "requires_capture");
  CHECK(box.post(bank, R"({"result": "succeeded"})").status == 400);
}

TEST_CASE("a payment is given up as long as it is not captured") {
  Fixture box;
  const auto payment = box.create();
  CHECK(box.pay(payment).status == 200);
  CHECK(box.act(payment, "cancel", "cancellation_reason=boredom").status == 400);
  const auto cancelled = box.act(payment, "cancel", "cancellation_reason=abandoned");
  CHECK(cancelled.body["status"] == "canceled");
  CHECK(cancelled.body["cancellation_reason"] == "abandoned");
  CHECK(cancelled.body["canceled_at"].is_number());
  CHECK(box.act(payment, "cancel").status == 400);
  CHECK(box.act(payment, "capture").status == 400);
  CHECK(box.pay(payment).status == 400);
}

TEST_CASE("refunds add up to what was captured, and no further") {
  Fixture box;
  const auto payment = box.create();
  const auto id = payment["id"].get<std::string>();
  const auto refund = [&](const std::string& more) {
    return box.post("/v1/refunds", "payment_intent=" + id + more);
  };
  CHECK(refund("&amount=1").status == 400);
  REQUIRE(box.pay(payment).status == 200);
  REQUIRE(box.act(payment, "capture", "amount_to_capture=4000").status == 200);
  const auto first = refund("&amount=1000&expand[]=payment_intent.latest_charge");
  CHECK(first.status == 200);
  CHECK(first.body["object"] == "refund");
  CHECK(first.body["status"] == "succeeded");
  CHECK(first.body["payment_intent"]["latest_charge"]["amount_refunded"] == 1000);
  CHECK(refund("&amount=3001").status == 400);
  const auto rest = refund("");
  CHECK(rest.body["amount"] == 3000);
  CHECK(rest.body["payment_intent"] == id);
  CHECK(refund("").body["error"]["code"] == "charge_already_refunded");
  CHECK(box.post("/v1/refunds", "payment_intent=pi_none").status == 404);
  CHECK(box.post("/v1/refunds", "amount=1").status == 400);
}

TEST_CASE("a list is paged, newest first, and bounded in time") {
  Fixture box;
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(box.create()["id"]);
  const auto first = box.get("/v1/payment_intents?limit=2").body;
  REQUIRE(first["data"].size() == 2);
  CHECK(first["object"] == "list");
  CHECK(first["has_more"] == true);
  CHECK(first["data"][0]["id"] == ids[4]);
  const auto last = box.get("/v1/payment_intents?limit=3&starting_after=" + ids[3]).body;
  REQUIRE(last["data"].size() == 3);
  CHECK(last["has_more"] == false);
  CHECK(last["data"][2]["id"] == ids[0]);
  CHECK(box.get("/v1/payment_intents?starting_after=" + ids[0]).body["data"].empty());
  CHECK(box.get("/v1/payment_intents?created[gte]=4000000000").body["data"].empty());
  CHECK(box.get("/v1/payment_intents?created[lt]=1000000000").body["data"].empty());
  CHECK(box.get("/v1/payment_intents?created[gt]=1000000000").body["data"].size() == 5);
  CHECK(box.get("/v1/payment_intents?limit=0").status == 400);
  CHECK(box.get("/v1/payment_intents?limit=101").status == 400);
  CHECK(box.get("/v1/payment_intents?starting_after=pi_none").status == 404);
}

TEST_CASE("a request that is wrong is answered with the parameter at fault") {
  Fixture box;
  const auto fault = [&](const std::string& form) {
    const auto answer = box.post("/v1/payment_intents", form);
    CHECK(answer.status == 400);
    CHECK(answer.body["error"]["type"] == "invalid_request_error");
    return answer.body["error"].value("param", "");
  };
  CHECK(fault("currency=eur") == "amount");
  CHECK(fault("amount=&currency=eur") == "amount");
  CHECK(fault("amount=12.5&currency=eur") == "amount");
  CHECK(fault("amount=0&currency=eur") == "amount");
  CHECK(fault("amount=100000000&currency=eur") == "amount");
  CHECK(fault("amount=1") == "currency");
  CHECK(fault("amount=1&currency=euro") == "currency");
  CHECK(fault("amount=1&currency=eur&capture_method=never") == "capture_method");
  CHECK(fault("amount=1&currency=eur&amont=2") == "amont");
  CHECK(fault("amount=1&currency=eur&metadata[simulate]=capture:explode") == "metadata[simulate]");
  CHECK(fault("amount=1&currency=eur&metadata[a]=" + std::string(501, 'x')) == "metadata[a]");
  CHECK(box.get("/v1/nothing").status == 404);
  CHECK(box.get("/v1/payment_intents/pi_none").body["error"]["code"] == "resource_missing");
}

TEST_CASE("only the account's key opens the account, and a client secret one payment") {
  Fixture box;
  const auto payment = box.create();
  const auto other = box.create();
  const auto id = payment["id"].get<std::string>();
  const auto path = "/v1/payment_intents/" + id;
  const auto secret = payment["client_secret"].get<std::string>();
  test::HttpClient stranger(box.server().url());
  CHECK(stranger.get("/v1/payment_intents").status == 401);
  CHECK(stranger.get(path).status == 401);
  CHECK(stranger.get(path + "?client_secret=" + secret).status == 200);
  CHECK(stranger.get(path + "?client_secret=" + secret + "0").status == 401);
  CHECK(
      stranger.get(path + "?client_secret=" + other["client_secret"].get<std::string>()).status
      == 401);
  CHECK(stranger.post(path + "/capture", "client_secret=" + secret).status == 401);
  stranger.use_token("sk_test_other");
  CHECK(stranger.get(path).status == 401);
  // "sk_test_cavea:" as curl -u sends it.
  test::HttpClient basic(box.server().url());
  CHECK(basic.get(path, {"Authorization: Basic c2tfdGVzdF9jYXZlYTo="}).status == 200);
}

TEST_CASE("a browser of another origin may ask") {
  Fixture box;
  const auto asked = box.client().send("OPTIONS", "/v1/payment_intents/pi_1/confirm");
  CHECK(asked.status == 204);
  CHECK(asked.header("access-control-allow-origin") == "*");
  CHECK(box.client().get("/v1/payment_intents").header("access-control-allow-origin") == "*");
}

}  // namespace
}  // namespace cavea::simulator
