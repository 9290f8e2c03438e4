#pragma once

#include "engine/ids.hpp"

#include <string>
#include <string_view>

namespace cavea::outbound::webhook {

/// The value of `webhook-signature` as Standard Webhooks wants it
/// (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md):
/// "v1," and, in base64, HMAC-SHA256 over "<id>.<seconds>.<body>".
[[nodiscard]] std::string signature_of(
    std::string_view secret, std::string_view id, engine::Timestamp at, std::string_view body);

}  // namespace cavea::outbound::webhook
