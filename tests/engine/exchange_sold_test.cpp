#include "engine/due_notifications.hpp"
#include "engine/saga_command.hpp"
#include "engine/saga_event.hpp"
#include "tests/engine/exchange_steps.hpp"

#include <doctest/doctest.h>

// Exchanges of what was sold without a saga.

namespace cavea::engine::testing::exchanges {

namespace {

/// What was sold before there was a saga: two places of the class.
LegView sold_before(Money price) {
  LegView view;
  view.reservation.id = old_leg;
  view.reservation.offering = OfferingId::from("yoga").value();
  view.reservation.user = "ada";
  view.reservation.status = ReservationStatus::confirmed;
  view.reservation.created_at = {10'000};
  view.reservation.currency = Currency::from("EUR").value();
  view.reservation.version = {4};
  view.reservation.lines = {{.place = {3}, .price = price}, {.place = {4}, .price = price}};
  view.starts_at = now + Duration{48 * hour.ms};
  view.cancellation_cutoff = hour;
  return view;
}

/// Before its offering says that it is the saga's.
Saga found(Money price) {
  Saga saga;
  saga.id = old_leg;
  return after(after(saga, TakeOver{sold_before(price), true}), one_for_one());
}

LegAnswered pinned(Money price, bool has_lost_one = false) {
  return answer(
      0,
      old_leg,
      ReservationStatus::confirmed,
      {{.place = {3}, .price = price}, {.place = {4}, .price = price, .given_back = has_lost_one}},
      5);
}

}  // namespace

TEST_CASE("what was sold without a saga is the saga's before anything is taken for it") {
  auto saga = found({0});
  CHECK(status_of(saga) == SagaStatus::confirmed);
  CHECK_FALSE(is_finished(saga));
  CHECK(steps(saga) == "pin:0 ");
  const auto step = leg_step_of(saga, steps_of(saga).at(0).work).value();
  CHECK(std::get<PinHold>(step.command).is_sold);
  const auto events = events_between(Saga{}, saga);
  CHECK(events.has(SagaEvent::confirmed));
  CHECK_FALSE(events.has(SagaEvent::held));
  const CancelPlaces some{.part = CancelPlaces::Part{.leg = 0, .seats = {}, .quantity = 1}};
  CHECK(refused(saga, some) == Rejection::payment_under_way);

  saga = after(saga, pinned({0}));
  CHECK(steps(saga) == "claim:0:" + new_leg.str() + " ");
  saga = after(saga, held({2'000}));
  CHECK(saga.exchange->takes->due().minor == 2'000);
  saga = after(saga, CancelExchange{});
  saga = after(saga, LegAnswered{1, Rejection::reservation_not_found});
  CHECK(is_finished(saga));
  CHECK(status_of(saga) == SagaStatus::confirmed);

  // Without an exchange there is nothing to take it over for.
  Saga none;
  none.id = old_leg;
  CHECK(refused(none, TakeOver{sold_before({0}), false}) == Rejection::reservation_not_held);
}

TEST_CASE("what ended before the saga had it takes the exchange with it, and is not told twice") {
  auto saga = found({0});
  SagaTold told;
  CHECK(due_for(saga, events_between(Saga{}, saga), told).empty());
  const auto ended = after(saga, LegAnswered{0, Rejection::reservation_not_found});
  CHECK(status_of(ended) == SagaStatus::cancelled);
  CHECK(ended.total().minor == 0);
  CHECK(due_for(ended, events_between(saga, ended), told).empty());
  CHECK(is_finished(after(ended, LegAnswered{1, Rejection::reservation_not_found})));
}

TEST_CASE("of a place that went before the saga had the others, only the exchange is lost") {
  const auto saga = after(found({0}), pinned({0}, true));
  CHECK(status_of(saga) == SagaStatus::confirmed);
  CHECK(saga.exchange->takes->goal == SagaGoal::release);
  CHECK(saga.legs[0].lines[1].given_back);
}

TEST_CASE("what was paid at the box office counts for an exchange, and is not paid back by us") {
  auto saga = after(after(found({1'500}), pinned({1'500})), held({2'000}));
  CHECK(saga.paid_elsewhere().minor == 3'000);
  CHECK(saga.exchange->takes->due().minor == 500);
  saga = after(saga, StartPayment{});
  saga = after(saga, told(saga, PaymentStatus::requires_payment_method));
  saga = after(saga, told(saga, PaymentStatus::succeeded, {500}));
  saga = after(after(saga, sold({2'000})), given_back());
  CHECK(saga.total().minor == 3'500);
  CHECK(books_of(saga).tickets == 500);
  const auto cancelled = after(saga, CancelPlaces{});
  CHECK(cancelled.refund_due().minor == 500);
  // The place that only the box office was paid for.
  const CancelPlaces old{.part = CancelPlaces::Part{.leg = 0, .seats = {}, .quantity = 0}};
  saga = after(saga, old);
  saga = after(
      saga,
      answer(
          0,
          old_leg,
          ReservationStatus::cancelled,
          {{.place = {3}, .price = {1'500}, .given_back = true},
           {.place = {4}, .price = {1'500}, .given_back = true}},
          9));
  CHECK(saga.refund_due().minor == 0);
  CHECK(saga.total().minor == 2'000);

  // What is left over of it stays with the box office, too.
  auto cheaper = after(after(found({1'500}), pinned({1'500})), held({900}));
  cheaper = after(after(cheaper, sold({900})), given_back());
  CHECK(cheaper.refund_due().minor == 0);
  CHECK(cheaper.total().minor == 2'400);
}

}  // namespace cavea::engine::testing::exchanges
