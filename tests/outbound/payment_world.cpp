#include "tests/outbound/payment_world.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <variant>

namespace cavea::outbound::payment {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 20s;

/// Shared with the continuation, which may come late.
struct Answers {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<engine::PaymentAnswer> came;
};

std::unique_ptr<simulator::Server> started(simulator::Server::Settings settings) {
  auto server = simulator::Server::open(std::move(settings));
  if (!server) throw std::runtime_error(server.error());
  return std::move(server).value();
}

}  // namespace

engine::PaymentAnswer ask(engine::PaymentPort& port, engine::PaymentRequest request) {
  const auto answers = std::make_shared<Answers>();
  port.ask(std::move(request), [answers](engine::PaymentAnswer answer) {
    const std::lock_guard lock(answers->mutex);
    answers->came.push_back(std::move(answer));
    answers->changed.notify_all();
  });
  std::unique_lock lock(answers->mutex);
  const bool is_there =
      answers->changed.wait_for(lock, patience, [&] { return !answers->came.empty(); });
  if (!is_there) throw std::runtime_error("the port gave no answer within 20 s");
  CHECK(answers->came.size() == 1);
  return answers->came.front();
}

engine::Payment payment_in(const engine::PaymentAnswer& answer) {
  if (const auto* failure = std::get_if<engine::PaymentFailure>(&answer)) {
    FAIL(failure->code << ": " << failure->message);
  }
  REQUIRE(std::holds_alternative<engine::Payment>(answer));
  return std::get<engine::Payment>(answer);
}

engine::PaymentFailure failure_in(const engine::PaymentAnswer& answer) {
  REQUIRE(std::holds_alternative<engine::PaymentFailure>(answer));
  return std::get<engine::PaymentFailure>(answer);
}

Settings test_settings(const std::string& base_url) {
  Settings settings;
  settings.base_url = base_url;
  settings.secret_key = Secret("sk_test_cavea");
  settings.webhook_secrets = {Secret("whsec_cavea")};
  settings.attempt_time = 10s;
  settings.total_time = 20s;
  settings.retry = {.attempts_max = 4, .pause_first = 1ms, .pause_max = 10ms};
  settings.breaker.calls_min = 1'000'000;
  return settings;
}

std::unique_ptr<StripePort> open_port(Settings settings, std::shared_ptr<spdlog::logger> logger) {
  auto port = StripePort::open(std::move(settings), std::move(logger));
  if (!port) throw std::runtime_error(port.error().text);
  return std::move(port).value();
}

engine::CreatePayment create_of(std::string key, std::int64_t minor) {
  return {
      .key = std::move(key),
      .reservation = *engine::ReservationId::from("01JD3V7Z3N0R2M5Q8T9W4X6Y7Z"),
      .amount = {minor},
      .currency = *engine::Currency::from("EUR"),
      .user = "zoë"};
}

engine::CapturePayment capture_of(
    std::string key, const engine::PaymentId& payment, std::int64_t minor) {
  return {
      .key = std::move(key),
      .payment = payment,
      .amount = {minor},
      .currency = *engine::Currency::from("EUR")};
}

engine::RefundPayment refund_of(
    std::string key, const engine::PaymentId& payment, std::int64_t minor) {
  return {
      .key = std::move(key),
      .payment = payment,
      .amount = {minor},
      .currency = *engine::Currency::from("EUR")};
}

PaymentWorld::PaymentWorld(simulator::Server::Settings settings, const std::string& ca_file)
    : server_(started(std::move(settings))), url_(server_->url()), client_(url_) {
  client_.trust(ca_file);
}

void PaymentWorld::behave(const std::string& json) {
  const auto answer = client_.post("/simulator/behaviour", json);
  INFO(answer.body);
  REQUIRE(answer.status == 200);
}

nlohmann::json PaymentWorld::statistics() {
  return nlohmann::json::parse(client_.get("/simulator/statistics").body);
}

int PaymentWorld::pay(const engine::Payment& payment, const std::string& method) {
  const auto path = "/v1/payment_intents/" + payment.id.value + "/confirm";
  const auto body = "client_secret=" + payment.client_secret + "&payment_method=" + method;
  return client_.post(path, body).status;
}

engine::Payment PaymentWorld::paid(
    engine::PaymentPort& port, const std::string& key, std::int64_t minor) {
  auto payment = payment_in(ask(port, create_of(key, minor)));
  REQUIRE(pay(payment) == 200);
  return payment;
}

}  // namespace cavea::outbound::payment
