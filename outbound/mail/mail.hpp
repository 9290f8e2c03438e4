#pragma once

#include "engine/notification.hpp"
#include "outbound/mail/address.hpp"
#include "outbound/mail/template_set.hpp"
#include "tickets/ticket_key.hpp"

#include <string>
#include <vector>

namespace cavea::outbound::mail {

/// A file in a mail.
struct Attachment {
  std::string name;
  std::string type;  ///< "image/png".
  std::string bytes;
  std::string content_id;  ///< By which HTML shows it; empty: it is only attached.
};

/// A mail, whole, but for how it is put into lines.
struct Mail {
  std::vector<std::string> headers;  ///< "Subject: ...", folded, without line ends.
  std::string text;
  std::string html;
  std::vector<Attachment> attachments;
};

/// What all mails have in common.
struct MailWriter {
  const Mailbox& from;
  const std::string& page_url;    ///< As `Settings::page_url`.
  const tickets::TicketKey& key;  ///< Signs the tickets in it.
  TemplateSet& templates;

  /// Writes the mail of a notification: by the templates, with the tickets of what is confirmed as
  /// codes (shown and attached), and its appointments as a calendar. Throws std::runtime_error when
  /// a template cannot be filled in.
  [[nodiscard]] Mail write(const engine::Notification& what, const engine::Recipient& to) const;
};

}  // namespace cavea::outbound::mail
