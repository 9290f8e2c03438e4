#pragma once

#include "engine/money.hpp"

#include <cstdint>
#include <optional>

namespace cavea::outbound::payment {

/// An amount as Stripe counts it, and back (https://docs.stripe.com/currencies). Stripe takes minor
/// units as ISO 4217 has them, but for: ISK and UGX, which have no decimals any more and are
/// counted in hundredths all the same; MGA, which is counted in whole units; and currencies with
/// three decimals, whose last digit must be zero.

/// Nothing when Stripe cannot take that amount.
[[nodiscard]] std::optional<std::int64_t> to_provider(
    engine::Money amount, engine::Currency currency);

[[nodiscard]] engine::Money from_provider(std::int64_t amount, engine::Currency currency);

}  // namespace cavea::outbound::payment
