#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace cavea::persistence {

using UuidBytes = std::array<char, 16>;

/// The 16 bytes of a UUID in the lower-case text form of RFC 9562, which most clients use as
/// idempotency key; nothing for any other text, so that writing it back always gives the same text.
[[nodiscard]] std::optional<UuidBytes> uuid_bytes(std::string_view text);

[[nodiscard]] std::string uuid_text(std::string_view bytes);

}  // namespace cavea::persistence
