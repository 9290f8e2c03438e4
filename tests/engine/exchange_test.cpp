#include "engine/money_books.hpp"
#include "engine/saga.hpp"
#include "engine/saga_command.hpp"
#include "engine/saga_event.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <variant>

// Exchanges, step by step. That nothing goes wrong in any order of things is for the random
// evenings (saga_world_test.cpp).

namespace cavea::engine::testing::exchanges {

namespace {

constexpr Timestamp now{1'000'000};
constexpr Duration hour{3'600'000};
constexpr ReservationId old_leg{7, 1};
constexpr ReservationId new_leg{7, 2};

/// Two places of a class at 1,500 each, paid.
Saga confirmed() {
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
BeginExchange one_for_one() {
  ExchangedPart part;
  part.quantity = 1;
  return {{part}, {{OfferingId::from("ballet").value(), Quantity{1}, new_leg}}};
}

/// What an offering answers about a leg.
LegAnswered answer(
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

LegAnswered held(Money price) {
  return answer(1, new_leg, ReservationStatus::held, {{.place = {0}, .price = price}}, 1);
}

LegAnswered sold(Money price) {
  return answer(1, new_leg, ReservationStatus::confirmed, {{.place = {0}, .price = price}}, 2);
}

/// The old place is given back.
LegAnswered given_back(Cause cause = Cause::user) {
  auto input = answer(
      0,
      old_leg,
      ReservationStatus::confirmed,
      {{.place = {3}, .price = {1'500}}, {.place = {4}, .price = {1'500}, .given_back = true}},
      6);
  std::get<LegView>(input.answer).reservation.cause = cause;
  return input;
}

PaymentAnswered told(const Saga& saga, PaymentStatus status, Money captured = {}) {
  Payment payment;
  payment.id = {"pi_2"};
  payment.client_secret = "pi_2_secret";
  payment.status = status;
  payment.amount = {500};
  payment.captured = captured;
  payment.reservation = saga.id;
  return {payment, saga.exchange && !saga.exchange->takes->payment.id.value.empty(), {}};
}

Saga after(const Saga& saga, const SagaInput& input, Timestamp at = now) {
  auto decision = decide(saga, input, at);
  if (const auto* refusal = std::get_if<Refusal>(&decision)) {
    FAIL("refused: " << name_of(refusal->reason));
  }
  REQUIRE(std::holds_alternative<Saga>(decision));
  auto next = std::get<Saga>(std::move(decision));
  CHECK(books_of(next).unbalanced() == 0);
  return next;
}

Rejection refused(const Saga& saga, const SagaInput& input, Timestamp at = now) {
  auto decision = decide(saga, input, at);
  REQUIRE(std::holds_alternative<Refusal>(decision));
  return std::get<Refusal>(decision).reason;
}

std::string steps(const Saga& saga) {
  std::string words;
  for (const auto& step : steps_of(saga)) words += step.key.substr(step.key.find(':') + 1) + " ";
  return words;
}

/// Held, and 500 to be paid.
Saga to_be_paid() {
  return after(after(confirmed(), one_for_one()), held({2'000}));
}

Saga paid_up_to(PaymentStatus status) {
  auto saga = after(to_be_paid(), StartPayment{});
  saga = after(saga, told(saga, PaymentStatus::requires_payment_method));
  if (status == PaymentStatus::requires_payment_method) return saga;
  saga = after(saga, told(saga, PaymentStatus::requires_capture));
  if (status == PaymentStatus::requires_capture) return saga;
  return after(saga, told(saga, PaymentStatus::succeeded, {500}));
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
  CHECK(std::get<CancelReservation>(step.command).quantity == 1);
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
