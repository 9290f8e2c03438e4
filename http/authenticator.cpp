#include "http/authenticator.hpp"

#include "http/text.hpp"

#include <functional>

namespace cavea::http {

Authenticator::Authenticator(const std::vector<TokenKey>& keys)
    : keys_(keys), remembered_(limits::remembered_tokens) {}

engine::Result<const Principal*, TokenFault> Authenticator::authenticate(
    std::string_view authorization, engine::Timestamp now) {
  constexpr std::string_view scheme = "Bearer ";
  if (authorization.size() <= scheme.size()) return TokenFault::missing;
  if (!equal_ignoring_case(authorization.substr(0, scheme.size()), scheme)) {
    return TokenFault::missing;
  }
  const auto token = trimmed(authorization.substr(scheme.size()));
  if (token.empty()) return TokenFault::missing;

  auto& slot = remembered_[std::hash<std::string_view>{}(token) % remembered_.size()];
  if (slot.token != token) {
    ++verifications_;
    auto verified = verify_token(token, keys_.data(), keys_.size());
    if (!verified) return verified.error();
    slot.token = token;
    slot.verified = std::move(verified).value();
  }
  if (now >= slot.verified.expires_at) return TokenFault::expired;
  if (now < slot.verified.not_before) return TokenFault::not_yet_valid;
  return static_cast<const Principal*>(&slot.verified.principal);
}

}  // namespace cavea::http
