#include "outbound/payment/webhook_signature.hpp"
#include "simulator/session.hpp"
#include "simulator/webhook_link.hpp"
#include "tests/simulator/simulator_fixture.hpp"
#include "tests/support/scripted_server.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace cavea::simulator {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;
using test::ReceivedRequest;
using test::ScriptedReply;
using test::ScriptedServer;

Server::Settings sending_to(const ScriptedServer& shop, std::vector<std::string> types = {}) {
  Server::Settings settings;
  settings.webhooks.url = shop.url() + "/notices?from=simulator";
  settings.webhooks.secret = "whsec_test";
  settings.webhooks.types = types.empty() ? Webhooks::default_types() : std::move(types);
  settings.webhooks.connections = 1;
  settings.webhooks.pause_first = 1ms;
  settings.webhooks.pause_max = 5ms;
  return settings;
}

std::vector<Json> events_in(const std::vector<ReceivedRequest>& came) {
  std::vector<Json> events;
  for (const auto& request : came) events.push_back(Json::parse(request.body));
  return events;
}

TEST_CASE("events are posted, signed, with the object as it was then") {
  ScriptedServer shop;
  Fixture box(sending_to(shop));
  const auto payment = box.create();
  REQUIRE(box.pay(payment).status == 200);
  auto came = shop.wait_for(1);
  REQUIRE(box.act(payment, "capture", "", "capture-key").status == 200);
  came = shop.wait_for(2);
  REQUIRE(
      box.post("/v1/refunds", "payment_intent=" + payment["id"].get<std::string>() + "&amount=7")
          .status
      == 200);
  came = shop.wait_for(3);

  CHECK(came[0].method == "POST");
  CHECK(came[0].target == "/notices?from=simulator");
  const auto fault = outbound::payment::fault_of_signature(
      came[0].body,
      came[0].header("Stripe-Signature"),
      {outbound::Secret("whsec_test")},
      {ms_now()});
  CHECK_FALSE(fault.has_value());

  const auto events = events_in(came);
  CHECK(events[0]["object"] == "event");
  CHECK(events[0]["type"] == "payment_intent.amount_capturable_updated");
  CHECK(events[0]["data"]["object"]["status"] == "requires_capture");
  CHECK(events[0]["data"]["object"]["id"] == payment["id"]);
  CHECK(events[1]["type"] == "payment_intent.succeeded");
  CHECK(events[1]["request"]["idempotency_key"] == "capture-key");
  CHECK(events[2]["type"] == "charge.refunded");
  CHECK(events[2]["data"]["object"]["amount_refunded"] == 7);
  CHECK(events[2]["data"]["object"]["payment_intent"] == payment["id"]);
  CHECK(events[0]["id"] != events[1]["id"]);
}

TEST_CASE("an event is sent until it is taken, each time with a signature of its own") {
  ScriptedServer shop([](const ReceivedRequest&, std::size_t number) {
    if (number == 0) return ScriptedReply{.status = 500};
    if (number == 1) return ScriptedReply{.is_cut = true};
    if (number == 2) return ScriptedReply{.status = 301, .headers = {"Location: /elsewhere"}};
    return ScriptedReply{.status = 204};
  });
  Fixture box(sending_to(shop));
  REQUIRE(box.pay(box.create()).status == 200);
  const auto events = events_in(shop.wait_for(4));
  for (const auto& event : events) CHECK(event == events[0]);
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  auto counts = box.get("/simulator/statistics").body["webhooks"];
  while (counts["waiting"] != 0 && std::chrono::steady_clock::now() < deadline) {
    counts = box.get("/simulator/statistics").body["webhooks"];
  }
  CHECK(counts["made"] == 1);
  CHECK(counts["delivered"] == 1);
  // A connection that breaks when it is used again is no try that failed.
  CHECK(counts["failed_tries"] == 2);
  CHECK(shop.count() == 4);
}

TEST_CASE("a script duplicates, loses and reorders events") {
  ScriptedServer shop;
  Fixture box(sending_to(shop));
  box.behave(R"({"duplicate_webhooks": 2})");
  REQUIRE(box.pay(box.create()).status == 200);
  std::map<std::string, int> times;
  for (const auto& event : events_in(shop.wait_for(3))) ++times[event["id"].get<std::string>()];
  CHECK(times.size() == 1);
  CHECK(times.begin()->second == 3);

  box.behave(R"({"duplicate_webhooks": 0, "lose_webhooks": true})");
  REQUIRE(box.pay(box.create()).status == 200);
  CHECK(box.get("/simulator/statistics").body["webhooks"]["lost"] == 1);

  box.behave(R"({"lose_webhooks": false, "reorder_webhooks_ms": 300})");
  const auto payment = box.create();
  REQUIRE(box.pay(payment).status == 200);
  REQUIRE(box.act(payment, "capture").status == 200);
  const auto events = events_in(shop.wait_for(5));
  CHECK(events[3]["type"] == "payment_intent.succeeded");
  CHECK(events[4]["type"] == "payment_intent.amount_capturable_updated");
}

TEST_CASE("only the types of events that are wanted are sent") {
  ScriptedServer shop;
  Fixture box(sending_to(shop, {"payment_intent.created"}));
  REQUIRE(box.pay(box.create()).status == 200);
  REQUIRE(box.create()["status"] == "requires_payment_method");
  const auto events = events_in(shop.wait_for(2));
  for (const auto& event : events) CHECK(event["type"] == "payment_intent.created");
  CHECK(box.get("/simulator/statistics").body["webhooks"]["made"] == 2);
}

TEST_CASE("an address for webhooks is a URL of plain HTTP") {
  CHECK(webhook_target_from("http://127.0.0.1:8088/a?b=c")->path == "/a?b=c");
  CHECK(webhook_target_from("http://127.0.0.1:8088")->path == "/");
  CHECK(webhook_target_from("http://[::1]:8088/")->host == "::1");
  CHECK(webhook_target_from("http://shop.example/a")->port == "80");
  for (const auto* url :
       {"", "shop", "https://shop.example/", "ftp://a", "http://", "http://a b"}) {
    INFO(url);
    CHECK_FALSE(webhook_target_from(url).has_value());
  }
}

}  // namespace
}  // namespace cavea::simulator
