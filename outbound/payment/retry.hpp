#pragma once

#include "outbound/payment/limits.hpp"

#include <chrono>
#include <cstdint>

namespace cavea::outbound::payment {

struct RetryRules {
  unsigned attempts_max = limits::attempts_max;  ///< At least 1.
  std::chrono::milliseconds pause_first = limits::pause_first;
  std::chrono::milliseconds pause_max = limits::pause_max;
};

/// How long to wait after `attempts` tries failed, from 1: a random part of a span that doubles
/// with every try ("full jitter",
/// https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), so that those who
/// failed together do not come again together. `random` is any 64-bit number.
[[nodiscard]] std::chrono::milliseconds pause_after(
    unsigned attempts, std::uint64_t random, const RetryRules& rules);

}  // namespace cavea::outbound::payment
