#include "http/tokens.hpp"

#include "engine/fault_list.hpp"

#include <jwt.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <memory>

namespace cavea::http {

namespace {

struct FreeToken {
  void operator()(jwt_t* token) const noexcept { jwt_free(token); }
};

using Token = std::unique_ptr<jwt_t, FreeToken>;

constexpr std::size_t secret_bytes_min = 32;  // RFC 7518, 3.2: as long as the hash.

jwt_alg_t library_name_of(TokenAlgorithm algorithm) {
  switch (algorithm) {
    case TokenAlgorithm::hs256:
      return JWT_ALG_HS256;
    case TokenAlgorithm::es256:
      return JWT_ALG_ES256;
  }
  return JWT_ALG_INVAL;
}

const unsigned char* bytes_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// Reads the token; checks the signature when there is a key.
Token decode(const std::string& text, const TokenKey* key) {
  jwt_t* token = nullptr;
  const int failed = jwt_decode(
      &token,
      text.c_str(),
      key == nullptr ? nullptr : bytes_of(key->key),
      key == nullptr ? 0 : static_cast<int>(key->key.size()));
  Token owned(token);
  if (failed != 0) owned.reset();
  return owned;
}

/// Seconds since the epoch; nothing when the claim is not there or no integer (the library says 0
/// of that, and nobody means 1970).
std::optional<std::int64_t> seconds_of(jwt_t* token, const char* claim) {
  errno = 0;
  const long value = jwt_get_grant_int(token, claim);
  if (errno != 0 || value == 0) return std::nullopt;
  return value;
}

/// When the token begins: nothing when it says so in another way than as an integer, and 1970 when
/// it says nothing of it. The library does not tell these two apart, only its JSON does.
std::optional<std::int64_t> beginning_of(jwt_t* token) {
  errno = 0;
  char* const json = jwt_get_grants_json(token, "nbf");
  if (json == nullptr) {
    // Which of the two it is for a claim that is not there depends on the library's version.
    const bool is_missing = errno == EINVAL || errno == ENOENT;
    return is_missing ? std::optional<std::int64_t>(0) : std::nullopt;
  }
  const std::string text(json);
  std::free(json);  // NOLINT: the library allocates it with malloc.
  std::int64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stopped_at, problem] = std::from_chars(text.data(), end, value);
  if (problem != std::errc() || stopped_at != end) return std::nullopt;
  return value;
}

/// Whether the token's header has a field, of whatever kind.
bool has_header(jwt_t* token, const char* field) {
  char* const json = jwt_get_headers_json(token, field);
  std::free(json);  // NOLINT: the library allocates it with malloc.
  return json != nullptr;
}

/// Whether somebody can be called that; names are shown in answers and logs.
bool is_user_name(std::string_view name) {
  return !name.empty() && name.size() <= limits::user_bytes && engine::is_printable(name);
}

/// Times as an integer of milliseconds would hold them for 200 million years: further is "for
/// ever".
engine::Timestamp timestamp_of(std::int64_t seconds) {
  constexpr std::int64_t seconds_max = INT64_MAX / 1000;
  if (seconds > seconds_max) return {INT64_MAX};
  if (seconds < 0) return {0};
  return {seconds * 1000};
}

engine::Result<VerifiedToken, TokenFault> read_claims(jwt_t* token) {
  const auto expires = seconds_of(token, "exp");
  if (!expires) return TokenFault::expiry_missing;

  const char* user = jwt_get_grant(token, "sub");
  if (user == nullptr) return TokenFault::subject_not_valid;
  VerifiedToken verified;
  verified.principal.user = user;
  if (!is_user_name(verified.principal.user)) return TokenFault::subject_not_valid;

  const char* role = jwt_get_grant(token, "role");
  const auto known = role_from(role == nullptr ? "" : role);
  if (!known) return TokenFault::role_not_valid;
  verified.principal.role = *known;

  verified.expires_at = timestamp_of(*expires);
  const auto begins = beginning_of(token);
  if (!begins) return TokenFault::not_yet_valid;
  verified.not_before = timestamp_of(*begins);
  return verified;
}

}  // namespace

std::string_view name_of(TokenAlgorithm algorithm) {
  switch (algorithm) {
    case TokenAlgorithm::hs256:
      return "HS256";
    case TokenAlgorithm::es256:
      return "ES256";
  }
  return {};
}

