#include "tests/outbound/payment_world.hpp"
#include "tests/support/scripted_server.hpp"

#include <doctest/doctest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <future>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace cavea::outbound::payment {
namespace {

using namespace std::chrono_literals;
using engine::PaymentFailure;
using engine::PaymentStatus;
using test::ReceivedRequest;
using test::ScriptedReply;
using test::ScriptedServer;
using Clock = std::chrono::steady_clock;

constexpr const char* good_payment = R"({"id": "pi_1", "object": "payment_intent", "amount": 4200,
  "amount_received": 0, "client_secret": "s", "created": 1700000000, "currency": "eur",
  "status": "requires_payment_method", "latest_charge": null, "metadata": {}})";

ScriptedReply good_reply() {
  return {.status = 200, .body = good_payment};
}

TEST_CASE("a capture that was never answered is asked for again and charges once") {
  PaymentWorld world;
  auto settings = test_settings(world.url());
  settings.attempt_time = 300ms;
  const auto port = open_port(settings);
  const auto payment = world.paid(*port, "create");
  world.behave(R"({"time_out_after_charging": 2, "operations": ["capture"]})");
  const auto captured = payment_in(ask(*port, capture_of("capture", payment.id)));
  CHECK(captured.status == PaymentStatus::succeeded);
  CHECK(captured.captured.minor == 4'200);
  CHECK(port->probe().retries.value() == 2);
  const auto statistics = world.statistics();
  CHECK(statistics["captured"]["eur"] == 4'200);
  CHECK(statistics["unanswered"] == 2);
  CHECK(statistics["replays"] == 2);
  CHECK(statistics["requests"]["capture"] == 3);
}

TEST_CASE("a creation that was never answered is asked for again and makes one payment") {
  PaymentWorld world;
  auto settings = test_settings(world.url());
  settings.attempt_time = 300ms;
  const auto port = open_port(settings);
  const auto payment = payment_in(ask(*port, create_of("create", 19'031)));
  CHECK(payment.amount.minor == 19'031);
  CHECK(port->probe().retries.value() == 1);
  CHECK(world.statistics()["payments"] == 1);
}

TEST_CASE("errors of the provider are tried again with the same key, a bounded number of times") {
  PaymentWorld world;
  const auto port = open_port(test_settings(world.url()));
  world.behave(R"({"fail_with_500": 3})");
  CHECK(payment_in(ask(*port, create_of("key"))).amount.minor == 4'200);
  CHECK(port->probe().attempts.value() == 4);
  CHECK(world.statistics()["payments"] == 1);

  world.behave(R"({"fail_with_500": 4})");
  const auto failure = failure_in(ask(*port, create_of("key-2")));
  CHECK(failure.kind == PaymentFailure::Kind::unavailable);
  CHECK(port->probe().attempts.value() == 8);
  CHECK(payment_in(ask(*port, create_of("key-2"))).amount.minor == 4'200);
}

TEST_CASE("an error that the provider has saved for the key is not asked for without end") {
  PaymentWorld world;
  const auto port = open_port(test_settings(world.url()));
  const auto payment = world.paid(*port, "create", 19'013);
  const auto failure = failure_in(ask(*port, capture_of("capture", payment.id, 19'013)));
  CHECK(failure.kind == PaymentFailure::Kind::unavailable);
  // Created, captured, and captured again to hear the same.
  CHECK(port->probe().attempts.value() == 3);
  const auto looked_up = payment_in(ask(*port, engine::LookUpPayment{.payment = payment.id}));
  CHECK(looked_up.status == PaymentStatus::succeeded);
  CHECK(looked_up.captured.minor == 19'013);
}

TEST_CASE("who is told to come later does not come earlier") {
  PaymentWorld world;
  const auto port = open_port(test_settings(world.url()));
  world.behave(R"({"rate_limit": 1, "retry_after": 1})");
  const auto begin = Clock::now();
  CHECK(payment_in(ask(*port, create_of("key"))).amount.minor == 4'200);
  CHECK(Clock::now() - begin >= 1s);
  CHECK(port->probe().attempts.value() == 2);
}

TEST_CASE("who is told to come after all its time is told so at once") {
  PaymentWorld world;
  const auto port = open_port(test_settings(world.url()));
  world.behave(R"({"rate_limit": 1, "retry_after": 3600})");
  const auto begin = Clock::now();
  const auto failure = failure_in(ask(*port, create_of("key")));
  CHECK(failure.kind == PaymentFailure::Kind::unavailable);
  CHECK(failure.code == "rate_limit");
  CHECK(Clock::now() - begin < 10s);
}

TEST_CASE("the provider's word about retrying goes before the status") {
  ScriptedServer server([](const ReceivedRequest&, std::size_t number) {
    if (number == 0) return ScriptedReply{.status = 400, .headers = {"Stripe-Should-Retry: true"}};
    if (number == 1) return good_reply();
    return ScriptedReply{.status = 500, .headers = {"Stripe-Should-Retry: false"}};
  });
  const auto port = open_port(test_settings(server.url()));
  CHECK(payment_in(ask(*port, create_of("a"))).id.value == "pi_1");
  CHECK(failure_in(ask(*port, create_of("b"))).kind == PaymentFailure::Kind::unavailable);
  CHECK(server.count() == 3);
}

TEST_CASE("every try carries the same key, body and version, and our secret in one place only") {
  ScriptedServer server([](const ReceivedRequest&, std::size_t number) {
    return number == 0 ? ScriptedReply{.is_cut = true} : good_reply();
  });
  const auto port = open_port(test_settings(server.url()));
  CHECK(payment_in(ask(*port, create_of("the key"))).id.value == "pi_1");
  CHECK(payment_in(ask(*port, engine::LookUpPayment{.payment = {"pi_1"}})).id.value == "pi_1");
  const auto came = server.wait_for(3);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(came[i].method == "POST");
    CHECK(came[i].target == "/v1/payment_intents");
    CHECK(came[i].header("Idempotency-Key") == "the key");
    CHECK(came[i].header("Authorization") == "Bearer sk_test_cavea");
    CHECK(came[i].header("Stripe-Version") == "2025-03-31.basil");
    CHECK(came[i].header("Content-Type") == "application/x-www-form-urlencoded");
    CHECK(came[i].header("Expect").empty());
    CHECK(came[i].body == came[0].body);
    CHECK(came[i].body.find("sk_test") == std::string::npos);
  }
  CHECK(came[2].method == "GET");
  CHECK(came[2].body.empty());
  CHECK(came[2].header("Idempotency-Key").empty());
}

TEST_CASE("answers that are none are outcomes that are not known") {
  ScriptedServer server([](const ReceivedRequest&, std::size_t number) {
    if (number == 0) return ScriptedReply{.body = "<html>"};
    if (number == 1) return ScriptedReply{.status = 302, .headers = {"Location: /elsewhere"}};
    if (number == 2) return ScriptedReply{.body = std::string(limits::answer_bytes + 1, ' ')};
    return good_reply();
  });
  auto settings = test_settings(server.url());
  settings.retry.attempts_max = 1;
  const auto port = open_port(settings);
  CHECK(failure_in(ask(*port, create_of("a"))).code == "unreadable_answer");
  CHECK(failure_in(ask(*port, create_of("b"))).code == "http_302");
  CHECK(failure_in(ask(*port, create_of("c"))).code == "connection_broken");
  CHECK(payment_in(ask(*port, create_of("d"))).id.value == "pi_1");
  CHECK(server.count() == 4);
}

TEST_CASE("a provider that is not there is said to be so") {
  std::string url;
  {
    const ScriptedServer gone;
    url = gone.url();
  }
  const auto port = open_port(test_settings(url));
  const auto failure = failure_in(ask(*port, create_of("a")));
  CHECK(failure.kind == PaymentFailure::Kind::unavailable);
  CHECK(failure.code == "not_reachable");
  CHECK(port->probe().attempts.value() == 4);
}

TEST_CASE("a request waits no longer than its time, however long the provider is silent") {
  ScriptedServer server(
      [](const ReceivedRequest&, std::size_t) { return ScriptedReply{.is_silent = true}; });
  auto settings = test_settings(server.url());
  settings.under_way_max = 1;
  settings.attempt_time = 10s;
  settings.total_time = 300ms;
  const auto port = open_port(settings);
  // The second waits for its turn behind the first, and has the same time.
  std::promise<PaymentFailure> second;
  std::promise<PaymentFailure> first;
  const auto keep = [](std::promise<PaymentFailure>& promise) {
    return [&promise](engine::PaymentAnswer answer) {
      promise.set_value(std::get<PaymentFailure>(std::move(answer)));
    };
  };
  port->ask(create_of("a"), keep(first));
  port->ask(create_of("b"), keep(second));
  CHECK(first.get_future().get().code == "timed_out");
  CHECK(second.get_future().get().code == "timed_out");
}

TEST_CASE("when the provider is down the breaker answers, and finds out when it is back") {
  PaymentWorld world;
  auto settings = test_settings(world.url());
  settings.retry.attempts_max = 1;
  settings.breaker = {
      .window = 60s, .calls_min = 5, .failed_percent = 50, .open_time = 50ms, .trials = 1};
  const auto port = open_port(settings);
  world.behave(R"({"down": true})");
  int tries = 0;
  std::string code;
  while (code != "circuit_open" && tries < 100) {
    code = failure_in(ask(*port, create_of("key-" + std::to_string(++tries)))).code;
  }
  CHECK(code == "circuit_open");
  CHECK(port->probe().breaker_openings.value() >= 1);
  CHECK(port->probe().kept_away.value() >= 1);

  world.behave(R"({"down": false})");
  bool is_back = false;
  const auto deadline = Clock::now() + 20s;
  while (!is_back && Clock::now() < deadline) {
    is_back = std::holds_alternative<engine::Payment>(ask(*port, create_of("key")));
    if (!is_back) std::this_thread::yield();
  }
  CHECK(is_back);
  CHECK(payment_in(ask(*port, create_of("key"))).amount.minor == 4'200);
  CHECK(world.statistics()["payments"] == 1);
}

TEST_CASE("beyond the bound of what waits the answer is no, at once") {
  ScriptedServer server(
      [](const ReceivedRequest&, std::size_t) { return ScriptedReply{.is_silent = true}; });
  auto settings = test_settings(server.url());
  settings.unanswered_max = 2;
  std::atomic<int> stopped{0};
  {
    const auto port = open_port(settings);
    const auto count = [&](const engine::PaymentAnswer& answer) {
      CHECK(std::get<PaymentFailure>(answer).code == "stopped");
      ++stopped;
    };
    port->ask(create_of("a"), count);
    port->ask(create_of("b"), count);
    const auto failure = failure_in(ask(*port, create_of("c")));
    CHECK(failure.kind == PaymentFailure::Kind::unavailable);
    CHECK(failure.code == "too_much_waiting");
    CHECK(port->probe().turned_away.value() == 1);
    CHECK(port->probe().unanswered.value() == 2);
    static_cast<void>(server.wait_for(1));
  }
  // Whoever was not answered is answered when the port ends.
  CHECK(stopped == 2);
}

TEST_CASE("thousands at once are each answered once, over a bounded number of connections") {
  constexpr int count = 2'000;
  PaymentWorld world;
  auto settings = test_settings(world.url());
  settings.under_way_max = 8;
  const auto port = open_port(settings);
  std::vector<std::atomic<int>> answers(count);
  std::atomic<int> paid{0};
  std::atomic<int> left{count};
  std::promise<void> done;
  std::vector<std::thread> askers;
  for (int asker = 0; asker < 2; ++asker) {
    askers.emplace_back([&, asker] {
      for (int i = asker; i < count; i += 2) {
        port->ask(create_of("key-" + std::to_string(i)), [&, i](const engine::PaymentAnswer& a) {
          ++answers[static_cast<std::size_t>(i)];
          if (std::holds_alternative<engine::Payment>(a)) ++paid;
          if (--left == 0) done.set_value();
        });
      }
    });
  }
  for (auto& asker : askers) asker.join();
  CHECK(done.get_future().wait_for(60s) == std::future_status::ready);
  for (const auto& times : answers) CHECK(times == 1);
  CHECK(paid == count);
  CHECK(port->probe().connections.value() <= 8);
  CHECK(port->probe().unanswered.value() == 0);
  CHECK(world.statistics()["payments"] == count);
}

TEST_CASE("what finishes a payment goes before what begins one") {
  std::promise<void> opened;
  std::shared_future<void> is_open = opened.get_future();
  ScriptedServer server([is_open](const ReceivedRequest&, std::size_t) {
    is_open.wait();
    return good_reply();
  });
  auto settings = test_settings(server.url());
  settings.under_way_max = 1;
  const auto port = open_port(settings);
  std::atomic<int> left{4};
  std::promise<void> done;
  const auto count = [&](const engine::PaymentAnswer&) {
    if (--left == 0) done.set_value();
  };
  port->ask(create_of("first"), count);
  static_cast<void>(server.wait_for(1));
  port->ask(create_of("second"), count);
  port->ask(engine::ListPayments{.created_from = {0}}, count);
  port->ask(capture_of("third", {"pi_1"}), count);
  // All of them have been put down before the first is answered.
  opened.set_value();
  CHECK(done.get_future().wait_for(20s) == std::future_status::ready);
  const auto came = server.wait_for(4);
  CHECK(came[0].header("Idempotency-Key") == "first");
  CHECK(came[1].header("Idempotency-Key") == "third");
  CHECK(came[2].header("Idempotency-Key") == "second");
}

TEST_CASE("trouble is logged without secrets, and not again and again") {
  PaymentWorld world;
  std::ostringstream log;
  const auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(log);
  const auto logger = std::make_shared<spdlog::logger>("test", sink);
  logger->set_level(spdlog::level::trace);
  auto settings = test_settings(world.url());
  settings.retry.attempts_max = 1;
  const auto port = open_port(settings, logger);
  const auto payment = world.paid(*port, "create");
  world.behave(R"({"fail_with_500": 1000})");
  for (int i = 0; i < 20; ++i) {
    CHECK(failure_in(ask(*port, create_of("key"))).kind == PaymentFailure::Kind::unavailable);
  }
  logger->flush();
  const auto text = log.str();
  CHECK(text.find("event=payment_failure") != std::string::npos);
  CHECK(text.find("event=payment_failure") == text.rfind("event=payment_failure"));
  CHECK(text.find("request_id=\"req_") != std::string::npos);
  CHECK(text.find("sk_test") == std::string::npos);
  CHECK(text.find("_secret_") == std::string::npos);
  CHECK(text.find(payment.client_secret) == std::string::npos);
}

}  // namespace
}  // namespace cavea::outbound::payment
