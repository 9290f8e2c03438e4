#pragma once

#include "engine/payment.hpp"
#include "outbound/payment/stripe_port.hpp"
#include "simulator/server.hpp"
#include "tests/support/http_client.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <string>

namespace cavea::outbound::payment {

/// Asks and waits for the answer, 20 s at most; checks that there is exactly one.
[[nodiscard]] engine::PaymentAnswer ask(engine::PaymentPort& port, engine::PaymentRequest request);

/// The payment of an answer; fails the test when it is none.
[[nodiscard]] engine::Payment payment_in(const engine::PaymentAnswer& answer);

/// The failure of an answer; fails the test when it is none.
[[nodiscard]] engine::PaymentFailure failure_in(const engine::PaymentAnswer& answer);

/// Settings for tests at `base_url`: short pauses, a breaker that stays closed.
[[nodiscard]] Settings test_settings(const std::string& base_url);

[[nodiscard]] std::unique_ptr<StripePort> open_port(
    Settings settings, std::shared_ptr<spdlog::logger> logger = nullptr);

[[nodiscard]] engine::CreatePayment create_of(std::string key, std::int64_t minor = 4'200);
[[nodiscard]] engine::CapturePayment capture_of(
    std::string key, const engine::PaymentId& payment, std::int64_t minor = 4'200);
[[nodiscard]] engine::RefundPayment refund_of(
    std::string key, const engine::PaymentId& payment, std::int64_t minor);

/// A simulator in this process, and people who use it.
class PaymentWorld {
 public:
  /// `ca_file`: whom the people trust, when the simulator speaks TLS.
  explicit PaymentWorld(simulator::Server::Settings settings = {}, const std::string& ca_file = "");

  [[nodiscard]] const std::string& url() const { return url_; }

  /// Scripts the simulator.
  void behave(const std::string& json);

  [[nodiscard]] nlohmann::json statistics();

  /// What a customer's browser does; returns the status of the HTTP answer.
  int pay(const engine::Payment& payment, const std::string& method = "pm_card_visa");

  /// A payment that a customer has confirmed.
  [[nodiscard]] engine::Payment paid(
      engine::PaymentPort& port, const std::string& key, std::int64_t minor = 4'200);

 private:
  std::unique_ptr<simulator::Server> server_;
  std::string url_;
  test::HttpClient client_;
};

}  // namespace cavea::outbound::payment
