#pragma once

#include "engine/money_books.hpp"
#include "engine/saga.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

// What the tests of exchanges share: a reservation, and what is said to it.

namespace cavea::engine::testing::exchanges {

inline constexpr Timestamp now{1'000'000};
inline constexpr Duration hour{3'600'000};
inline constexpr ReservationId old_leg{7, 1};
inline constexpr ReservationId new_leg{7, 2};

/// Two places of a class at 1,500 each, paid.
inline Saga confirmed() {
  Saga saga;
  saga.id = {7, 1};
  saga.user = "ada";
  saga.version = 9;
  saga.goal = SagaGoal::confirm;
  saga.was_confirmed = true;
  saga.deadline = {60'000};
  saga.currency = Currency::from("EUR").value();
  auto& leg = saga.legs.emplace_back();
  leg.offering = OfferingId::from("yoga").value();
  leg.reservation = old_leg;
  leg.state = LegState::sold;
  leg.lines = {{.place = {3}, .price = {1'500}}, {.place = {4}, .price = {1'500}}};
  leg.version = {5};
  leg.starts_at = now + Duration{48 * hour.ms};
  leg.cancellation_cutoff = hour;
  leg.refund_policy = {{{72 * hour.ms}, 100}, {{24 * hour.ms}, 50}};
  saga.payment.state = MoneyState::captured;
  saga.payment.id = {"pi_1"};
  saga.payment.attempt = 1;
  saga.payment.amount = {3'000};
  saga.payment.captured = {3'000};
  return saga;
}

/// One place of the class for one of another.
inline BeginExchange one_for_one() {
  ExchangedPart part;
  part.quantity = 1;
  return {{part}, {{OfferingId::from("ballet").value(), Quantity{1}, new_leg}}};
}

/// What an offering answers about a leg.
inline LegAnswered answer(
    std::uint32_t leg,
    ReservationId id,
    ReservationStatus status,
    std::vector<ReservationLine> lines,
    std::uint64_t version) {
  LegView view;
  view.reservation.id = id;
  view.reservation.status = status;
  view.reservation.lines = std::move(lines);
  view.reservation.currency = Currency::from("EUR").value();
  view.reservation.version = {version};
  view.starts_at = now + Duration{72 * hour.ms};
  view.hold_time = {600'000};
  return {leg, view};
}

inline LegAnswered held(Money price) {
  return answer(1, new_leg, ReservationStatus::held, {{.place = {0}, .price = price}}, 1);
}

inline LegAnswered sold(Money price) {
  return answer(1, new_leg, ReservationStatus::confirmed, {{.place = {0}, .price = price}}, 2);
}

/// The old place is given back.
inline LegAnswered given_back(Cause cause = Cause::user) {
  auto input = answer(
      0,
      old_leg,
      ReservationStatus::confirmed,
      {{.place = {3}, .price = {1'500}}, {.place = {4}, .price = {1'500}, .given_back = true}},
      6);
  std::get<LegView>(input.answer).reservation.cause = cause;
  return input;
}

inline PaymentAnswered told(const Saga& saga, PaymentStatus status, Money captured = {}) {
  Payment payment;
  payment.id = {"pi_2"};
  payment.client_secret = "pi_2_secret";
  payment.status = status;
  payment.amount = {500};
  payment.captured = captured;
  payment.reservation = saga.id;
  return {payment, saga.exchange && !saga.exchange->takes->payment.id.value.empty(), {}};
}

inline Saga after(const Saga& saga, const SagaInput& input, Timestamp at = now) {
  auto decision = decide(saga, input, at);
  if (const auto* refusal = std::get_if<Refusal>(&decision)) {
    FAIL("refused: " << name_of(refusal->reason));
  }
  REQUIRE(std::holds_alternative<Saga>(decision));
  auto next = std::get<Saga>(std::move(decision));
  CHECK(books_of(next).unbalanced() == 0);
  return next;
}

inline Rejection refused(const Saga& saga, const SagaInput& input, Timestamp at = now) {
  auto decision = decide(saga, input, at);
  REQUIRE(std::holds_alternative<Refusal>(decision));
  return std::get<Refusal>(decision).reason;
}

inline std::string steps(const Saga& saga) {
  std::string words;
  for (const auto& step : steps_of(saga)) words += step.key.substr(step.key.find(':') + 1) + " ";
  return words;
}

/// Held, and 500 to be paid.
inline Saga to_be_paid() {
  return after(after(confirmed(), one_for_one()), held({2'000}));
}

inline Saga paid_up_to(PaymentStatus status) {
  auto saga = after(to_be_paid(), StartPayment{});
  saga = after(saga, told(saga, PaymentStatus::requires_payment_method));
  if (status == PaymentStatus::requires_payment_method) return saga;
  saga = after(saga, told(saga, PaymentStatus::requires_capture));
  if (status == PaymentStatus::requires_capture) return saga;
  return after(saga, told(saga, PaymentStatus::succeeded, {500}));
}

}  // namespace cavea::engine::testing::exchanges
