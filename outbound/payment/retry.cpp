#include "outbound/payment/retry.hpp"

#include <algorithm>

namespace cavea::outbound::payment {

std::chrono::milliseconds pause_after(
    unsigned attempts, std::uint64_t random, const RetryRules& rules) {
  auto span = std::min(rules.pause_first, rules.pause_max);
  for (unsigned i = 1; i < attempts && span < rules.pause_max; ++i) {
    span = std::min(span * 2, rules.pause_max);
  }
  const auto span_ms = static_cast<std::uint64_t>(span.count());
  return std::chrono::milliseconds(random % (span_ms + 1));
}

}  // namespace cavea::outbound::payment
