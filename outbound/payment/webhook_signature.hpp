#pragma once

#include "engine/ids.hpp"
#include "engine/payment.hpp"
#include "outbound/secret.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace cavea::outbound::payment {

/// Checks `Stripe-Signature` as https://docs.stripe.com/webhooks/signature says: the header holds
/// `t=<seconds>` and one or more `v1=<hex of HMAC-SHA256 of "t.body">`; other schemes are passed
/// over. Any of the signatures may fit any of the secrets, so that either side can change its key.
/// Nothing: the body comes from whoever knows the secret, and its time is within
/// `limits::notice_tolerance` of `now`.
[[nodiscard]] std::optional<engine::NoticeFault> fault_of_signature(
    std::string_view body,
    std::string_view header,
    const std::vector<Secret>& secrets,
    engine::Timestamp now);

}  // namespace cavea::outbound::payment
