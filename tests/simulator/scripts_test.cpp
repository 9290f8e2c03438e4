#include "simulator/behaviour.hpp"
#include "simulator/script.hpp"
#include "tests/simulator/simulator_fixture.hpp"
#include "tests/support/raw_connection.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <thread>

namespace cavea::simulator {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

TEST_CASE("a key is answered as it was the first time, and only for the same request") {
  Fixture box;
  const std::string form = "amount=100&currency=eur";
  const auto first = box.post("/v1/payment_intents", form, "key");
  CHECK(first.response.header("idempotent-replayed").empty());
  const auto again = box.post("/v1/payment_intents", form, "key");
  CHECK(again.response.header("idempotent-replayed") == "true");
  CHECK(again.response.body == first.response.body);
  // As it was then, whatever happened since.
  REQUIRE(box.pay(first.body).status == 200);
  CHECK(box.post("/v1/payment_intents", form, "key").response.body == first.response.body);

  const auto other = box.post("/v1/payment_intents", form + "&description=x", "key");
  CHECK(other.status == 400);
  CHECK(other.body["error"]["type"] == "idempotency_error");
  CHECK(box.act(first.body, "cancel", "", "key").body["error"]["type"] == "idempotency_error");
  CHECK(box.post("/v1/payment_intents", form, "key-2").body["id"] != first.body["id"]);
  CHECK(box.post("/v1/payment_intents", form, std::string(256, 'k')).status == 400);
}

TEST_CASE("what was declined or refused by a payment's state is saved, what was not begun is not") {
  Fixture box;
  const auto payment = box.create();
  CHECK(box.act(payment, "capture", "", "early").status == 400);
  REQUIRE(box.pay(payment).status == 200);
  const auto replayed = box.act(payment, "capture", "", "early");
  CHECK(replayed.status == 400);
  CHECK(replayed.response.header("idempotent-replayed") == "true");

  CHECK(box.post("/v1/payment_intents", "amount=x&currency=eur", "typo").status == 400);
  CHECK(box.post("/v1/payment_intents", "amount=1&currency=eur", "typo").status == 200);
}

TEST_CASE("while the first request with a key is slow, the second is told to wait") {
  Fixture box;
  const auto payment = box.create("4200", "&metadata[simulate]=capture:delay=400");
  REQUIRE(box.pay(payment).status == 200);
  Fixture::Answer slow;
  const auto begin = Clock::now();
  std::thread first([&] {
    test::HttpClient client(box.server().url());
    client.use_token("sk_test_cavea");
    const auto path = "/v1/payment_intents/" + payment["id"].get<std::string>() + "/capture";
    slow.status = client.post(path, "", {"Idempotency-Key: key"}).status;
  });
  // From when it is carried out to when it is answered, the key is in use.
  int status = 0;
  while (status != 409 && Clock::now() - begin < 20s) {
    if (box.look_up(payment)["status"] != "succeeded") continue;
    status = box.act(payment, "capture", "", "key").status;
    if (status == 200) break;
  }
  first.join();
  CHECK(status == 409);
  CHECK(slow.status == 200);
  CHECK(Clock::now() - begin >= 400ms);
  CHECK(box.act(payment, "capture", "", "key").status == 200);
}

TEST_CASE("behaviour for everybody is set, shown, counted down and taken back") {
  Fixture box;
  box.behave(R"({"fail_with_500": 2, "retry_after": 7})");
  const std::string form = "amount=100&currency=eur";
  for (int i = 0; i < 2; ++i) {
    const auto failed = box.post("/v1/payment_intents", form, "key");
    CHECK(failed.status == 500);
    CHECK(failed.body["error"]["type"] == "api_error");
    CHECK(failed.response.header("retry-after") == "7");
  }
  CHECK(box.post("/v1/payment_intents", form, "key").status == 200);
  CHECK(box.get("/simulator/behaviour").body["fail_with_500"] == 0);
  CHECK(box.get("/simulator/behaviour").body["retry_after"] == 7);

  box.behave(R"({"rate_limit": 1, "operations": ["list"]})");
  CHECK(box.post("/v1/payment_intents", form).status == 200);
  CHECK(box.get("/v1/payment_intents").status == 429);
  CHECK(box.get("/v1/payment_intents").status == 200);

  box.behave(R"({"decline": "lost_card", "operations": ["confirm"]})");
  CHECK(box.pay(box.create()).body["error"]["decline_code"] == "lost_card");
  CHECK(box.client().send("DELETE", "/simulator/behaviour").status == 200);
  CHECK(box.pay(box.create()).status == 200);
}

TEST_CASE("customers pay by themselves after a while, when they are told to") {
  Fixture box;
  const auto before = box.create();
  box.behave(R"({"customers_pay_ms": 20})");
  const auto payment = box.create();
  const auto given_up = box.create();
  REQUIRE(box.act(given_up, "cancel").status == 200);
  CHECK(payment["status"] == "requires_payment_method");
  const auto deadline = Clock::now() + 20s;
  while (box.look_up(payment)["status"] != "requires_capture" && Clock::now() < deadline) {
  }
  CHECK(box.look_up(payment)["status"] == "requires_capture");
  CHECK(box.act(payment, "capture").status == 200);
  CHECK(box.look_up(before)["status"] == "requires_payment_method");

  // The next one's customer comes after that of the one that was given up.
  const auto next = box.create();
  while (box.look_up(next)["status"] != "requires_capture" && Clock::now() < deadline) {
  }
  CHECK(box.look_up(given_up)["status"] == "canceled");
}

TEST_CASE("behaviour that is none is refused by name, and changes nothing") {
  Fixture box;
  const auto fault = [&](const std::string& json) {
    const auto answer = box.post("/simulator/behaviour", json);
    CHECK(answer.status == 400);
    return answer.body["error"]["message"].get<std::string>();
  };
  CHECK(fault("[]").find("object") != std::string::npos);
  CHECK(fault(R"({"fail_with_500": 1, "explode": true})").find("explode") != std::string::npos);
  CHECK(fault(R"({"delay_ms": -1})").find("delay_ms") != std::string::npos);
  CHECK(fault(R"({"delay_ms": 9999999})").find("delay_ms") != std::string::npos);
  CHECK(fault(R"({"down": 1})").find("down") != std::string::npos);
  CHECK(fault(R"({"decline": "boredom"})").find("decline") != std::string::npos);
  CHECK(fault(R"({"operations": ["sell"]})").find("operations") != std::string::npos);
  CHECK(box.get("/simulator/behaviour").body["fail_with_500"] == 0);
}

TEST_CASE("what is never answered is carried out all the same") {
  Fixture box;
  const auto payment = box.create();
  REQUIRE(box.pay(payment).status == 200);
  box.behave(R"({"time_out_after_charging": 1})");
  const auto id = payment["id"].get<std::string>();
  test::RawConnection unlucky(box.server().url());
  unlucky.send(
      "POST /v1/payment_intents/" + id
      + "/capture HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk_test_cavea\r\n"
        "Idempotency-Key: key\r\nContent-Length: 0\r\n\r\n");
  const auto deadline = Clock::now() + 20s;
  while (box.look_up(payment)["status"] != "succeeded" && Clock::now() < deadline) {
  }
  CHECK(box.look_up(payment)["status"] == "succeeded");
  const auto retried = box.act(payment, "capture", "", "key");
  CHECK(retried.status == 200);
  CHECK(retried.response.header("idempotent-replayed") == "true");
  CHECK(box.get("/simulator/statistics").body["unanswered"] == 1);
}

TEST_CASE("a simulator that is down closes connections without a word, but for scripts") {
  Fixture box;
  box.behave(R"({"down": true})");
  CHECK(box.get("/v1/payment_intents").status == 0);
  CHECK(box.client().get("/pay/some_secret").status == 0);
  box.behave(R"({"down": false})");
  CHECK(box.get("/v1/payment_intents").status == 200);
}

TEST_CASE("magic amounts and scripts in the metadata are for one payment, once for each key") {
  Fixture box;
  const auto declined = box.pay(box.create("19001"));
  CHECK(declined.status == 402);
  CHECK(box.pay(box.create("19003")).body["status"] == "requires_action");

  const auto payment = box.create("19012");
  REQUIRE(box.pay(payment).status == 200);
  CHECK(box.act(payment, "capture", "", "key").status == 500);
  CHECK(box.act(payment, "capture", "", "key").status == 200);

  const auto expired = box.create("19014");
  REQUIRE(box.pay(expired).status == 200);
  const auto refused = box.act(expired, "capture");
  CHECK(refused.status == 400);
  CHECK(refused.body["error"]["code"] == "capture_charge_authorization_expired");
  CHECK(box.look_up(expired)["status"] == "canceled");

  const auto scripted = box.create(
      "100", "&metadata[simulate]=confirm:decline=expired_card,capture:fail_after_charging");
  CHECK(box.pay(scripted).body["error"]["code"] == "expired_card");
}

TEST_CASE("a bank that takes its time answers after a while, yes or no") {
  Fixture box;
  const auto good = box.create("19004");
  const auto bad = box.create();
  CHECK(box.pay(good).body["status"] == "processing");
  CHECK(box.pay(bad, "pm_simulator_processing_fails").body["status"] == "processing");
  const auto deadline = Clock::now() + 20s;
  const auto is_open = [&](const Fixture::Json& payment) {
    return box.look_up(payment)["status"] == "processing";
  };
  while ((is_open(good) || is_open(bad)) && Clock::now() < deadline) {
  }
  CHECK(box.look_up(good)["status"] == "requires_capture");
  CHECK(box.look_up(bad)["status"] == "requires_payment_method");
  CHECK(box.look_up(bad)["last_payment_error"]["code"] == "card_declined");
}

TEST_CASE(
    "a refund that fails later was answered as if it had gone well, and is no more after it") {
  Fixture box;
  const auto refund = [&](const Fixture::Json& payment, const std::string& key) {
    const auto id = payment["id"].get<std::string>();
    return box.post("/v1/refunds", "payment_intent=" + id + "&amount=1000", key);
  };
  const auto refunded = [&](const Fixture::Json& payment) {
    const auto path = "/v1/payment_intents/" + payment["id"].get<std::string>();
    const auto found = box.get(path + "?expand[]=latest_charge").body;
    return found["latest_charge"]["amount_refunded"].get<int>();
  };
  const auto wait_for = [&](const Fixture::Json& payment, int amount) {
    const auto deadline = Clock::now() + 20s;
    while (refunded(payment) != amount && Clock::now() < deadline) {
    }
    CHECK(refunded(payment) == amount);
  };
  // By its amount, and by what everybody is told.
  const auto by_amount = box.create("19024");
  const auto by_order = box.create();
  for (const auto& payment : {by_amount, by_order}) {
    REQUIRE(box.pay(payment).status == 200);
    REQUIRE(box.act(payment, "capture").status == 200);
    if (payment == by_order) box.behave(R"({"fail_refunds_later": 1})");
    const auto first = refund(payment, "first" + payment["id"].get<std::string>());
    CHECK(first.status == 200);
    CHECK(first.body["status"] == "succeeded");
    CHECK(refunded(payment) == 1000);
    wait_for(payment, 0);
    // Its key is answered as it was, and moves nothing.
    CHECK(
        refund(payment, "first" + payment["id"].get<std::string>()).body["status"] == "succeeded");
    CHECK(refunded(payment) == 0);
    CHECK(refund(payment, "second" + payment["id"].get<std::string>()).status == 200);
    CHECK(refunded(payment) == 1000);
  }
}

TEST_CASE("every instruction has a name, and every magic amount one meaning") {
  for (const auto& magic : magic_amounts()) {
    INFO(magic.last_four);
    const auto found = instruction_of_amount(120'000 + magic.last_four, magic.operation);
    CHECK(found.effect == magic.instruction.effect);
    CHECK_FALSE(magic.meaning.empty());
  }
  CHECK(instruction_of_amount(12'000, Operation::confirm).effect == Effect::none);
  CHECK(
      instruction_in("refund:delay=5, capture:rate_limit", Operation::capture).effect
      == Effect::rate_limit);
  CHECK(instruction_in("refund:delay=5", Operation::refund).delay_ms == 5);
  CHECK(fault_in("capture:expire,refund:fail_refund").empty());
  CHECK(fault_in("capture:expire,nonsense") == "nonsense");
  CHECK(fault_in("capture:delay=soon") == "capture:delay=soon");
  CHECK(fault_in("capture:expire=5") == "capture:expire=5");
}

}  // namespace
}  // namespace cavea::simulator
