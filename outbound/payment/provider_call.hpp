#pragma once

#include "engine/payment.hpp"
#include "engine/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace cavea::outbound::payment {

/// A request to the provider as HTTP carries it.
struct ProviderCall {
  /// What a good answer holds.
  enum class Answer : std::uint8_t { payment = 0, refund = 1, page = 2 };

  Answer answer = Answer::payment;
  bool is_post = false;
  std::string target{};  ///< "/v1/payment_intents/pi_1?expand%5B%5D=latest_charge".
  std::string form{};    ///< application/x-www-form-urlencoded, of a POST.
  std::string key{};     ///< For `Idempotency-Key`, of a POST.
};

/// The version of Stripe's API that we were written for; asked for with every call, so that the
/// account's own setting does not matter. Before it, what a capture or a cancellation released
/// counted as refunded.
inline constexpr std::string_view provider_api_version = "2025-03-31.basil";

/// A failure of kind `refused` for what no provider could do: an amount that is not above zero or
/// that the currency does not have, a key or an id that is none.
[[nodiscard]] engine::Result<ProviderCall, engine::PaymentFailure> call_for(
    const engine::PaymentRequest& request);

}  // namespace cavea::outbound::payment
