#pragma once

#include "engine/ids.hpp"
#include "engine/notification.hpp"
#include "outbound/mail/address.hpp"

#include <string>
#include <string_view>

// Values of mail headers (RFC 5322). Nothing that comes in can begin a header of its own.

namespace cavea::outbound::mail {

/// Free text: as it is where that is ASCII, else in encoded words (RFC 2047, base 64 of UTF-8),
/// folded. Control characters, line ends among them, become blanks.
[[nodiscard]] std::string header_text(std::string_view text);

/// "Sun Street Studio <box@studio.example>"; a name that is more than words is quoted or encoded.
[[nodiscard]] std::string mailbox_text(const Mailbox& box);

/// "Fri, 04 Dec 2026 19:30:00 +0000".
[[nodiscard]] std::string date_text(engine::Timestamp time);

/// "<1-2f-0.19c8a1b2c3d@studio.example>": the same in each attempt, so that whoever gets a mail
/// twice sees that it is one. The time keeps apart what an earlier life of a node with other data
/// sent.
[[nodiscard]] std::string message_id(
    const engine::NotificationId& id, engine::Timestamp at, std::string_view host);

}  // namespace cavea::outbound::mail
