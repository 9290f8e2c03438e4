#pragma once

#include "engine/changes.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cavea::http {

/// A position in the event feed as opaque text: base64url (RFC 4648, 5) of the letter `c`, the data
/// it belongs to, part, number of shards and an index for each as varints, the place within an
/// entry if there is one, and a checksum. A node of 4 shards has about 40 characters, one of 512
/// about 3,000, which an address and a header have room for.
[[nodiscard]] std::string encode_changes_cursor(const engine::ChangesPosition& position);

/// Nothing when it is none, or was cut or altered on its way.
[[nodiscard]] std::optional<engine::ChangesPosition> decode_changes_cursor(std::string_view text);

}  // namespace cavea::http
