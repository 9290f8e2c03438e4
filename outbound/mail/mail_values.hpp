#pragma once

#include "engine/notification.hpp"
#include "outbound/mail/wording.hpp"
#include "tickets/ticket.hpp"

#include <kainjow/mustache.hpp>

#include <string>
#include <vector>

namespace cavea::outbound::mail {

/// What goes into a mail beside the notification.
struct MailParts {
  std::string page_url;                  ///< As `Settings::page_url`.
  std::vector<tickets::Ticket> tickets;  ///< That are in the mail.
  std::vector<std::string> images;       ///< Where their pictures are: "cid:...".
  std::size_t tickets_left = 0;          ///< That are not.
  bool has_calendar = false;
};

/// The page about it, below `page_url`; empty without one.
[[nodiscard]] std::string link_of(const engine::Notification& what, std::string page_url);

/// What templates may name (docs/notifications.md); what does not apply is not there.
[[nodiscard]] kainjow::mustache::data values_of(
    const engine::Notification& what, const MailParts& parts, const Wording& wording);

}  // namespace cavea::outbound::mail
