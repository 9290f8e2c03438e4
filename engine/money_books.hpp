#pragma once

#include "engine/money.hpp"
#include "engine/saga.hpp"

#include <cstdint>
#include <map>

// Where the money is that sagas say was captured: in tickets, refunded, on its way, or kept by the
// terms of a cancellation. What is in none of these is a fault.

namespace cavea::engine {

/// Amounts in minor units of one currency, of one saga or of many.
struct MoneyBooks {
  std::int64_t captured = 0;
  std::int64_t tickets = 0;    ///< What the confirmed places cost that nobody gave back; without
                               ///< what was paid for them elsewhere.
  std::int64_t refunded = 0;   ///< As the provider said.
  std::int64_t refunding = 0;  ///< Due, and not told by the provider yet.
  std::int64_t selling = 0;    ///< Captured, and the places not sold yet, or claimed once more.
  std::int64_t kept = 0;       ///< Of places that were given back, by their refund policy.

  bool operator==(const MoneyBooks&) const = default;
  MoneyBooks& operator+=(const MoneyBooks& other);

  [[nodiscard]] bool empty() const { return *this == MoneyBooks{}; }

  /// Captured money that is nowhere; below zero: places or refunds that nobody paid for. Zero when
  /// all is right.
  [[nodiscard]] std::int64_t unbalanced() const {
    return captured - tickets - refunded - refunding - selling - kept;
  }
};

/// Where the money of one saga is, from its state alone. `kept` is never more than what the places
/// cost that went under a refund policy, so it hides no fault of a reservation without one.
[[nodiscard]] MoneyBooks books_of(const Saga& saga);

using BooksByCurrency = std::map<Currency, MoneyBooks>;

}  // namespace cavea::engine
