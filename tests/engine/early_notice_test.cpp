#include "engine/saga.hpp"

#include <doctest/doctest.h>

#include <string>
#include <variant>

namespace cavea::engine::testing {

namespace {

constexpr Timestamp now{1'000};

Saga saga_that_wants_payment() {
  Saga saga;
  saga.id = {7, 1};
  saga.user = "ada";
  saga.deadline = {60'000};
  auto& leg = saga.legs.emplace_back();
  leg.lines.push_back({.place = {0}, .price = {1'500}});
  leg.state = LegState::held;
  return std::get<Saga>(decide(saga, StartPayment{}, now));
}

PaymentAnswered told(const std::string& id, PaymentStatus status, Money amount = {1'500}) {
  Payment payment;
  payment.id = {id};
  payment.status = status;
  payment.amount = amount;
  payment.reservation = ReservationId{7, 1};
  PaymentAnswered input;
  input.answer = payment;
  input.is_notice = true;
  return input;
}

/// The answer to the request that makes the payment.
PaymentAnswered made(const Saga& saga, const std::string& id) {
  auto input = told(id, PaymentStatus::requires_payment_method);
  std::get<Payment>(input.answer).client_secret = id + "_secret";
  input.is_notice = false;
  input.key = steps_of(saga).front().key;
  return input;
}

bool is_nothing(const SagaDecision& decision) {
  return std::holds_alternative<std::monostate>(decision);
}

}  // namespace

TEST_CASE("a payment that is told of before its making was answered is not forgotten") {
  const auto wanted = saga_that_wants_payment();
  REQUIRE(wanted.payment.state == MoneyState::wanted);
  const auto answer = made(wanted, "pi_1");

  const auto paid =
      std::get<Saga>(decide(wanted, told("pi_1", PaymentStatus::requires_capture), now));
  CHECK(paid.payment.state == MoneyState::authorised);
  CHECK(paid.payment.id.value == "pi_1");
  CHECK(paid.goal == SagaGoal::confirm);

  // What was answered first and comes last is old: it only tells the secret.
  const auto decision = decide(paid, answer, now);
  const auto* late = std::get_if<Saga>(&decision);
  REQUIRE(late != nullptr);
  CHECK(late->payment.state == MoneyState::authorised);
  CHECK(late->payment.client_secret == "pi_1_secret");
  CHECK(late->goal == SagaGoal::confirm);
}

TEST_CASE("a payment of another amount, or of an attempt before, is not taken for ours") {
  const auto wanted = saga_that_wants_payment();
  CHECK(is_nothing(decide(wanted, told("pi_9", PaymentStatus::requires_capture, {1}), now)));

  auto second = wanted;
  second.payment.attempt = 2;
  CHECK(is_nothing(decide(second, told("pi_1", PaymentStatus::requires_capture), now)));

  const auto open = std::get<Saga>(decide(wanted, made(wanted, "pi_1"), now));
  REQUIRE(open.payment.state == MoneyState::open);
  CHECK(is_nothing(decide(open, told("pi_2", PaymentStatus::requires_capture), now)));
}

}  // namespace cavea::engine::testing
