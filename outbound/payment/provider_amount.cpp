#include "outbound/payment/provider_amount.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

namespace cavea::outbound::payment {

namespace {

constexpr std::int64_t hundred = 100;

bool is_counted_in_hundredths(std::string_view code) {
  return code == "ISK" || code == "UGX";
}

bool is_counted_whole(std::string_view code) {
  return code == "MGA";
}

/// Those with three decimals that Stripe takes at all.
bool needs_zero_at_end(std::string_view code) {
  constexpr std::array<std::string_view, 5> codes{"BHD", "JOD", "KWD", "OMR", "TND"};
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

}  // namespace

std::optional<std::int64_t> to_provider(engine::Money amount, engine::Currency currency) {
  const auto code = currency.view();
  if (is_counted_in_hundredths(code)) {
    if (amount.minor > std::numeric_limits<std::int64_t>::max() / hundred) return std::nullopt;
    return amount.minor * hundred;
  }
  if (is_counted_whole(code)) {
    if (amount.minor % hundred != 0) return std::nullopt;
    return amount.minor / hundred;
  }
  if (needs_zero_at_end(code) && amount.minor % 10 != 0) return std::nullopt;
  return amount.minor;
}

engine::Money from_provider(std::int64_t amount, engine::Currency currency) {
  const auto code = currency.view();
  if (is_counted_in_hundredths(code)) return {amount / hundred};
  if (is_counted_whole(code)) {
    // Beyond it there is no such money; an answer that says so must not overflow.
    constexpr auto most = std::numeric_limits<std::int64_t>::max() / hundred;
    return {std::clamp(amount, -most, most) * hundred};
  }
  return {amount};
}

}  // namespace cavea::outbound::payment
