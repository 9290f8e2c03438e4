#include "outbound/payment/provider_reply.hpp"

#include <doctest/doctest.h>

#include <string>
#include <variant>

namespace cavea::outbound::payment {
namespace {

using engine::Payment;
using engine::PaymentFailure;
using engine::PaymentPage;
using engine::PaymentStatus;
using Health = CircuitBreaker::Outcome;

const std::string intent = R"({
  "id": "pi_1", "object": "payment_intent", "amount": 4200, "amount_received": 4000,
  "client_secret": "pi_1_secret_2", "created": 1700000000, "currency": "eur",
  "last_payment_error": null, "status": "succeeded",
  "latest_charge": {"id": "ch_1", "object": "charge", "amount_refunded": 1500},
  "metadata": {"reservation": "01JD3V7Z3N0R2M5Q8T9W4X6Y7Z", "user": "zoe"}})";

Verdict read(
    int status,
    const std::string& body,
    ProviderCall::Answer answer = ProviderCall::Answer::payment) {
  return read_reply({.answer = answer}, {.status = status, .body = body});
}

PaymentFailure failure_of(const Verdict& verdict) {
  REQUIRE(std::holds_alternative<PaymentFailure>(verdict.answer));
  return std::get<PaymentFailure>(verdict.answer);
}

std::string with(std::string text, const std::string& what, const std::string& instead) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), instead);
}

TEST_CASE("a payment is read with its amounts, its reservation and what was refunded") {
  const auto verdict = read(200, intent);
  CHECK(verdict.health == Health::succeeded);
  REQUIRE(std::holds_alternative<Payment>(verdict.answer));
  const auto& payment = std::get<Payment>(verdict.answer);
  CHECK(payment.id.value == "pi_1");
  CHECK(payment.client_secret == "pi_1_secret_2");
  CHECK(payment.status == PaymentStatus::succeeded);
  CHECK(payment.amount.minor == 4200);
  CHECK(payment.captured.minor == 4000);
  CHECK(payment.refunded == engine::Money{1500});
  CHECK(payment.currency.view() == "EUR");
  CHECK(payment.reservation->str() == "01JD3V7Z3N0R2M5Q8T9W4X6Y7Z");
  CHECK(payment.created_at.ms == 1'700'000'000'000);
  CHECK(payment.last_error.empty());
}

TEST_CASE("what was refunded is unknown when only the charge's name came, and zero without one") {
  const std::string charge = R"({"id": "ch_1", "object": "charge", "amount_refunded": 1500})";
  auto verdict = read(200, with(intent, charge, R"("ch_1")"));
  CHECK_FALSE(std::get<Payment>(verdict.answer).refunded.has_value());
  verdict = read(200, with(intent, charge, "null"));
  CHECK(std::get<Payment>(verdict.answer).refunded == engine::Money{0});
}

TEST_CASE("the last error is one line without control characters") {
  const auto verdict = read(
      200,
      with(
          intent,
          R"("last_payment_error": null)",
          R"("last_payment_error": {"message": "Your card\nwas declined.\u0000"})"));
  CHECK(std::get<Payment>(verdict.answer).last_error == "Your card was declined. ");
}

