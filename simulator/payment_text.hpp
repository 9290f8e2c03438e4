#pragma once

#include "simulator/payment.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// The objects of the API as JSON, appended to a text (https://docs.stripe.com/api).

namespace cavea::simulator {

/// Whether parts of an object are shown whole or by their id.
struct Expansion {
  bool charge = false;   ///< `latest_charge` of a payment.
  bool payment = false;  ///< `payment_intent` of a refund.
};

struct Refund {
  std::uint32_t index = 0;  ///< From 1, of its payment.
  std::int64_t amount = 0;
  std::int64_t created = 0;
  bool is_failed = false;
};

/// An answer that is not 2xx.
struct ApiError {
  int status = 400;
  std::string_view type = "invalid_request_error";
  std::string code{};
  std::string message{};
  std::string param{};
  const Decline* decline = nullptr;
  /// The request was not begun, so nothing is saved for its key.
  bool is_of_request = false;
};

/// Writes objects with the names of one run.
class PaymentText {
 public:
  explicit PaymentText(const Names& names) : names_(names) {}

  /// `payment` with `state`, which may be an earlier one.
  void append_payment(
      std::string& out, const Payment& payment, const PaymentState& state, bool has_charge) const;

  void append_charge(std::string& out, const Payment& payment, const PaymentState& state) const;

  void append_refund(
      std::string& out,
      const Payment& payment,
      const PaymentState& state,
      const Refund& refund,
      Expansion expansion) const;

  /// `payment` may be null.
  void append_error(
      std::string& out, const ApiError& error, const Payment* payment, const PaymentState*) const;

 private:
  const Names& names_;
};

/// Appends `text` as a JSON string. What is not UTF-8 is replaced.
void append_json_string(std::string& out, std::string_view text);

}  // namespace cavea::simulator
