#include "engine/reconciliation.hpp"

#include "engine/money_books.hpp"
#include "engine/saga_event.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace cavea::engine::testing {

namespace {

constexpr Timestamp now{1'000'000};
constexpr Money price{1'500};

Saga saga_with(MoneyState state) {
  Saga saga;
  saga.id = {7, 1};
  saga.user = "ada";
  saga.version = 5;
  saga.deadline = now + Duration{60'000};
  saga.currency = Currency::from("EUR").value();
  auto& leg = saga.legs.emplace_back();
  leg.lines.push_back({.place = {0}, .price = price});
  leg.state = LegState::held;
  saga.payment.state = state;
  saga.payment.id = {"pi_1"};
  saga.payment.amount = price;
  saga.payment.attempt = 1;
  return saga;
}

/// Confirmed, then cancelled, and what was paid went back.
Saga refunded_saga() {
  auto saga = saga_with(MoneyState::captured);
  saga.goal = SagaGoal::release;
  saga.was_confirmed = true;
  saga.legs.front().state = LegState::gone;
  auto& money = saga.payment;
  money.captured = money.refund_due = money.refund_asked = money.refunded = price;
  return saga;
}

Payment payment_that(PaymentStatus status, std::int64_t captured = 0, std::int64_t refunded = 0) {
  Payment payment;
  payment.id = {"pi_1"};
  payment.status = status;
  payment.amount = price;
  payment.captured = {captured};
  payment.refunded = Money{refunded};
  payment.currency = Currency::from("EUR").value();
  payment.reservation = ReservationId{7, 1};
  return payment;
}

/// The saga after it was told; nothing: it changed nothing.
std::optional<Saga> told(const Saga& saga, const Payment& payment) {
  auto decision = decide(saga, ReconcilePayment{payment, saga.version}, now);
  if (std::holds_alternative<std::monostate>(decision)) return std::nullopt;
  REQUIRE(std::holds_alternative<Saga>(decision));
  auto after = std::get<Saga>(std::move(decision));
  CHECK(books_of(after).unbalanced() == books_of(saga).unbalanced());
  return after;
}

bool is_put_off(const Saga& saga, const ReconcilePayment& input) {
  const auto decision = decide(saga, input, now);
  const auto* refusal = std::get_if<Refusal>(&decision);
  return refusal != nullptr && refusal->reason == Rejection::payment_under_way;
}

template <class Request>
Request request_of(const Saga& saga) {
  const auto steps = steps_of(saga);
  REQUIRE(steps.size() == 1);
  return std::get<Request>(std::get<AskPayment>(steps.front().work).request);
}

constexpr PaymentStatus all_statuses[] = {
    PaymentStatus::requires_payment_method,
    PaymentStatus::requires_confirmation,
    PaymentStatus::requires_action,
    PaymentStatus::processing,
    PaymentStatus::requires_capture,
    PaymentStatus::succeeded,
    PaymentStatus::canceled};

}  // namespace

TEST_CASE("what differs between a saga and its payment has one name") {
  using Difference = PaymentDifference;

  struct Case {
    MoneyState ours;
    PaymentStatus theirs;
    std::optional<Difference> difference;
  };

  const auto open = MoneyState::open;
  const auto closed = MoneyState::closed;
  const std::vector<Case> cases{
      {open, PaymentStatus::requires_payment_method, {}},
      {open, PaymentStatus::requires_confirmation, {}},
      {open, PaymentStatus::requires_action, {}},
      {open, PaymentStatus::processing, {}},
      {open, PaymentStatus::requires_capture, Difference::authorised_unknown},
      {open, PaymentStatus::succeeded, Difference::captured_unknown},
      {open, PaymentStatus::canceled, Difference::canceled_unknown},
      {closed, PaymentStatus::canceled, {}},
      {closed, PaymentStatus::requires_capture, {}},
      {closed, PaymentStatus::succeeded, Difference::captured_unknown},
      {MoneyState::captured, PaymentStatus::requires_capture, Difference::not_captured},
      {MoneyState::captured, PaymentStatus::canceled, Difference::not_captured}};
  for (const auto& one : cases) {
    INFO(word_of(one.ours), " and ", name_of(one.theirs));
    CHECK(
        difference_between(saga_with(one.ours).payment, payment_that(one.theirs))
        == one.difference);
  }
  const auto ours = refunded_saga().payment;
  const auto with = [&](std::int64_t captured, std::int64_t refunded) {
    return difference_between(ours, payment_that(PaymentStatus::succeeded, captured, refunded));
  };
  CHECK(with(1'500, 1'500) == std::nullopt);
  CHECK(with(1'500, 1'000) == Difference::refund_lost);
  CHECK(with(1'400, 1'400) == Difference::amount_differs);
  auto half = ours;
  half.refunded = {700};
  auto there = payment_that(PaymentStatus::succeeded, 1'500, 1'500);
  CHECK(difference_between(half, there) == Difference::refund_unknown);
  there.refunded.reset();
  CHECK(difference_between(half, there) == std::nullopt);
}

TEST_CASE("a saga that asks the provider by itself is not told how its payment stands") {
  for (const auto state :
       {MoneyState::none, MoneyState::wanted, MoneyState::authorised, MoneyState::closing}) {
    for (const auto status : all_statuses) {
      const auto saga = saga_with(state);
      CHECK_FALSE(is_comparable(saga.payment));
      CHECK(is_put_off(saga, {payment_that(status, 1'500, 1'500), saga.version}));
    }
  }
  auto unclear = saga_with(MoneyState::captured);
  unclear.payment.is_unclear = true;
  CHECK_FALSE(is_comparable(unclear.payment));
}

TEST_CASE("what was read before the saga moved on, or is about another payment, changes nothing") {
  const auto saga = saga_with(MoneyState::open);
  const auto paid = payment_that(PaymentStatus::requires_capture);
  CHECK(is_put_off(saga, {paid, saga.version - 1}));
  CHECK(is_put_off(saga, {paid, saga.version + 1}));
  auto other = paid;
  other.id = {"pi_2"};
  CHECK(is_put_off(saga, {other, saga.version}));
  Saga none;
  none.id = saga.id;
  const auto decision = decide(none, ReconcilePayment{paid, 0}, now);
  CHECK(std::get<Refusal>(decision).reason == Rejection::reservation_not_found);
}

TEST_CASE("an open payment of which nobody was told goes on as if the notice had come") {
  const auto saga = saga_with(MoneyState::open);
  const auto paid = told(saga, payment_that(PaymentStatus::requires_capture));
  REQUIRE(paid.has_value());
  CHECK(paid->payment.state == MoneyState::authorised);
  CHECK(paid->goal == SagaGoal::confirm);
  CHECK(request_of<CapturePayment>(*paid).amount == price);

  const auto captured = told(saga, payment_that(PaymentStatus::succeeded, 1'500));
  REQUIRE(captured.has_value());
  CHECK(captured->payment.captured == price);
  CHECK(captured->goal == SagaGoal::confirm);

  const auto canceled = told(saga, payment_that(PaymentStatus::canceled));
  REQUIRE(canceled.has_value());
  CHECK(canceled->payment.state == MoneyState::closed);
  CHECK(status_of(*canceled) == SagaStatus::held);
  CHECK_FALSE(told(saga, payment_that(PaymentStatus::processing)).has_value());
}

TEST_CASE("money that came of a payment that was given up goes back") {
  auto saga = saga_with(MoneyState::closed);
  saga.goal = SagaGoal::release;
  saga.cause = Cause::user;
  saga.legs.front().state = LegState::gone;
  const auto after = told(saga, payment_that(PaymentStatus::succeeded, 1'500));
  REQUIRE(after.has_value());
  CHECK(status_of(*after) == SagaStatus::refund_pending);
  CHECK(request_of<RefundPayment>(*after).amount == price);
  for (const auto status : all_statuses) {
    if (status != PaymentStatus::succeeded)
      CHECK_FALSE(told(saga, payment_that(status)).has_value());
  }
}

TEST_CASE("a refund that failed later is asked for once more, under another key") {
  auto before = refunded_saga();
  CHECK(is_finished(before));
  auto pending = before;
  pending.payment.refunded = {0};
  const auto old_key = request_of<RefundPayment>(pending).key;

  const auto after = told(before, payment_that(PaymentStatus::succeeded, 1'500, 0));
  REQUIRE(after.has_value());
  CHECK(status_of(*after) == SagaStatus::refund_pending);
  const auto again = request_of<RefundPayment>(*after);
  CHECK(again.amount == price);
  CHECK(again.key != old_key);
  CHECK(events_between(before, *after).has(SagaEvent::refund_asked));

  // It is answered as any other refund, and may fail later again.
  const auto done = payment_that(PaymentStatus::succeeded, 1'500, 1'500);
  const auto answered =
      std::get<Saga>(decide(*after, PaymentAnswered{done, false, again.key}, now));
  CHECK(is_finished(answered));
  const auto third = told(answered, payment_that(PaymentStatus::succeeded, 1'500, 0));
  REQUIRE(third.has_value());
  CHECK(request_of<RefundPayment>(*third).key != again.key);
}

TEST_CASE("while a refund is under way no other one is asked for") {
  auto saga = refunded_saga();
  saga.payment.refund_due = saga.payment.refund_asked = {1'200};
  saga.payment.refunded = {1'000};
  const auto lost = payment_that(PaymentStatus::succeeded, 1'500, 0);
  CHECK(is_put_off(saga, {lost, saga.version}));
  // What went back unseen is taken up, as from a notice.
  const auto gone = told(saga, payment_that(PaymentStatus::succeeded, 1'500, 1'200));
  REQUIRE(gone.has_value());
  CHECK(gone->payment.refunded == Money{1'200});
}

TEST_CASE("a refund that was answered and did not bring back all is followed by another one") {
  auto saga = refunded_saga();
  // 1,000 of it failed later, before the rest was asked for.
  saga.payment.refunded = {1'000};
  const auto first = request_of<RefundPayment>(saga);
  CHECK(first.amount == Money{500});
  const auto answer = payment_that(PaymentStatus::succeeded, 1'500, 500);
  const auto unclear = std::get<Saga>(decide(saga, PaymentAnswered{answer, false, first.key}, now));
  // It is looked at first, since the answer may be an old one.
  const auto look = steps_of(unclear).front();
  CHECK(std::holds_alternative<LookUpPayment>(std::get<AskPayment>(look.work).request));
  const auto clear = std::get<Saga>(decide(unclear, PaymentAnswered{answer, false, look.key}, now));
  const auto second = request_of<RefundPayment>(clear);
  CHECK(second.key != first.key);
  // Never more than is there: what it thinks went back is at least what did.
  CHECK(second.amount == Money{500});

  // An answer that does not say how much went back says nothing about it.
  auto silent = answer;
  silent.refunded.reset();
  CHECK(std::holds_alternative<std::monostate>(
      decide(saga, PaymentAnswered{silent, false, first.key}, now)));
}

TEST_CASE("what no rule can repair is left as it is") {
  const auto saga = refunded_saga();
  CHECK_FALSE(told(saga, payment_that(PaymentStatus::requires_capture)).has_value());
  CHECK_FALSE(told(saga, payment_that(PaymentStatus::succeeded, 1'600, 1'500)).has_value());
}

TEST_CASE("a payment for a saga that has another one is nobody's") {
  auto saga = saga_with(MoneyState::captured);
  auto payment = payment_that(PaymentStatus::requires_payment_method);
  CHECK_FALSE(is_not_held(saga, payment));
  payment.id = {"pi_2"};
  CHECK(is_not_held(saga, payment));
  payment.reservation = ReservationId{7, 2};
  CHECK_FALSE(is_not_held(saga, payment));
  payment.reservation.reset();
  CHECK_FALSE(is_not_held(saga, payment));

  // The answer to its making is not there yet: it may be this one.
  payment.reservation = saga.id;
  saga.payment.id.value.clear();
  for (const auto state : {MoneyState::wanted, MoneyState::closing}) {
    saga.payment.state = state;
    CHECK_FALSE(is_not_held(saga, payment));
  }
  saga.payment.state = MoneyState::closed;
  CHECK(is_not_held(saga, payment));
}

TEST_CASE("a payment that is nobody's is cancelled, or refunded whole under one key") {
  for (const auto status : all_statuses) {
    INFO(name_of(status));
    const auto request = undo(payment_that(status, 1'500, 200), now);
    if (status == PaymentStatus::canceled) {
      CHECK_FALSE(request.has_value());
    } else if (status != PaymentStatus::succeeded) {
      REQUIRE(request.has_value());
      CHECK(std::get<CancelPayment>(*request).payment.value == "pi_1");
    } else {
      REQUIRE(request.has_value());
      const auto& refund = std::get<RefundPayment>(*request);
      CHECK(refund.amount == Money{1'300});
      const auto later = undo(payment_that(status, 1'500, 200), now + Duration{86'400'000});
      CHECK(refund.key == std::get<RefundPayment>(later.value()).key);
    }
  }
  CHECK_FALSE(undo(payment_that(PaymentStatus::succeeded, 1'500, 1'500), now).has_value());
}

}  // namespace cavea::engine::testing
