#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

// What the simulator can be told to do instead of what it should.

namespace cavea::simulator {

/// The requests that a script can change.
enum class Operation : std::uint8_t {
  create = 0,
  confirm = 1,
  capture = 2,
  cancel = 3,
  refund = 4,
  retrieve = 5,
  list = 6,
};

inline constexpr std::size_t operation_count = 7;

[[nodiscard]] std::string_view name_of(Operation operation) noexcept;
[[nodiscard]] std::optional<Operation> operation_from(std::string_view name) noexcept;

/// Why a bank says no, in Stripe's words (https://docs.stripe.com/declines/codes).
struct Decline {
  std::string_view name;  ///< For scripts: "insufficient_funds".
  std::string_view code;  ///< "card_declined".
  std::string_view decline_code;
  std::string_view message;
};

/// Null when there is no decline of that name.
[[nodiscard]] const Decline* decline_named(std::string_view name) noexcept;
[[nodiscard]] const Decline& generic_decline() noexcept;
[[nodiscard]] const Decline& authentication_failure() noexcept;

enum class Effect : std::uint8_t {
  none = 0,
  // Of a confirmation.
  decline = 1,
  require_action = 2,     ///< The customer must authenticate first.
  process = 3,            ///< Succeeds after a while.
  process_then_fail = 4,  ///< Is declined after a while.
  // Of any request.
  time_out_after_charging = 5,  ///< Is carried out and never answered.
  fail_with_500 = 6,            ///< Is not carried out; the next try with the same key is.
  /// Is carried out and answered 500; Stripe saves that for the key, and so do we.
  fail_after_charging = 7,
  rate_limit = 8,  ///< Is not carried out, and answered 429.
  delay = 9,       ///< Is answered later.
  // Of a capture: the authorisation has expired.
  expire = 10,
  // Of a refund: the bank does not take the money back.
  fail_refund = 11,
  // Of a refund: it is answered as if it had gone well, and fails after a while.
  fail_refund_later = 12,
};

[[nodiscard]] std::string_view name_of(Effect effect) noexcept;

/// One instruction.
struct Instruction {
  Effect effect = Effect::none;
  const Decline* decline = nullptr;  ///< Of `decline` and `process_then_fail`.
  std::uint32_t delay_ms = 0;        ///< Of `delay`.
};

/// One of Stripe's test payment methods (https://docs.stripe.com/testing), or of two of our own,
/// and what happens when a payment is confirmed with it.
struct PaymentMethod {
  std::string_view name;
  Instruction instruction{};
};

[[nodiscard]] std::span<const PaymentMethod> payment_methods() noexcept;

/// Null when there is none of that name.
[[nodiscard]] const PaymentMethod* payment_method_named(std::string_view name) noexcept;

/// Amounts whose last four digits mean something: 120.00 EUR is safe, 90.01 EUR is declined.
struct MagicAmount {
  std::int64_t last_four = 0;
  Operation operation{};
  Instruction instruction;
  std::string_view meaning;
};

[[nodiscard]] std::span<const MagicAmount> magic_amounts() noexcept;

[[nodiscard]] Instruction instruction_of_amount(std::int64_t amount, Operation operation) noexcept;

/// Looks up an operation in the metadata `simulate` of a payment: instructions separated by commas,
/// "capture:time_out_after_charging, confirm:decline=insufficient_funds, refund:delay=500".
[[nodiscard]] Instruction instruction_in(std::string_view script, Operation operation) noexcept;

/// The first part of a script that is no instruction; empty when all are.
[[nodiscard]] std::string fault_in(std::string_view script);

}  // namespace cavea::simulator
