#include "outbound/mail/outcome.hpp"

#include <fmt/format.h>

namespace cavea::outbound::mail {

namespace {

using Kind = engine::DeliveryResult::Kind;

/// Of RFC 4954 (6): who has not logged in, wrongly, or not safely enough.
bool is_about_login(long status) {
  return status == 530 || status == 534 || status == 535 || status == 538;
}

/// What the server says to a command, libcurl reports as an error in sending; what it says to the
/// mail itself, as a strange reply.
bool is_about_the_mail(const ServerReply& reply) {
  return reply.result == CURLE_SEND_ERROR
         || (reply.result == CURLE_WEIRD_SERVER_REPLY && reply.has_sent);
}

bool is_refused_for_good(const ServerReply& reply) {
  return reply.status >= 500 && reply.status < 600 && !is_about_login(reply.status)
         && is_about_the_mail(reply);
}

std::string detail_of(const ServerReply& reply) {
  if (reply.result == CURLE_OK) return reply.text;
  // The reply says more than "RCPT failed: 550"; a failure without one is libcurl's to tell.
  const bool has_refusal = reply.status >= 400 && !reply.text.empty();
  return has_refusal ? fmt::format("the server said: {}", reply.text) : reply.error;
}

}  // namespace

engine::DeliveryResult outcome_of(const ServerReply& reply) {
  auto kind = Kind::not_now;
  if (reply.result == CURLE_OK) kind = Kind::delivered;
  if (is_refused_for_good(reply)) kind = Kind::never;
  // A reply from before the failure says nothing about it.
  const bool is_status_of_this = kind == Kind::delivered || reply.status >= 400;
  return {
      .kind = kind,
      .status = is_status_of_this ? static_cast<std::uint32_t>(reply.status) : 0,
      .detail = detail_of(reply),
      .took = {},
      .retry_after = std::nullopt};
}

}  // namespace cavea::outbound::mail
