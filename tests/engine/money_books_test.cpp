#include "engine/money_books.hpp"

#include <doctest/doctest.h>

namespace cavea::engine::testing {

namespace {

/// Two places of 15.00, paid and sold.
Saga sold() {
  Saga saga;
  saga.goal = SagaGoal::confirm;
  saga.was_confirmed = true;
  SagaLeg leg;
  leg.state = LegState::sold;
  leg.lines.resize(2);
  for (auto& line : leg.lines) line.price = {1'500};
  saga.legs.push_back(leg);
  saga.payment.state = MoneyState::captured;
  saga.payment.captured = {3'000};
  return saga;
}

}  // namespace

TEST_CASE("what was paid for places that are sold is in tickets") {
  const auto books = books_of(sold());
  CHECK(books.captured == 3'000);
  CHECK(books.tickets == 3'000);
  CHECK(books.unbalanced() == 0);
}

TEST_CASE("a refund is on its way until the provider has told of it") {
  auto saga = sold();
  saga.legs[0].lines[0].given_back = true;
  saga.payment.refund_due = {1'500};
  CHECK(books_of(saga).refunding == 1'500);
  CHECK(books_of(saga).unbalanced() == 0);
  saga.payment.refunded = {1'500};
  CHECK(books_of(saga).refunding == 0);
  CHECK(books_of(saga).refunded == 1'500);
  CHECK(books_of(saga).unbalanced() == 0);
}

TEST_CASE("money without a ticket shows, and so does a ticket without money") {
  auto saga = sold();
  saga.legs[0].lines[0].given_back = true;
  CHECK(books_of(saga).unbalanced() == 1'500);
  saga = sold();
  saga.payment.captured = {1'000};
  CHECK(books_of(saga).unbalanced() == -2'000);
  saga = sold();
  saga.payment.refunded = {1'500};
  CHECK(books_of(saga).unbalanced() == -1'500);
}

TEST_CASE("only a refund policy lets something be kept of places that were given back") {
  auto saga = sold();
  saga.legs[0].refund_policy.resize(1);
  saga.legs[0].lines[0].given_back = true;
  saga.payment.refund_due = saga.payment.refunded = {750};
  CHECK(books_of(saga).kept == 750);
  CHECK(books_of(saga).unbalanced() == 0);
  // More than the place cost is never kept: it would hide money that nobody knows of.
  saga.payment.captured = {4'000};
  CHECK(books_of(saga).kept == 1'500);
  CHECK(books_of(saga).unbalanced() == 250);
}

TEST_CASE("money that waits for its places is being sold for, until it is to go back") {
  auto saga = sold();
  saga.was_confirmed = false;
  saga.legs[0].state = LegState::held;
  CHECK(books_of(saga).selling == 3'000);
  CHECK(books_of(saga).unbalanced() == 0);
  saga.goal = SagaGoal::release;
  saga.payment.refund_due = {3'000};
  CHECK(books_of(saga).refunding == 3'000);
  CHECK(books_of(saga).selling == 0);
  CHECK(books_of(saga).unbalanced() == 0);
}

}  // namespace cavea::engine::testing
