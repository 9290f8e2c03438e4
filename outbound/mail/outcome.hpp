#pragma once

#include "engine/notification.hpp"
#include "outbound/mail/transfer.hpp"

namespace cavea::outbound::mail {

/// What an attempt came to: 2xx at the end is delivered. A refusal of this mail for good (5xx to
/// the sender, the recipient or the mail itself, RFC 5321, 4.2.1) is never. All else is not now:
/// 4xx, no answer, no TLS, and what is between us and the server (it does not let us in, or not
/// without a password) and will be mended without anything being wrong with the mail.
[[nodiscard]] engine::DeliveryResult outcome_of(const ServerReply& reply);

}  // namespace cavea::outbound::mail
