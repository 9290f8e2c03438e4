#pragma once

#include "engine/command_bus.hpp"
#include "http/method.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cavea::http {

inline constexpr std::size_t idempotency_key_bytes = 255;

/// Reads the header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a
/// structured-field string in quotes (RFC 8941, 3.3.3), or, as many clients send it, the bare key
/// of visible ASCII. 1 to 255 bytes. Nothing when it is neither.
[[nodiscard]] std::optional<std::string> parse_idempotency_key(std::string_view header);

/// Stands for a whole request: XXH3 (https://xxhash.com) over method, path and body. It is stored
/// with the key for a day, so it never changes.
[[nodiscard]] engine::Fingerprint fingerprint_of(
    Method method, std::string_view path, std::string_view body);

}  // namespace cavea::http
