#include "engine/saga.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace cavea::engine {

namespace {

constexpr std::int64_t hour = 3'600'000;
constexpr Timestamp start{1'800'000'000'000};

/// Two places at 9.99, sold and paid; cancelled by their person until an hour before the start.
Saga paid_with(RefundPolicy policy) {
  SagaLeg leg;
  leg.offering = OfferingId::from("evening").value();
  leg.state = LegState::sold;
  leg.lines = {{.place = {0}, .price = {999}}, {.place = {1}, .price = {999}}};
  leg.version = {5};
  leg.starts_at = start;
  leg.cancellation_cutoff = {hour};
  leg.refund_policy = std::move(policy);
  Saga saga;
  saga.user = "alice";
  saga.version = 7;
  saga.goal = SagaGoal::confirm;
  saga.was_confirmed = true;
  saga.payment.state = MoneyState::captured;
  saga.payment.id = {"pi_1"};
  saga.payment.captured = {1998};
  saga.legs.push_back(std::move(leg));
  return saga;
}

/// What is given back when all is cancelled that long before the start, in minor units.
std::int64_t refund(const Saga& saga, std::int64_t before_ms, Cause cause = Cause::user) {
  const auto decision =
      decide(saga, CancelPlaces{.part = {}, .cause = cause}, start - Duration{before_ms});
  REQUIRE(std::holds_alternative<Saga>(decision));
  return std::get<Saga>(decision).payment.refund_due.minor;
}

}  // namespace

TEST_CASE("without a refund policy all is given back until the cut-off") {
  const auto saga = paid_with({});
  CHECK(refund(saga, 1000 * hour) == 1998);
  CHECK(refund(saga, hour) == 1998);
  const auto late = decide(saga, CancelPlaces{}, start - Duration{hour - 1});
  REQUIRE(std::holds_alternative<Refusal>(late));
  CHECK(std::get<Refusal>(late).reason == Rejection::cancellation_cutoff_passed);
}

TEST_CASE("of a refund policy the first step counts whose time is not over, and after all none") {
  const auto saga = paid_with({{{48 * hour}, 100}, {{24 * hour}, 50}});
  CHECK(refund(saga, 48 * hour) == 1998);
  // Half of each place, rounded down.
  CHECK(refund(saga, 48 * hour - 1) == 998);
  CHECK(refund(saga, 24 * hour) == 998);
  CHECK(refund(saga, 24 * hour - 1) == 0);
}

TEST_CASE("what the person did not cancel is given back whole, whatever the policy says") {
  const auto saga = paid_with({{{48 * hour}, 0}});
  CHECK(refund(saga, 72 * hour) == 0);
  CHECK(refund(saga, 72 * hour, Cause::administrator) == 1998);
  CHECK(refund(saga, 0, Cause::administrator) == 1998);
  CHECK(refund(saga, 0, Cause::offering_cancelled) == 1998);
}

TEST_CASE("a place that is given back alone is refunded as of when it was asked back") {
  const auto saga = paid_with({{{24 * hour}, 50}});
  const CancelPlaces one{.part = CancelPlaces::Part{.leg = 0, .seats = {}, .quantity = 1}};
  const auto asked = decide(saga, one, start - Duration{24 * hour});
  REQUIRE(std::holds_alternative<Saga>(asked));
  CHECK(std::get<Saga>(asked).payment.refund_due.minor == 0);

  // The offering answers when the time is over.
  LegView view;
  view.reservation.status = ReservationStatus::confirmed;
  view.reservation.lines = saga.legs[0].lines;
  view.reservation.lines[1].given_back = true;
  view.reservation.version = {6};
  const auto answered = decide(
      std::get<Saga>(asked), LegAnswered{.leg = 0, .answer = view}, start - Duration{20 * hour});
  REQUIRE(std::holds_alternative<Saga>(answered));
  CHECK(std::get<Saga>(answered).payment.refund_due.minor == 499);
  CHECK(std::get<Saga>(answered).total().minor == 999);
}

}  // namespace cavea::engine
