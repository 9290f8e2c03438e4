#include "engine/due_notifications.hpp"
#include "engine/saga_command.hpp"
#include "engine/saga_event.hpp"
#include "tests/engine/exchange_steps.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

// Exchanges, step by step. That nothing goes wrong in any order of things is for the random
// evenings (saga_world_test.cpp).

namespace cavea::engine::testing::exchanges {

namespace {

/// Of a payment of 500 that came too late; the new place is on its way back.
Saga paid_late() {
  auto saga = paid_up_to(PaymentStatus::requires_payment_method);
  while (saga.exchange->takes->goal != SagaGoal::release) {
    saga = after(saga, DeadlineCame{}, wake_at(saga).value());
  }
  return after(saga, told(saga, PaymentStatus::requires_capture));
}

}  // namespace

TEST_CASE(
    "a dearer place is held, paid with the difference, sold, and only then the old one goes") {
  auto saga = after(confirmed(), one_for_one());
  CHECK(status_of(saga) == SagaStatus::confirmed);
  CHECK(steps(saga) == "claim:0:" + new_leg.str() + " ");
  CHECK(saga.exchange->takes->credit.minor == 1'500);

  saga = after(saga, held({2'000}));
  CHECK(saga.exchange->takes->due().minor == 500);
  CHECK(steps(saga).empty());

  saga = paid_up_to(PaymentStatus::requires_capture);
  CHECK(steps(saga) == "capture:2:0 ");
  saga = after(saga, told(saga, PaymentStatus::succeeded, {500}));
  CHECK(steps(saga) == "sell:0:" + new_leg.str() + " ");
  const auto before = saga;
  saga = after(saga, sold({2'000}));
  CHECK(events_between(before, saga).has(SagaEvent::exchanged));
  CHECK_FALSE(events_between(before, saga).has(SagaEvent::places_given_back));
  CHECK_FALSE(saga.exchange.has_value());
  REQUIRE(saga.legs.size() == 2);
  CHECK(saga.total().minor == 3'500);
  CHECK(saga.captured().minor == 3'500);

  const auto release = steps_of(saga);
  REQUIRE(release.size() == 1);
  const auto step = leg_step_of(saga, release[0].work).value();
  CHECK(step.once);
  const auto& back = std::get<CancelReservation>(step.command);
  CHECK(back.places == std::vector<Place>{{4}});
  CHECK(back.quantity == 0);
  saga = after(saga, given_back());
  CHECK(saga.refund_due().minor == 0);
  CHECK(is_finished(saga));

  // Cancelled whole, all of both payments goes back that the policies let go.
  saga = after(saga, CancelPlaces{});
  CHECK(saga.payment.refund_due.minor == 1'500 / 2 + 2'000);
  CHECK(saga.more_payments.at(0).refund_due.minor == 0);
}

TEST_CASE("a cheaper place is sold at once, and by the policy a part of the rest goes back") {
  auto saga = after(after(confirmed(), one_for_one()), held({900}));
  CHECK(steps(saga) == "sell:0:" + new_leg.str() + " ");
  saga = after(saga, sold({900}));
  CHECK(saga.refund_due().minor == 600 / 2);
  saga = after(saga, given_back());
  CHECK(saga.refund_due().minor == 600 / 2);
  CHECK(steps(saga) == "refund:300:1:0 ");
  CHECK(books_of(saga).kept == 300);
}

TEST_CASE("when the new place is refused, nothing has changed") {
  auto saga = after(confirmed(), one_for_one());
  saga = after(saga, LegAnswered{1, Rejection::sold_out});
  CHECK(status_of(saga) == SagaStatus::confirmed);
  CHECK(status_of(*saga.exchange->takes) == SagaStatus::rejected);
  CHECK(is_finished(saga));
  CHECK(saga.total().minor == 3'000);
  // And the next one may begin.
  CHECK(is_exchanging(after(saga, one_for_one())));
}

TEST_CASE("places that are to go cannot be cancelled, others can") {
  const auto saga = to_be_paid();
  CHECK(refused(saga, one_for_one()) == Rejection::exchange_under_way);
  const CancelPlaces one{.part = CancelPlaces::Part{.leg = 0, .seats = {}, .quantity = 1}};
  CHECK(refused(saga, one) == Rejection::exchange_under_way);
  // All of it can: the exchange is let go with it.
  const auto cancelled = after(saga, CancelPlaces{});
  CHECK(status_of(*cancelled.exchange->takes) == SagaStatus::cancelled);
  CHECK(cancelled.refund_due().minor == 1'500);
  // Not once money is on its way.
  const auto paid = paid_up_to(PaymentStatus::requires_capture);
  CHECK(refused(paid, CancelPlaces{}) == Rejection::payment_under_way);
  CHECK(refused(paid, CancelExchange{}) == Rejection::payment_under_way);
}

TEST_CASE("an exchange is let go by whoever asked for it, or by the clock") {
  const auto saga = to_be_paid();
  const auto let_go = after(saga, CancelExchange{});
  CHECK(steps(let_go) == "release:0:" + new_leg.str() + " ");
  CHECK(let_go.total().minor == 3'000);
  CHECK(refused(confirmed(), CancelExchange{}) == Rejection::no_exchange_under_way);

  const auto end = wake_at(saga).value();
  CHECK(end >= now + Duration{600'000});
  const auto expired = after(saga, DeadlineCame{}, end);
  CHECK(status_of(*expired.exchange->takes) == SagaStatus::expired);
  CHECK(status_of(expired) == SagaStatus::confirmed);
  const auto longer = after(saga, ExtendHold{});
  CHECK(wake_at(longer).value() > end);
}

TEST_CASE("what the cut-off, the limits and the reservation itself forbid is refused") {
  auto saga = confirmed();
  const auto late = saga.legs[0].starts_at - Duration{1};
  CHECK(refused(saga, one_for_one(), late) == Rejection::cancellation_cutoff_passed);
  auto exchange = one_for_one();
  exchange.gives[0].quantity = 3;
  CHECK(refused(saga, exchange) == Rejection::place_not_in_reservation);
  exchange.gives[0].quantity = 1;
  exchange.gives.push_back(exchange.gives[0]);
  CHECK(refused(saga, exchange) == Rejection::place_named_twice);
  exchange.gives = {ExchangedPart{.leg = 0, .seats = {"a-1"}, .quantity = 0, .places = {{9}}}};
  CHECK(refused(saga, exchange) == Rejection::place_not_in_reservation);
  exchange.gives = {
      ExchangedPart{.leg = 0, .seats = {"a-1", "a-1"}, .quantity = 0, .places = {{3}, {3}}}};
  CHECK(refused(saga, exchange) == Rejection::place_named_twice);
  exchange.gives.clear();
  CHECK(refused(saga, exchange) == Rejection::claim_is_empty);
  saga.was_confirmed = false;
  CHECK(refused(saga, one_for_one()) == Rejection::reservation_not_confirmed);
  saga.goal = SagaGoal::release;
  CHECK(refused(saga, one_for_one()) == Rejection::reservation_has_ended);
}

TEST_CASE(
    "when the offering of what is to go is cancelled before the new place is paid, money goes "
    "back") {
  const auto saga = to_be_paid();
  const auto lost = after(saga, given_back(Cause::offering_cancelled));
  CHECK(lost.refund_due().minor == 1'500);
  CHECK(lost.exchange->takes->goal == SagaGoal::release);
}

TEST_CASE("when it is cancelled while the new place is sold, the new place counts") {
  const auto saga = paid_up_to(PaymentStatus::succeeded);
  const auto lost = after(saga, given_back(Cause::offering_cancelled));
  CHECK(lost.refund_due().minor == 0);
  const auto done = after(lost, sold({2'000}));
  CHECK(done.refund_due().minor == 0);
  CHECK(done.total().minor == 3'500);
  CHECK(is_finished(done));

  // And if that comes to nothing, both go back in money.
  auto failed = after(lost, LegAnswered{1, Rejection::offering_is_cancelled});
  CHECK(failed.exchange->takes->payment.refund_due.minor == 500);
  auto refund = told(failed, PaymentStatus::succeeded, {500});
  std::get<Payment>(refund.answer).refunded = Money{500};
  failed = after(failed, refund);
  CHECK(failed.refund_due().minor == 500 + 1'500);
  CHECK(failed.more_payments.at(0).refunded.minor == 500);
}

TEST_CASE("places that go count as had when the same offering is asked for others") {
  auto exchange = one_for_one();
  exchange.legs[0].offering = OfferingId::from("yoga").value();
  const auto saga = after(confirmed(), exchange);
  const auto step = leg_step_of(saga, steps_of(saga).at(0).work).value();
  CHECK(std::get<HoldPlaces>(step.command).replaces == 1);
  CHECK(std::get<HoldPlaces>(step.command).saga == saga.id);
  // The other place of the class is kept, and takes its time.
  CHECK(std::get<HoldPlaces>(step.command).gives_up.empty());
}

TEST_CASE("an exchanged place that its offering does not have any more is the customer's no more") {
  const auto saga = after(paid_up_to(PaymentStatus::succeeded), sold({2'000}));
  const auto gone = after(saga, LegAnswered{0, Rejection::place_not_in_reservation});
  CHECK(is_finished(gone));
  CHECK(gone.total().minor == 3'500);
  CHECK(gone.legs[0].lines[1].given_back);
  CHECK(gone.refund_due().minor == 0);

  const auto all_gone = after(saga, LegAnswered{0, Rejection::reservation_has_ended});
  CHECK(all_gone.legs[0].state == LegState::gone);
  CHECK(all_gone.total().minor == 2'000);
  // For the other one nothing was taken.
  CHECK(all_gone.refund_due().minor == 1'500);
}

TEST_CASE("while an exchange only undoes what it did, places that were to go can be cancelled") {
  const auto undoing = after(to_be_paid(), CancelExchange{});
  const CancelPlaces one{.part = CancelPlaces::Part{.leg = 0, .seats = {}, .quantity = 1}};
  const auto saga = after(undoing, one);
  CHECK(saga.legs[0].giving_back.has_value());
  CHECK(saga.exchange->takes->goal == SagaGoal::release);
}

TEST_CASE("money that came late for an exchange goes back when the places that go are cancelled") {
  const auto late = paid_late();
  CHECK(steps(late) == "release:0:" + new_leg.str() + " ");
  const CancelPlaces one{.part = CancelPlaces::Part{.leg = 0, .seats = {}, .quantity = 1}};
  const CancelPlaces all;
  for (const auto& cancel : {one, all}) {
    const auto saga = after(late, cancel);
    const auto steps_left = steps(saga);
    INFO(steps_left);
    CHECK(steps_left.find("close:2:0 ") != std::string::npos);
    const auto gone = after(saga, LegAnswered{1, Rejection::reservation_not_found});
    const auto closed = after(gone, told(gone, PaymentStatus::canceled));
    CHECK_FALSE(is_exchanging(closed));
  }
}

TEST_CASE("who does not pay for an exchange in time is told, once") {
  auto saga = to_be_paid();
  SagaTold told;
  told.is_confirmed = true;
  told.places = 2;
  const auto expired = after(saga, DeadlineCame{}, wake_at(saga).value());
  const auto events = events_between(saga, expired);
  CHECK(events.has(SagaEvent::exchange_expired));
  const auto due = due_for(expired, events, told);
  REQUIRE(due.size() == 1);
  CHECK(due.front().kind == NotificationKind::exchange_expired);
  const auto gone = after(expired, LegAnswered{1, Rejection::reservation_not_found});
  CHECK_FALSE(events_between(expired, gone).has(SagaEvent::exchange_expired));
  const auto let_go = after(saga, CancelExchange{});
  CHECK_FALSE(events_between(saga, let_go).has(SagaEvent::exchange_expired));
}

TEST_CASE("each payment of a reservation has a key of its own, also after exchanges") {
  auto saga = paid_up_to(PaymentStatus::succeeded);
  saga = after(after(saga, sold({2'000})), given_back());
  auto again = one_for_one();
  again.gives[0].leg = 1;
  again.gives[0].quantity = 0;
  again.legs[0].reservation = {7, 3};
  saga = after(saga, again);
  const auto view =
      answer(2, {7, 3}, ReservationStatus::held, {{.place = {8}, .price = {2'700}}}, 1);
  saga = after(saga, view);
  saga = after(saga, StartPayment{});
  CHECK(steps(saga) == "pay:3:0 ");
}

}  // namespace cavea::engine::testing::exchanges
