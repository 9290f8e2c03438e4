#pragma once

#include "engine/result.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace cavea::app {

/// The least length of a secret for HS256, in bytes (RFC 7518, 3.2).
inline constexpr std::size_t token_key_bytes_min = 32;

/// Why there is no key; a sentence that names the file.
struct TokenKeyError {
  std::string text;
};

/// The secret for HS256 tokens in `file`, without white space at its end.
[[nodiscard]] engine::Result<std::string, TokenKeyError> read_token_key(
    const std::filesystem::path& file);

/// Why a PEM is no public key that ES256 tokens can be verified by (RFC 7518, 3.4: on the curve
/// P-256), as one sentence; nothing when it is one.
[[nodiscard]] std::optional<std::string> fault_of_public_key(const std::string& pem);

/// As `read_token_key`; a missing file is made first, with a random key, for its owner only (0600).
/// When two processes do this at once, both get the same key.
[[nodiscard]] engine::Result<std::string, TokenKeyError> read_or_make_token_key(
    const std::filesystem::path& file);

}  // namespace cavea::app
