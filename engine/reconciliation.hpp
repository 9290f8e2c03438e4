#pragma once

#include "engine/ids.hpp"
#include "engine/money.hpp"
#include "engine/payment.hpp"
#include "engine/saga.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Reconciliation: what the provider says of payments is compared with what the sagas say, in both
// directions, and what differs is reported and repaired. This is the part that decides; who asks
// the provider and the sagas is `actors/reconciliation_actor.hpp`.

namespace cavea::engine {

/// How a payment stands otherwise at the provider than its saga says. Stored: numbers never change.
enum class PaymentDifference : std::uint8_t {
  authorised_unknown = 0,  ///< The customer paid, and the saga still waits for it.
  captured_unknown = 1,    ///< Money was taken that the saga does not have.
  canceled_unknown = 2,    ///< The saga waits for a payment that can never come.
  not_captured = 3,        ///< The saga has money that the provider never took.
  amount_differs = 4,      ///< Another sum was captured than the saga says.
  refund_unknown = 5,      ///< More went back than the saga says.
  refund_lost = 6,         ///< Less: a refund failed after it had been answered.
  not_found = 7,           ///< The provider does not know the saga's payment.
  not_held = 8,            ///< It is for one of our reservations, and no saga's payment.
};

inline constexpr std::size_t payment_difference_count = 9;

/// "refund_lost".
[[nodiscard]] std::string_view name_of(PaymentDifference difference) noexcept;

/// What was done about a difference. Stored: numbers never change.
enum class PaymentRepair : std::uint8_t {
  none = 0,       ///< Nothing can be done by rule: somebody has to look.
  told = 1,       ///< The saga was told, and goes on from there.
  waits = 2,      ///< The saga has moved on since it was read; the next run will see.
  cancelled = 3,  ///< The payment was cancelled at the provider.
  refunded = 4,   ///< All that was taken and not gone back was refunded at the provider.
  failed = 5,     ///< The provider did not do what was to be done.
};

inline constexpr std::size_t payment_repair_count = 6;

/// "cancelled".
[[nodiscard]] std::string_view name_of(PaymentRepair repair) noexcept;

/// "open": the word for how far the money of a saga is.
[[nodiscard]] std::string_view word_of(MoneyState state) noexcept;

/// Whether `payment` is for the saga, and is not and never will be its payment: the provider forgot
/// the key under which it was made, and made another one.
[[nodiscard]] bool is_not_held(const Saga& saga, const Payment& payment);

/// Whether the provider may know more than the saga does: not while the saga asks by itself, or has
/// nothing to ask about.
[[nodiscard]] bool is_comparable(const SagaPayment& ours);

/// The saga's payment with this id, if it is comparable; else null.
[[nodiscard]] const SagaPayment* comparable_payment(const Saga& saga, const PaymentId& id);

/// What differs between a saga's comparable payment and how it stands at the provider; nothing:
/// they agree.
[[nodiscard]] std::optional<PaymentDifference> difference_between(
    const SagaPayment& ours, const Payment& theirs);

/// What to ask the provider about a payment that no saga holds, as it stands now: what was taken
/// goes back whole, under a key that makes it go back once; what was not can never be taken.
/// Nothing: it is over already.
[[nodiscard]] std::optional<PaymentRequest> undo(const Payment& payment, Timestamp now);

// ---- What came of a run -------------------------------------------------------------------------

/// One difference, with what both sides said when it was found.
struct ReconciliationItem {
  /// What the saga says.
  struct Ours {
    MoneyState state{};
    Money captured;
    Money refunded;

    bool operator==(const Ours&) const = default;
  };

  /// What the provider says.
  struct Theirs {
    PaymentStatus status{};
    Money captured;
    Money refunded;

    bool operator==(const Theirs&) const = default;
  };

  PaymentDifference difference{};
  PaymentRepair repair{};
  ReservationId reservation;
  PaymentId payment;
  Currency currency;
  Ours ours;                     ///< Of the saga's own payment, also where this is another one.
  std::optional<Theirs> theirs;  ///< Nothing: the provider does not know it.
  std::string detail;            ///< What the provider said, where it did not do it; one line.

  bool operator==(const ReconciliationItem&) const = default;
};

/// What a run did.
struct ReconciliationReport {
  Timestamp started_at;
  Timestamp finished_at;       ///< Zero while it runs.
  Timestamp from;              ///< Payments that were made since, and sagas that changed since.
  std::string error;           ///< Why it did not come to its end; empty: it did.
  std::uint64_t listed = 0;    ///< Payments that the provider has in the period.
  std::uint64_t foreign = 0;   ///< Of those, for nothing that is kept here.
  std::uint64_t compared = 0;  ///< Payments that were compared with a saga, listed or looked up.
  std::uint64_t moving = 0;    ///< Of those, ones whose saga is on its way and asks by itself.
  std::array<std::uint64_t, payment_difference_count> differences{};
  std::array<std::uint64_t, payment_repair_count> repairs{};
  std::vector<ReconciliationItem> items;  ///< The first `reconciliation_limits::items_max`.

  bool operator==(const ReconciliationReport&) const = default;

  /// All differences, those that are not in `items` included.
  [[nodiscard]] std::uint64_t different() const;

  /// Of those, the ones that the next run will find again unless somebody does something.
  [[nodiscard]] std::uint64_t unrepaired() const;

  void add(ReconciliationItem item);
};

/// What is known of reconciliation.
struct ReconciliationView {
  std::optional<ReconciliationReport> running;  ///< Without its items: they come with the end.
  std::optional<ReconciliationReport> last;     ///< The last that ended, well or not.
  std::optional<Timestamp> next_at;             ///< Nothing: it runs only when it is asked for.
};

/// Answered with a `ReconciliationView`.
struct GetReconciliation {};

/// Begins a run, unless one is under way. Answered with a `ReconciliationView` that has it.
struct StartReconciliation {};

namespace reconciliation_limits {

/// Differences that a report has in full, with what both sides said: some 100 KiB. All of them are
/// counted and in the log.
inline constexpr std::size_t items_max = 500;

/// Bytes of a text of the provider that a report has.
inline constexpr std::size_t detail_max = 300;

}  // namespace reconciliation_limits

}  // namespace cavea::engine
