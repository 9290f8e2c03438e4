#pragma once

#include "engine/ids.hpp"
#include "engine/result.hpp"
#include "http/tokens.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::http {

/// Says who sends a request. One per I/O thread: it remembers verified tokens, so that a client
/// that sends the same one again does not cost a signature check. Not thread-safe.
class Authenticator {
 public:
  /// `keys` must outlive the authenticator.
  explicit Authenticator(const std::vector<TokenKey>& keys);

  /// `authorization` as the field came. The principal is valid until the next call.
  [[nodiscard]] engine::Result<const Principal*, TokenFault> authenticate(
      std::string_view authorization, engine::Timestamp now);

  /// How many signatures were checked: what remembering did not save.
  [[nodiscard]] std::size_t verifications() const noexcept { return verifications_; }

 private:
  struct Remembered {
    std::string token;
    VerifiedToken verified;
  };

  const std::vector<TokenKey>& keys_;
  [[nodiscard]] std::span<Remembered> set_of(std::string_view token);
  [[nodiscard]] Remembered* find(std::string_view token);
  [[nodiscard]] Remembered& place_for(std::string_view token);

  std::vector<Remembered> remembered_;  ///< In sets by hash of the token.
  std::size_t next_replaced_ = 0;       ///< A newer one takes the place of any in its set.
  std::size_t verifications_ = 0;
};

}  // namespace cavea::http
