#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cavea::simulator {

/// The value of `Stripe-Signature` (https://docs.stripe.com/webhooks/signature):
/// "t=1700000000,v1=<hex of HMAC-SHA256>". `seconds`: now.
[[nodiscard]] std::string sign_webhook(
    std::string_view body, std::string_view secret, std::int64_t seconds);

}  // namespace cavea::simulator
