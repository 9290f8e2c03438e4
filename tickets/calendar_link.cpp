#include "tickets/calendar_link.hpp"

#include "tickets/signed_text.hpp"
#include "tickets/ticket_key.hpp"

namespace cavea::tickets {

namespace {

constexpr auto calendar_audience = "calendar";

/// One of ours has a quarter of it, whatever the name.
constexpr std::size_t calendar_token_bytes_max = 2048;

}  // namespace

std::string TicketKey::sign(const CalendarLink& link) const {
  auto token = make_token();
  if (token == nullptr) return {};
  jwt_add_header(token.get(), "kid", id_.c_str());
  jwt_add_grant(token.get(), "aud", calendar_audience);
  jwt_add_grant(token.get(), "sub", link.user.c_str());
  jwt_add_grant_int(token.get(), "epoch", link.epoch);
  jwt_add_grant_int(token.get(), "exp", link.expires_at.ms / 1000);
  return tickets::sign(std::move(token), JWT_ALG_ES256, private_pem_).value_or(std::string());
}

std::optional<CalendarLink> TicketKey::verify_calendar(
    std::string_view text, engine::Timestamp now) const {
  if (text.size() > calendar_token_bytes_max) return std::nullopt;
  const auto token =
      tickets::verify(std::string(text), JWT_ALG_ES256, public_pem_, calendar_audience);
  if (token == nullptr) return std::nullopt;
  const auto epoch = number_in(token, "epoch");
  const auto expires = number_in(token, "exp");
  CalendarLink link;
  link.user = text_in(token, "sub");
  if (link.user.empty() || !epoch || *epoch < 0 || *epoch > UINT32_MAX || !expires) {
    return std::nullopt;
  }
  link.epoch = static_cast<std::uint32_t>(*epoch);
  link.expires_at = {*expires * 1000};
  if (now >= link.expires_at) return std::nullopt;
  return link;
}

}  // namespace cavea::tickets