TEST_CASE("a success that cannot be understood is an outcome that is not known") {
  for (const auto& body :
       {std::string(),
        std::string("<html>"),
        std::string("[]"),
        std::string("{}"),
        std::string("{\"id\": \"pi_1\"}"),
        with(intent, "succeeded", "something_new"),
        with(intent, "\"amount\": 4200", "\"amount\": \"4200\""),
        with(intent, "\"amount\": 4200", "\"amount\": 42.5"),
        with(intent, "payment_intent", "charge"),
        with(intent, "pi_1\"", "\""),
        intent.substr(0, intent.size() - 2),
        std::string(100'000, '[')}) {
    INFO(body.substr(0, 200));
    const auto verdict = read(200, body);
    CHECK(failure_of(verdict).kind == PaymentFailure::Kind::unavailable);
    CHECK(failure_of(verdict).code == "unreadable_answer");
    CHECK(verdict.health == Health::failed);
  }
}

TEST_CASE("a refund is answered with its payment, and a refund that failed is refused") {
  const auto refund = [](const std::string& status) {
    return R"({"id": "re_1", "object": "refund", "failure_reason": "lost_or_stolen_card",
               "status": ")"
           + status + R"(", "payment_intent": )" + intent + "}";
  };
  for (const auto* status : {"succeeded", "pending"}) {
    const auto verdict = read(200, refund(status), ProviderCall::Answer::refund);
    REQUIRE(std::holds_alternative<Payment>(verdict.answer));
    CHECK(std::get<Payment>(verdict.answer).refunded == engine::Money{1500});
  }
  const auto failed = failure_of(read(200, refund("failed"), ProviderCall::Answer::refund));
  CHECK(failed.kind == PaymentFailure::Kind::refused);
  CHECK(failed.code == "refund_failed");
  CHECK(failed.message.find("lost_or_stolen_card") != std::string::npos);
  CHECK(failed.payment.has_value());
  CHECK(
      failure_of(read(200, intent, ProviderCall::Answer::refund)).kind
      == PaymentFailure::Kind::unavailable);
}

TEST_CASE("a page goes on after its last payment, whosever that is") {
  const std::string foreign = R"({"id": "pi_0", "object": "payment_intent", "status": "new_one"})";
  const auto page_of = [&](const std::string& has_more) {
    return R"({"object": "list", "has_more": )" + has_more + R"(, "data": [)" + intent + ", "
           + foreign + "]}";
  };
  auto verdict = read(200, page_of("true"), ProviderCall::Answer::page);
  REQUIRE(std::holds_alternative<PaymentPage>(verdict.answer));
  const auto& page = std::get<PaymentPage>(verdict.answer);
  REQUIRE(page.payments.size() == 1);
  CHECK(page.payments[0].id.value == "pi_1");
  CHECK(page.next->value == "pi_0");
  verdict = read(200, page_of("false"), ProviderCall::Answer::page);
  CHECK_FALSE(std::get<PaymentPage>(verdict.answer).next.has_value());

  const auto ours = with(intent, "succeeded", "something_new");
  verdict = read(
      200,
      R"({"object": "list", "has_more": false, "data": [)" + ours + "]}",
      ProviderCall::Answer::page);
  CHECK(failure_of(verdict).code == "unreadable_answer");
}

struct Row {
  int status;
  PaymentFailure::Kind kind;
  bool may_retry;
  Health health;
};

TEST_CASE("errors are declined, refused or unavailable by their status") {
  using Kind = PaymentFailure::Kind;
  constexpr Row rows[] = {
      {400, Kind::refused, false, Health::succeeded},
      {401, Kind::unavailable, false, Health::succeeded},
      {402, Kind::declined, false, Health::succeeded},
      {403, Kind::unavailable, false, Health::succeeded},
      {404, Kind::refused, false, Health::succeeded},
      {409, Kind::unavailable, true, Health::neutral},
      {424, Kind::unavailable, true, Health::failed},
      {429, Kind::unavailable, true, Health::neutral},
      {500, Kind::unavailable, true, Health::failed},
      {502, Kind::unavailable, true, Health::failed},
      {503, Kind::unavailable, true, Health::failed},
      {301, Kind::unavailable, false, Health::failed}};
  for (const auto& row : rows) {
    INFO(row.status);
    const auto verdict =
        read(row.status, R"({"error": {"type": "x_error", "code": "a_code", "message": "Why."}})");
    const auto failure = failure_of(verdict);
    CHECK(failure.kind == row.kind);
    CHECK(failure.code == "a_code");
    CHECK(failure.message == "Why.");
    CHECK(verdict.may_retry == row.may_retry);
    CHECK(verdict.health == row.health);
  }
}

TEST_CASE("an error in any other form still has a code and a sentence") {
  for (const auto* body : {"", "<h1>Bad Gateway</h1>", "null", "{\"error\": \"no\"}"}) {
    INFO(body);
    const auto failure = failure_of(read(502, body));
    CHECK(failure.code == "http_502");
    CHECK(failure.message.find("502") != std::string::npos);
  }
  CHECK(
      failure_of(read(400, R"({"error": {"type": "idempotency_error"}})")).code
      == "idempotency_error");
}

TEST_CASE("a refusal tells how the payment is, where the provider says so") {
  const auto failure = failure_of(read(
      400,
      R"({"error": {"code": "payment_intent_unexpected_state", "payment_intent": )" + intent
          + "}}"));
  CHECK(failure.kind == PaymentFailure::Kind::refused);
  REQUIRE(failure.payment.has_value());
  CHECK(failure.payment->status == PaymentStatus::succeeded);
}

TEST_CASE(
    "the provider's word about retrying goes before the status, and a saved answer is final") {
  ProviderReply reply{.status = 500, .body = "{}"};
  CHECK(read_reply({}, reply).may_retry);
  reply.is_replayed = true;
  CHECK_FALSE(read_reply({}, reply).may_retry);
  reply.should_retry = true;
  CHECK(read_reply({}, reply).may_retry);
  CHECK_FALSE(read_reply({}, {.status = 503, .body = "{}", .should_retry = false}).may_retry);
  CHECK(read_reply({}, {.status = 400, .body = "{}", .should_retry = true}).may_retry);
}

}  // namespace
}  // namespace cavea::outbound::payment
