#include "tests/outbound/payment_world.hpp"

#include <doctest/doctest.h>

#include <string>
#include <variant>

namespace cavea::outbound::payment {
namespace {

using engine::PaymentFailure;
using engine::PaymentStatus;

TEST_CASE("a payment is created, paid by the customer, captured, refunded and listed") {
  PaymentWorld world;
  const auto port = open_port(test_settings(world.url()));
  const auto created = payment_in(ask(*port, create_of("create")));
  CHECK(created.status == PaymentStatus::requires_payment_method);
  CHECK(created.amount.minor == 4'200);
  CHECK(created.captured.minor == 0);
  CHECK(created.refunded == engine::Money{0});
  CHECK(created.currency.view() == "EUR");
  CHECK(created.reservation->str() == "01JD3V7Z3N0R2M5Q8T9W4X6Y7Z");
  CHECK_FALSE(created.client_secret.empty());

  CHECK(world.pay(created) == 200);
  const auto authorised = payment_in(ask(*port, engine::LookUpPayment{.payment = created.id}));
  CHECK(authorised.status == PaymentStatus::requires_capture);
  CHECK(authorised.captured.minor == 0);

  const auto captured = payment_in(ask(*port, capture_of("capture", created.id, 4'000)));
  CHECK(captured.status == PaymentStatus::succeeded);
  CHECK(captured.amount.minor == 4'200);
  CHECK(captured.captured.minor == 4'000);
  CHECK(captured.refunded == engine::Money{0});

  const auto refunded = payment_in(ask(*port, refund_of("refund", created.id, 1'500)));
  CHECK(refunded.captured.minor == 4'000);
  CHECK(refunded.refunded == engine::Money{1'500});
  const auto again = payment_in(ask(*port, refund_of("refund-2", created.id, 2'500)));
  CHECK(again.refunded == engine::Money{4'000});

  const auto answer = ask(*port, engine::ListPayments{.created_from = {0}});
  REQUIRE(std::holds_alternative<engine::PaymentPage>(answer));
  const auto& page = std::get<engine::PaymentPage>(answer);
  REQUIRE(page.payments.size() == 1);
  CHECK_FALSE(page.next.has_value());
  CHECK(page.payments[0].id == created.id);
  CHECK(page.payments[0].refunded == engine::Money{4'000});
}

TEST_CASE("a list is read page by page, newest first, and begins where it is told") {
  PaymentWorld world;
  const auto port = open_port(test_settings(world.url()));
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) {
    ids.push_back(payment_in(ask(*port, create_of("key-" + std::to_string(i)))).id.value);
  }
  std::vector<std::string> listed;
  engine::ListPayments request{.created_from = {0}, .after = {}, .limit = 2};
  std::size_t pages = 0;
  do {
    const auto answer = ask(*port, request);
    REQUIRE(std::holds_alternative<engine::PaymentPage>(answer));
    const auto& page = std::get<engine::PaymentPage>(answer);
    for (const auto& payment : page.payments) listed.push_back(payment.id.value);
    request.after = page.next;
    ++pages;
  } while (request.after);
  CHECK(pages == 3);
  CHECK(listed == std::vector<std::string>(ids.rbegin(), ids.rend()));

  const auto later = ask(*port, engine::ListPayments{.created_from = {4'000'000'000'000}});
  REQUIRE(std::holds_alternative<engine::PaymentPage>(later));
  CHECK(std::get<engine::PaymentPage>(later).payments.empty());
}

TEST_CASE("amounts of currencies that the provider counts otherwise come back as they were") {
  PaymentWorld world;
  const auto port = open_port(test_settings(world.url()));
  auto request = create_of("isk", 5);
  request.currency = *engine::Currency::from("ISK");
  const auto payment = payment_in(ask(*port, request));
  CHECK(payment.amount.minor == 5);
  CHECK(payment.currency == request.currency);
  CHECK(world.pay(payment) == 200);
  auto capture = capture_of("isk-2", payment.id, 5);
  capture.currency = request.currency;
  CHECK(payment_in(ask(*port, capture)).captured.minor == 5);
  CHECK(world.statistics()["captured"]["isk"] == 500);
}

TEST_CASE("a payment that is given up cannot be captured, and the refusal tells its state") {
  PaymentWorld world;
  const auto port = open_port(test_settings(world.url()));
  const auto payment = world.paid(*port, "create");
  const auto cancelled =
      payment_in(ask(*port, engine::CancelPayment{.key = "cancel", .payment = payment.id}));
  CHECK(cancelled.status == PaymentStatus::canceled);
  CHECK(cancelled.refunded == engine::Money{0});

  const auto failure = failure_in(ask(*port, capture_of("capture", payment.id)));
  CHECK(failure.kind == PaymentFailure::Kind::refused);
  CHECK(failure.code == "payment_intent_unexpected_state");
  REQUIRE(failure.payment.has_value());
  CHECK(failure.payment->status == PaymentStatus::canceled);
}

TEST_CASE("what the customer's bank declines is told with its reason, and may be tried again") {
  PaymentWorld world;
  const auto port = open_port(test_settings(world.url()));
  const auto payment = payment_in(ask(*port, create_of("create")));
  CHECK(world.pay(payment, "pm_card_chargeDeclinedInsufficientFunds") == 402);
  const auto declined = payment_in(ask(*port, engine::LookUpPayment{.payment = payment.id}));
  CHECK(declined.status == PaymentStatus::requires_payment_method);
  CHECK(declined.last_error == "Your card has insufficient funds.");

  CHECK(world.pay(payment) == 200);
  const auto paid = payment_in(ask(*port, engine::LookUpPayment{.payment = payment.id}));
  CHECK(paid.status == PaymentStatus::requires_capture);
  CHECK(paid.last_error.empty());
}

TEST_CASE("what the provider does not do is refused with its reason") {
  PaymentWorld world;
  const auto port = open_port(test_settings(world.url()));
  const auto payment = world.paid(*port, "create");
  const auto code_of = [&](const engine::PaymentRequest& request) {
    const auto failure = failure_in(ask(*port, request));
    CHECK(failure.kind == PaymentFailure::Kind::refused);
    CHECK_FALSE(failure.message.empty());
    return failure.code;
  };
  CHECK(code_of(engine::LookUpPayment{.payment = {"pi_nobody"}}) == "resource_missing");
  CHECK(code_of(capture_of("k1", {"pi_nobody"})) == "resource_missing");
  CHECK(code_of(capture_of("k2", payment.id, 4'201)) == "amount_too_large");
  CHECK(code_of(refund_of("k3", payment.id, 1)) == "invalid_request_error");
  CHECK(payment_in(ask(*port, capture_of("k4", payment.id))).captured.minor == 4'200);
  CHECK(code_of(refund_of("k5", payment.id, 4'201)) == "invalid_request_error");
  CHECK(payment_in(ask(*port, refund_of("k6", payment.id, 4'200))).refunded->minor == 4'200);
  CHECK(code_of(refund_of("k7", payment.id, 1)) == "charge_already_refunded");
  CHECK(code_of(create_of("k8", 100'000'000)) == "amount_too_large");
}

TEST_CASE("a refund that the bank does not take is refused, and counts for nothing") {
  PaymentWorld world;
  const auto port = open_port(test_settings(world.url()));
  const auto payment = world.paid(*port, "create", 19'023);
  CHECK(payment_in(ask(*port, capture_of("capture", payment.id, 19'023))).captured.minor == 19'023);
  const auto failure = failure_in(ask(*port, refund_of("refund", payment.id, 19'023)));
  CHECK(failure.kind == PaymentFailure::Kind::refused);
  CHECK(failure.code == "refund_failed");
  REQUIRE(failure.payment.has_value());
  CHECK(failure.payment->refunded == engine::Money{0});
}

TEST_CASE("the same key is carried out once, and another request with it is refused") {
  PaymentWorld world;
  const auto port = open_port(test_settings(world.url()));
  const auto first = payment_in(ask(*port, create_of("key")));
  const auto second = payment_in(ask(*port, create_of("key")));
  CHECK(first.id == second.id);
  CHECK(first.client_secret == second.client_secret);
  CHECK(world.statistics()["payments"] == 1);

  auto failure = failure_in(ask(*port, create_of("key", 4'300)));
  CHECK(failure.kind == PaymentFailure::Kind::refused);
  CHECK(failure.code == "idempotency_error");
  failure = failure_in(ask(*port, capture_of("key", first.id)));
  CHECK(failure.code == "idempotency_error");
}

TEST_CASE("a wrong key of ours leaves the outcome open, for somebody to put it right") {
  PaymentWorld world;
  auto settings = test_settings(world.url());
  settings.secret_key = Secret("sk_test_other");
  const auto port = open_port(settings);
  const auto failure = failure_in(ask(*port, create_of("key")));
  CHECK(failure.kind == PaymentFailure::Kind::unavailable);
  CHECK(port->probe().attempts.value() == 1);
}

}  // namespace
}  // namespace cavea::outbound::payment
