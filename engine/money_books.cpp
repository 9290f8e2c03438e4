#include "engine/money_books.hpp"

#include <algorithm>

namespace cavea::engine {

namespace {

/// The most that may have been kept of places that went: those without a policy are paid back
/// whole.
std::int64_t kept_max(const Saga& saga) {
  std::int64_t most = 0;
  for (const auto& leg : saga.legs) {
    if (leg.refund_policy.empty()) continue;
    const bool has_gone = saga.goal == SagaGoal::release || leg.is_over();
    for (const auto& line : leg.lines) {
      if (has_gone || line.given_back) most += line.price.minor;
    }
  }
  return most;
}

}  // namespace

MoneyBooks& MoneyBooks::operator+=(const MoneyBooks& other) {
  captured += other.captured;
  tickets += other.tickets;
  refunded += other.refunded;
  refunding += other.refunding;
  selling += other.selling;
  kept += other.kept;
  return *this;
}

MoneyBooks books_of(const Saga& saga) {
  const auto& payment = saga.payment;
  MoneyBooks books;
  books.captured = payment.captured.minor;
  // Of a payment that was given up, its provider says that what was authorised was refunded.
  if (payment.captured.minor > 0) books.refunded = payment.refunded.minor;
  books.refunding = std::max<std::int64_t>(payment.refund_due.minor - payment.refunded.minor, 0);
  const bool is_released = saga.goal == SagaGoal::release;
  if (saga.was_confirmed && !is_released) books.tickets = saga.total().minor;

  const auto rest = books.unbalanced();
  if (saga.was_confirmed) {
    books.kept = std::clamp<std::int64_t>(rest, 0, kept_max(saga));
  } else if (payment.state == MoneyState::captured && rest > 0) {
    // Nothing of it is due yet only while the places may still be had.
    const bool may_be_had = !is_released || payment.refund_due.minor == 0;
    if (may_be_had) books.selling = rest;
  }
  return books;
}

}  // namespace cavea::engine
