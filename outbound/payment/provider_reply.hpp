#pragma once

#include "engine/payment.hpp"
#include "outbound/payment/circuit_breaker.hpp"
#include "outbound/payment/provider_call.hpp"

#include <chrono>
#include <optional>
#include <string_view>

namespace cavea::outbound::payment {

/// What the provider answered over HTTP.
struct ProviderReply {
  int status = 0;
  std::string_view body{};
  bool is_replayed = false;            ///< `Idempotent-Replayed`: what was saved for this key.
  std::optional<bool> should_retry{};  ///< `Stripe-Should-Retry`.
};

/// What to make of it.
struct Verdict {
  engine::PaymentAnswer answer;
  bool may_retry = false;  ///< Another try with the same key may have a better answer.
  CircuitBreaker::Outcome health = CircuitBreaker::Outcome::succeeded;
};

/// Follows https://docs.stripe.com/error-low-level: what was declined or refused stays so; what is
/// in conflict, too much or the provider's own trouble may go well later with the same key, unless
/// the provider has saved just that answer for the key. Never throws.
[[nodiscard]] Verdict read_reply(const ProviderCall& call, const ProviderReply& reply) noexcept;

}  // namespace cavea::outbound::payment