std::optional<std::string> fault_of_key(const TokenKey& key) {
  switch (key.algorithm) {
    case TokenAlgorithm::hs256:
      if (key.key.size() >= secret_bytes_min) return std::nullopt;
      return "The secret for HS256 tokens must have 32 bytes or more.";
    case TokenAlgorithm::es256:
      if (key.key.find("-----BEGIN PUBLIC KEY-----") != std::string::npos) return std::nullopt;
      return "The key for ES256 tokens must be the PEM of a public P-256 key ('BEGIN PUBLIC KEY').";
  }
  return "The algorithm is not known.";
}

engine::Result<std::string, TokenFailure> make_token(
    const TokenKey& key, const TokenClaims& claims) {
  if (!is_user_name(claims.user)) {
    return TokenFailure{"A user's name must have 1 to 128 bytes and no control characters."};
  }
  if (key.algorithm == TokenAlgorithm::hs256 && key.key.size() < secret_bytes_min) {
    return TokenFailure{*fault_of_key(key)};
  }
  jwt_t* made = nullptr;
  if (jwt_new(&made) != 0) return TokenFailure{"There is no memory for a token."};
  const Token token(made);
  const bool failed = jwt_add_grant(made, "sub", claims.user.c_str()) != 0
                      || jwt_add_grant(made, "role", std::string(name_of(claims.role)).c_str()) != 0
                      || jwt_add_grant_int(made, "iat", claims.issued_at.ms / 1000) != 0
                      || jwt_add_grant_int(made, "exp", claims.expires_at.ms / 1000) != 0
                      || jwt_set_alg(
                             made,
                             library_name_of(key.algorithm),
                             bytes_of(key.key),
                             static_cast<int>(key.key.size()))
                             != 0;
  if (failed) return TokenFailure{"The token's claims or key were not accepted."};

  char* text = jwt_encode_str(made);
  if (text == nullptr) {
    return TokenFailure{"The key does not sign: ES256 needs the PEM of a private P-256 key."};
  }
  std::string result(text);
  std::free(text);  // NOLINT: the library allocates it with malloc.
  return result;
}

std::string_view sentence_of(TokenFault fault) {
  switch (fault) {
    case TokenFault::missing:
      return "Send 'Authorization: Bearer <token>'.";
    case TokenFault::malformed:
      return "The token is not a JSON Web Token.";
    case TokenFault::algorithm_refused:
      return "The token is signed with an algorithm that is not accepted here.";
    case TokenFault::signature_wrong:
      return "The token's signature is wrong.";
    case TokenFault::expiry_missing:
      return "The token has no expiry ('exp', in whole seconds).";
    case TokenFault::expired:
      return "The token has expired.";
    case TokenFault::not_yet_valid:
      return "The token is not valid yet, or 'nbf' is not in whole seconds.";
    case TokenFault::subject_not_valid:
      return "The token's 'sub' must have 1 to 128 bytes and no control characters.";
    case TokenFault::role_not_valid:
      return "The token's 'role' must be 'user', 'door' or 'admin'.";
    case TokenFault::extension_unknown:
      return "The token demands an extension ('crit') that is not known here.";
  }
  return {};
}

engine::Result<VerifiedToken, TokenFault> verify_token(
    std::string_view token, const TokenKey* keys, std::size_t key_count) {
  if (token.size() > limits::token_bytes) return TokenFault::malformed;
  const std::string text(token);

  // What a token says of its algorithm only chooses among our keys: a secret never verifies what
  // was made for a public key, nor the other way round, and "none" has no key at all.
  const auto unverified = decode(text, nullptr);
  if (unverified == nullptr) return TokenFault::malformed;
  // What a token says is critical must be understood (RFC 7515, 4.1.11), and we know no extension.
  if (has_header(unverified.get(), "crit")) return TokenFault::extension_unknown;
  const char* claimed = jwt_get_header(unverified.get(), "alg");
  const std::string_view algorithm = claimed == nullptr ? "" : claimed;
  bool is_algorithm_known = false;
  for (std::size_t i = 0; i < key_count; ++i) {
    if (name_of(keys[i].algorithm) != algorithm) continue;
    is_algorithm_known = true;
    const auto verified = decode(text, &keys[i]);
    if (verified != nullptr && jwt_get_alg(verified.get()) == library_name_of(keys[i].algorithm)) {
      return read_claims(verified.get());
    }
  }
  return is_algorithm_known ? TokenFault::signature_wrong : TokenFault::algorithm_refused;
}

}  // namespace cavea::http
