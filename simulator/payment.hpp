#pragma once

#include "engine/payment.hpp"
#include "simulator/script.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cavea::simulator {

/// What changes in the life of a payment. Small, because every answer that is saved for an
/// idempotency key has a copy.
struct PaymentState {
  engine::PaymentStatus status = engine::PaymentStatus::requires_payment_method;
  bool is_charged = false;    ///< The latest charge went through.
  std::uint16_t charges = 0;  ///< Tries to charge; the latest is named by it.
  std::uint16_t refunds = 0;
  std::int64_t captured = 0;
  std::int64_t refunded = 0;
  std::int64_t canceled_at = 0;                   ///< Seconds; 0: not.
  std::string_view cancellation_reason{};         ///< Of a list of ours.
  const PaymentMethod* payment_method = nullptr;  ///< Of the last confirmation.
  const Decline* last_error = nullptr;
};

using Metadata = std::vector<std::pair<std::string, std::string>>;

/// A payment intent. Amounts are in the provider's units.
struct Payment {
  std::uint64_t number = 0;  ///< From 1, in the order of creation; ids are made of it.
  std::int64_t amount = 0;
  std::int64_t created = 0;  ///< Seconds.
  std::array<char, 3> currency{};
  bool is_captured_by_hand = false;
  std::string description;
  Metadata metadata;
  PaymentState state;

  [[nodiscard]] std::string_view currency_code() const {
    return {currency.data(), currency.size()};
  }

  /// The script that came as metadata `simulate`; empty: none.
  [[nodiscard]] std::string_view script() const;
};

/// Makes ids and secrets out of numbers, so that nothing has to be kept for them. Those of another
/// run of the simulator differ.
class Names {
 public:
  /// `seed`: random.
  explicit Names(std::uint64_t seed);

  [[nodiscard]] std::string payment(std::uint64_t number) const;
  [[nodiscard]] std::string client_secret(std::uint64_t number) const;
  [[nodiscard]] std::string charge(std::uint64_t number, std::uint32_t attempt) const;
  [[nodiscard]] std::string refund(std::uint64_t number, std::uint32_t index) const;
  [[nodiscard]] std::string event(std::uint64_t number) const;
  [[nodiscard]] std::string request(std::uint64_t number) const;

  /// 0 when it is no id of a payment of this run.
  [[nodiscard]] std::uint64_t number_of_payment(std::string_view id) const;

 private:
  [[nodiscard]] std::string make(std::string_view prefix, std::uint64_t number) const;

  std::uint64_t seed_;
  std::string run_;
};

}  // namespace cavea::simulator
