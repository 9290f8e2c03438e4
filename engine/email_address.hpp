#pragma once

#include <string_view>

namespace cavea::engine {

/// Whether mail may be sent to it: an addr-spec of RFC 5322 (3.4.1) with a dot-atom before the "@"
/// and a host name with at least two labels behind it, in ASCII, within the lengths of RFC 5321
/// (4.5.3.1: 64 and 255 bytes, 254 together). Whether somebody reads it, only a mail tells. Quoted
/// local parts and address literals, which hardly anybody has, are refused.
[[nodiscard]] bool is_email_address(std::string_view text) noexcept;

}  // namespace cavea::engine
