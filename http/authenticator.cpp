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

  auto* known = find(token);
  if (known == nullptr) {
    ++verifications_;
    auto verified = verify_token(token, keys_.data(), keys_.size());
    if (!verified) return verified.error();
    known = &place_for(token);
    known->token = token;
    known->verified = std::move(verified).value();
  }
  if (now >= known->verified.expires_at) return TokenFault::expired;
  if (now < known->verified.not_before) return TokenFault::not_yet_valid;
  return static_cast<const Principal*>(&known->verified.principal);
}

std::span<Authenticator::Remembered> Authenticator::set_of(std::string_view token) {
  constexpr auto size = limits::remembered_tokens_per_set;
  const auto set = std::hash<std::string_view>{}(token) % (remembered_.size() / size);
  return std::span(remembered_).subspan(set * size, size);
}

Authenticator::Remembered* Authenticator::find(std::string_view token) {
  for (auto& one : set_of(token)) {
    if (one.token == token) return &one;
  }
  return nullptr;
}

Authenticator::Remembered& Authenticator::place_for(std::string_view token) {
  const auto set = set_of(token);
  for (auto& one : set) {
    if (one.token.empty()) return one;
  }
  return set[next_replaced_++ % set.size()];
}

}  // namespace cavea::http
