#pragma once

#include "engine/ids.hpp"
#include "engine/money.hpp"

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// The port between the engine and whoever moves the money: a provider at which a payment is
// authorised first, by the customer, and captured once the places are certain. The words are those
// of Stripe's PaymentIntents (https://docs.stripe.com/payments/paymentintents/lifecycle).

namespace cavea::engine {

/// Names a payment at the provider ("pi_..."): 1 to 255 bytes.
struct PaymentId {
  std::string value;

  auto operator<=>(const PaymentId&) const = default;
};

/// How far a payment is. Numbers are written to disk and never change.
enum class PaymentStatus : std::uint8_t {
  requires_payment_method = 0,  ///< Nobody has paid yet, or the last try was declined.
  requires_confirmation = 1,
  requires_action = 2,   ///< The customer must do something, as with 3-D Secure.
  processing = 3,        ///< The provider does not know yet.
  requires_capture = 4,  ///< Authorised: the money is reserved and waits for `CapturePayment`.
  succeeded = 5,         ///< Captured.
  canceled = 6,          ///< Never captured, and never will be.
};

/// "requires_capture".
[[nodiscard]] std::string_view name_of(PaymentStatus status) noexcept;

/// Nothing unless `text` is the name of a status.
[[nodiscard]] std::optional<PaymentStatus> payment_status_from(std::string_view text) noexcept;

/// A payment as the provider says it is. Amounts are in minor units of `currency` (ISO 4217),
/// whatever units the provider counts in.
struct Payment {
  PaymentId id;
  /// With it the customer's browser confirms the payment; only for the customer, never for a log.
  /// May be empty in a notice.
  std::string client_secret;
  PaymentStatus status{};
  Money amount;    ///< What was asked for.
  Money captured;  ///< What was taken; refunds do not change it.
  /// What went back or is on its way back. Nothing: the provider did not say, as in a notice that
  /// is not about a refund.
  std::optional<Money> refunded;
  Currency currency;
  std::optional<ReservationId> reservation;  ///< Nothing: a payment that is not ours.
  Timestamp created_at;    ///< Of the payment, by the provider's clock, in whole seconds.
  std::string last_error;  ///< Why the last try to pay failed, for people; empty: none did.
};

// ---- Requests -----------------------------------------------------------------------------------
// `key` is the idempotency key at the provider, 1 to 255 bytes: the same request with the same key
// is carried out once, however often it is asked for. Keys must differ between requests; the
// provider may forget one after 24 hours.

/// Answered with a payment that waits for the customer. The money is not captured by confirming.
struct CreatePayment {
  std::string key;
  ReservationId reservation;
  Money amount;  ///< Above zero.
  Currency currency;
  std::string user{};  ///< Who reserved; the provider keeps it beside the payment for people.
};

/// Takes authorised money; what is not taken of it is released.
struct CapturePayment {
  std::string key;
  PaymentId payment;
  Money amount;  ///< Above zero, at most what was authorised.
  Currency currency;
};

/// Gives up a payment that is not captured; authorised money is released.
struct CancelPayment {
  std::string key;
  PaymentId payment;
};

/// Gives back captured money, once or in parts.
struct RefundPayment {
  std::string key;
  PaymentId payment;
  Money amount;  ///< Above zero, at most what was captured and not refunded yet.
  Currency currency;
};

struct LookUpPayment {
  PaymentId payment;
};

/// The payments that were created at or after `created_from`, newest first, those of others
/// included; what is created while a list is read does not disturb it.
struct ListPayments {
  Timestamp created_from;            ///< Counts in whole seconds.
  std::optional<PaymentId> after{};  ///< Goes on after this one.
  std::uint32_t limit = 100;         ///< 1 to 100.
};

using PaymentRequest = std::variant<
    CreatePayment,
    CapturePayment,
    CancelPayment,
    RefundPayment,
    LookUpPayment,
    ListPayments>;

// ---- Answers ------------------------------------------------------------------------------------

/// Why a request has no payment for an answer.
struct PaymentFailure {
  enum class Kind : std::uint8_t {
    /// The customer's bank said no. Nothing was done; the customer may pay in another way.
    declined = 0,
    /// The provider does not do that: an unknown payment, a wrong state, an amount too high.
    /// Nothing was done, and asking again in the same way is of no use.
    refused = 1,
    /// Nobody knows whether it was done. Ask again with the same key, or look the payment up.
    unavailable = 2,
  };

  Kind kind = Kind::unavailable;
  std::string code;     ///< The provider's word for it ("card_declined"), or ours; for programs.
  std::string message;  ///< One sentence for people who look after the system.
  /// The payment as it is, where the provider told: after `refused` for its state.
  std::optional<Payment> payment{};
};

[[nodiscard]] std::string_view name_of(PaymentFailure::Kind kind) noexcept;

struct PaymentPage {
  std::vector<Payment> payments;
  std::optional<PaymentId> next;  ///< For `ListPayments::after`; nothing: this was the last page.
};

/// `ListPayments` is answered with a page, every other request with a payment.
using PaymentAnswer = std::variant<Payment, PaymentPage, PaymentFailure>;

/// Called once, on any thread; must not block and must not throw.
using PaymentContinuation = std::function<void(PaymentAnswer)>;

// ---- Notices ------------------------------------------------------------------------------------

/// What the provider tells by itself (a webhook), proven to come from it. Notices come late, out of
/// order and more than once; `event_id` is the same each time.
struct PaymentNotice {
  std::string event_id;
  Timestamp created_at;  ///< Of the event, by the provider's clock, in whole seconds.
  Payment payment;       ///< As it was then.
};

/// A notice that is genuine and says nothing that we need; to be acknowledged and forgotten.
struct UnneededNotice {
  std::string event_id;
  std::string type;
};

/// Why something is no notice of the provider: not to be believed, and not to be acknowledged.
struct NoticeFault {
  enum class Kind : std::uint8_t {
    header_malformed = 0,
    too_old = 1,  ///< A replay, or a clock that is wrong.
    from_the_future = 2,
    signature_wrong = 3,
    body_malformed = 4,  ///< Signed, and yet not readable.
  };

  Kind kind{};
  std::string what;  ///< One sentence for people, without secrets.
};

[[nodiscard]] std::string_view name_of(NoticeFault::Kind kind) noexcept;

using NoticeResult = std::variant<PaymentNotice, UnneededNotice, NoticeFault>;

// ---- The port -----------------------------------------------------------------------------------

/// Speaks to a payment provider. May be used from any thread.
class PaymentPort {
 public:
  virtual ~PaymentPort() = default;

  /// Never blocks. Answers every request exactly once: on any thread, and possibly before it
  /// returns (when too much is under way, or the provider is known to be down).
  virtual void ask(PaymentRequest request, PaymentContinuation then) noexcept = 0;

  /// Whether a webhook is a notice of the provider. `body` is what came, byte by byte; `signature`
  /// the value of the provider's signature header; `now` is compared with the time in it.
  [[nodiscard]] virtual NoticeResult verify_notice(
      std::string_view body, std::string_view signature, Timestamp now) const noexcept = 0;
};

}  // namespace cavea::engine
