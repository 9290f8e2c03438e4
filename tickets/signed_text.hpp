#pragma once

#include <jwt.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

// JSON Web Tokens (RFC 7519) through libjwt, for what this room signs. INTERNAL.

namespace cavea::tickets {

struct FreeToken {
  void operator()(jwt_t* token) const noexcept { jwt_free(token); }
};

using Token = std::unique_ptr<jwt_t, FreeToken>;

/// An empty token; never null but for want of memory.
[[nodiscard]] Token make_token();

/// The token in compact form; nothing when the key does not sign.
[[nodiscard]] std::optional<std::string> sign(
    Token token, jwt_alg_t algorithm, const std::string& key);

/// The token when its signature is by this key and algorithm and its `aud` is `audience`; else
/// null.
[[nodiscard]] Token verify(
    const std::string& text,
    jwt_alg_t algorithm,
    const std::string& key,
    const std::string& audience);

/// A claim that is text; empty when it is not there.
[[nodiscard]] std::string text_in(const Token& token, const char* claim);

/// A claim that is an integer.
[[nodiscard]] std::optional<std::int64_t> number_in(const Token& token, const char* claim);

}  // namespace cavea::tickets
