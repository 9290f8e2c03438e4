#pragma once

#include "simulator/api_request.hpp"
#include "simulator/form.hpp"
#include "simulator/payment.hpp"
#include "simulator/payment_text.hpp"
#include "simulator/script.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::simulator {

/// What came of a request.
struct Outcome {
  const Payment* payment = nullptr;  ///< Null: none was found or made.
  std::optional<ApiError> error{};
  std::optional<Refund> refund{};
  /// The types of the events that happened to the payment, in order.
  std::vector<std::string_view> events{};
  bool is_settled_later = false;  ///< `settle` is to be called for it after a while.
};

/// The payments of a simulated account and the rules of their life
/// (https://docs.stripe.com/payments/paymentintents/lifecycle). For one thread at a time. Payments
/// stay where they are.
class PaymentBook {
 public:
  explicit PaymentBook(const Names& names) : names_(names) {}

  [[nodiscard]] Outcome create(const Form& form, std::int64_t now);
  [[nodiscard]] Outcome confirm(
      std::uint64_t number, const Form& form, const Instruction& instruction);
  [[nodiscard]] Outcome capture(
      std::uint64_t number, const Form& form, const Instruction& instruction);
  [[nodiscard]] Outcome cancel(std::uint64_t number, const Form& form, std::int64_t now);
  [[nodiscard]] Outcome refund(const Form& form, const Instruction& instruction, std::int64_t now);

  /// What the customer does on the bank's page.
  [[nodiscard]] Outcome authenticate(std::uint64_t number, bool is_good);

  /// A customer whom nobody sees pays with a good card; nothing happens where it is too late.
  [[nodiscard]] Outcome pay_by_customer(std::uint64_t number);

  /// The bank's answer to a payment that was `processing`.
  [[nodiscard]] Outcome settle(std::uint64_t number, bool is_good);

  /// The bank does not take back what was refunded.
  [[nodiscard]] Outcome lose_refund(const Settlement& settlement, std::int64_t now);

  /// Null when there is none.
  [[nodiscard]] const Payment* find(std::uint64_t number) const;

  /// Newest first.
  struct Page {
    std::vector<const Payment*> payments;
    bool has_more = false;
    std::optional<ApiError> error{};
  };

  [[nodiscard]] Page list(const Form& form) const;

  /// The payment that a request names, 0 when it names none.
  [[nodiscard]] std::uint64_t payment_of_refund(const Form& form) const;

  [[nodiscard]] static ApiError no_such_payment(std::string_view id);

  struct Totals {
    std::uint64_t payments = 0;
    std::map<std::string, std::uint64_t> by_status;
    /// By currency.
    std::map<std::string, std::int64_t> captured;
    std::map<std::string, std::int64_t> refunded;
  };

  [[nodiscard]] Totals totals() const;

 private:
  [[nodiscard]] Payment* find_to_change(std::uint64_t number);
  static void authorise(Payment& payment, Outcome& outcome);
  static void decline(Payment& payment, const Decline& reason, Outcome& outcome);

  const Names& names_;
  std::deque<Payment> payments_;
};

}  // namespace cavea::simulator
