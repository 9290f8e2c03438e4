#pragma once

#include <optional>
#include <string>
#include <string_view>

// Bytes as text that needs no escape in addresses and headers (RFC 4648, 5), without padding.

namespace cavea::http {

[[nodiscard]] std::string to_base64url(std::string_view bytes);

/// Nothing when a character is not of the alphabet.
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

}  // namespace cavea::http
