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
      if (has_gone || !is_kept(leg, line)) most += line.price.minor;
    }
  }
  return most;
}

void add_payment(MoneyBooks& books, const SagaPayment& payment) {
  books.captured += payment.captured.minor;
  // Of a payment that was given up, its provider says that what was authorised was refunded.
  if (payment.captured.minor > 0) books.refunded += payment.refunded.minor;
  books.refunding += std::max<std::int64_t>(payment.refund_due.minor - payment.refunded.minor, 0);
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
  add_payment(books, payment);
  for (const auto& more : saga.more_payments) add_payment(books, more);
  const bool is_released = saga.goal == SagaGoal::release;
  if (saga.was_confirmed && !is_released) books.tickets = saga.total().minor;

  // What is being sold instead has them for a credit, until it is sold or comes to nothing.
  if (saga.exchange) books.selling = saga.exchange->lost.minor;
  // Tickets that were paid elsewhere, or exchanged for such, are not in these books.
  books.tickets -= std::clamp<std::int64_t>(-books.unbalanced(), 0, saga.paid_elsewhere().minor);
  const auto rest = books.unbalanced();
  if (saga.was_confirmed) {
    books.kept = std::clamp<std::int64_t>(rest, 0, kept_max(saga));
  } else if (payment.state == MoneyState::captured && rest > 0) {
    // Nothing of it is due yet only while the places may still be had.
    const bool may_be_had = !is_released || payment.refund_due.minor == 0;
    if (may_be_had) books.selling = rest;
  }
  if (saga.exchange) books += books_of(*saga.exchange->takes);
  return books;
}

}  // namespace cavea::engine
