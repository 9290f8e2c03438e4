#pragma once

#include "engine/payment.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace cavea::engine::testing {

/// A payment provider in memory that keeps Stripe's rules
/// (https://docs.stripe.com/payments/paymentintents/lifecycle): a key is carried out once and
/// answered the same way again, also when the answer was no; the same key with another request is
/// refused; what is authorised is captured once; a payment is cancelled until it is captured; no
/// more is refunded than was captured.
class SagaProvider {
 public:
  /// How banks and staff spoil a payment.
  struct Trouble {
    /// What a capture of the payment comes to, instead of money.
    enum class Capture : std::uint8_t {
      none,
      declined,         ///< Stays authorised.
      declined_unpaid,  ///< The customer has to pay anew.
      expired,          ///< The authorisation has ended, and the payment with it.
    };

    Capture capture = Capture::none;
    std::uint32_t refunds_refused = 0;   ///< That many refunds are refused before one goes through.
    std::uint32_t closings_refused = 0;  ///< That many cancellations are refused, too.
    bool tells_payment_in_error = false;  ///< Errors carry the payment, as Stripe's often do.
  };

  struct Intent {
    Payment payment;
    Trouble trouble;
    std::uint32_t captures = 0;
    std::uint32_t refunds = 0;
    std::vector<Money> refunded;  ///< One by one, those that are good.
    Money lost;                   ///< Of refunds that failed after they were answered.
  };

  /// `on_notice` is called with every notice that the provider sends.
  explicit SagaProvider(std::function<void(const Payment&)> on_notice)
      : on_notice_(std::move(on_notice)) {}

  PaymentAnswer carry_out(const PaymentRequest& request, Timestamp now);

  /// The customer pays with the secret that the page got; nothing happens when it cannot be paid.
  /// Whether the bank agreed.
  bool confirm(const std::string& client_secret, bool is_declined);

  /// The authorisation runs out, or staff cancel the payment by hand.
  void cancel_by_staff(const std::string& client_secret);

  /// The bank does not take a refund after all, one of which everybody was told that it went well;
  /// false: there is none. `choice` says which.
  bool lose_refund(PaymentId id, std::uint64_t choice);

  /// The keys under which payments were made are older than a day.
  void forget_creations() {
    std::erase_if(
        answered_, [](const auto& one) { return one.second.request.starts_with("create "); });
  }

  /// For payments that are made from now on.
  Trouble trouble;

  [[nodiscard]] std::vector<const Intent*> intents_of(ReservationId reservation) const;

  [[nodiscard]] const std::map<std::string, Intent>& intents() const { return intents_; }

 private:
  struct Answered {
    std::string request;  ///< All parameters.
    PaymentAnswer answer;
  };

  PaymentAnswer carry_out_one(const CreatePayment& request, Timestamp now);
  PaymentAnswer carry_out_one(const CapturePayment& request, Timestamp now);
  PaymentAnswer carry_out_one(const CancelPayment& request, Timestamp now);
  PaymentAnswer carry_out_one(const RefundPayment& request, Timestamp now);
  PaymentAnswer carry_out_one(const LookUpPayment& request, Timestamp now);
  PaymentAnswer carry_out_one(const ListPayments& request, Timestamp now);

  Intent* find(const std::string& client_secret);
  void tell(const Intent& intent);
  static void cancel(Intent& intent);
  static PaymentFailure refuse(const Intent& intent, PaymentFailure::Kind kind);

  std::function<void(const Payment&)> on_notice_;
  std::map<std::string, Intent> intents_;     ///< By id.
  std::map<std::string, Answered> answered_;  ///< By key.
};

}  // namespace cavea::engine::testing
