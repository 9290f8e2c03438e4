#pragma once

#include "engine/ids.hpp"
#include "engine/result.hpp"
#include "http/exchange.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cavea::http {

/// How tokens are signed (RFC 7518, 3.1). No others are taken, whatever a token says of itself.
enum class TokenAlgorithm : std::uint8_t { hs256 = 0, es256 = 1 };

/// "HS256".
[[nodiscard]] std::string_view name_of(TokenAlgorithm algorithm);

struct TokenKey {
  TokenAlgorithm algorithm = TokenAlgorithm::hs256;

  /// HS256: the secret, 32 bytes or more. ES256: PEM of a P-256 key: the public key verifies, the
  /// private key signs.
  std::string key;
};

/// Why a key cannot be used to verify tokens, as one sentence; nothing when it can.
[[nodiscard]] std::optional<std::string> fault_of_key(const TokenKey& key);

struct TokenClaims {
  std::string user;  ///< `sub`, 1 to 128 bytes.
  Role role = Role::user;
  engine::Timestamp issued_at;
  engine::Timestamp expires_at;  ///< Whole seconds; the rest is cut off.
};

/// Makes a signed token. The error is one sentence for people: a key that does not sign, a user's
/// name that is too long.
struct TokenFailure {
  std::string text;
};

[[nodiscard]] engine::Result<std::string, TokenFailure> make_token(
    const TokenKey& key, const TokenClaims& claims);

/// Why a token was not taken.
enum class TokenFault : std::uint8_t {
  missing = 0,
  malformed = 1,
  algorithm_refused = 2,
  signature_wrong = 3,
  expiry_missing = 4,
  expired = 5,
  not_yet_valid = 6,
  subject_not_valid = 7,
  role_not_valid = 8,
  extension_unknown = 9,
};

/// One sentence for people.
[[nodiscard]] std::string_view sentence_of(TokenFault fault);

/// What a verified token says, until when.
struct VerifiedToken {
  Principal principal;
  engine::Timestamp not_before;
  engine::Timestamp expires_at;
};

/// Checks signature and claims of a token, all but the time.
[[nodiscard]] engine::Result<VerifiedToken, TokenFault> verify_token(
    std::string_view token, const TokenKey* keys, std::size_t key_count);

}  // namespace cavea::http
