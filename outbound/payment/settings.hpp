#pragma once

#include "outbound/payment/circuit_breaker.hpp"
#include "outbound/payment/limits.hpp"
#include "outbound/payment/retry.hpp"
#include "outbound/secret.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace cavea::outbound::payment {

/// Where the provider is and how patient we are with it.
struct Settings {
  /// "https://api.stripe.com"; plain http only to this machine, or with a test key ("sk_test_...").
  std::string base_url;
  Secret secret_key;  ///< "sk_..." or a restricted one, "rk_...".
  /// "whsec_...", one, or two while a key is being replaced. None: no webhook is taken.
  std::vector<Secret> webhook_secrets;
  std::string ca_file;  ///< PEM of the authorities to trust; empty: those of the system.
  std::string proxy;    ///< URL of a proxy; empty: none, whatever the environment says.

  std::chrono::milliseconds connect_time = limits::connect_time;
  std::chrono::milliseconds attempt_time = limits::attempt_time;
  std::chrono::milliseconds total_time = limits::total_time;
  unsigned under_way_max = limits::under_way_max;
  std::size_t unanswered_max = limits::unanswered_max;
  RetryRules retry;
  CircuitBreaker::Rules breaker;
};

/// What is wrong with the settings: one sentence for people that names the setting; nothing when
/// they can be used.
[[nodiscard]] std::optional<std::string> fault_of(const Settings& settings);

}  // namespace cavea::outbound::payment
