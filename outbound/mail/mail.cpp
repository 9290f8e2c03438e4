#include "outbound/mail/mail.hpp"

#include "outbound/mail/header_text.hpp"
#include "outbound/mail/limits.hpp"
#include "outbound/mail/mail_item.hpp"
#include "outbound/mail/mail_values.hpp"
#include "tickets/calendar.hpp"
#include "tickets/qr_image.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace cavea::outbound::mail {

namespace {

using engine::Notification;
using engine::NotificationKind;

/// Mails that say "come".
bool has_tickets(NotificationKind kind) {
  using enum NotificationKind;
  return kind == reservation_confirmed || kind == reservation_changed || kind == reminder;
}

bool has_calendar(NotificationKind kind) {
  return has_tickets(kind) || kind == NotificationKind::reservation_cancelled;
}

/// Signs as many tickets as a mail carries, and draws their codes.
void add_tickets(MailParts& parts, Mail& mail, const Notification& what, const MailWriter& writer) {
  if (what.reservation == nullptr || !has_tickets(what.kind)) return;
  parts.tickets = tickets::tickets_of(*what.reservation);
  if (parts.tickets.size() > limits::tickets_max) {
    parts.tickets_left = parts.tickets.size() - limits::tickets_max;
    parts.tickets.resize(limits::tickets_max);
  }
  for (const auto& ticket : parts.tickets) {
    const auto id = fmt::format("ticket-{}@{}", ticket.number, writer.from.host());
    parts.images.push_back("cid:" + id);
    mail.attachments.push_back(
        {.name = fmt::format("ticket-{}.png", ticket.number),
         .type = "image/png",
         .bytes = tickets::qr_png(writer.key.sign(ticket)),
         .content_id = id});
  }
}

void add_calendar(
    MailParts& parts, Mail& mail, const Notification& what, const MailWriter& writer) {
  if (what.reservation == nullptr || !has_calendar(what.kind)) return;
  tickets::Calendar calendar{
      .organizer = writer.from.address,
      .events = tickets::calendar_events_of(*what.reservation, what.at, what.venues)};
  if (calendar.events.empty()) return;
  for (auto& event : calendar.events) event.url = link_of(what, writer.page_url);
  const bool is_all_cancelled =
      std::ranges::all_of(calendar.events, &tickets::CalendarEvent::is_cancelled);
  if (is_all_cancelled) calendar.method = tickets::CalendarMethod::cancel;
  parts.has_calendar = true;
  mail.attachments.push_back(
      {.name = is_all_cancelled ? "cancelled.ics" : "appointment.ics",
       .type = fmt::format(
           "text/calendar; charset=utf-8; method={}", is_all_cancelled ? "CANCEL" : "PUBLISH"),
       .bytes = tickets::calendar_text(calendar),
       .content_id = {}});
}

}  // namespace

Mail MailWriter::write(const Notification& what, const engine::Recipient& to) const {
  const auto& language = templates.language_for(to.language);
  Mail mail;
  MailParts parts;
  parts.page_url = page_url;
  add_tickets(parts, mail, what, *this);
  add_calendar(parts, mail, what, *this);
  auto text =
      templates.render(language, what.kind, values_of(what, parts, templates.wording(language)));
  mail.text = std::move(text.text);
  mail.html = std::move(text.html);
  mail.headers = {
      "From: " + mailbox_text(from),
      "To: <" + to.email + ">",
      "Subject: " + header_text(text.subject),
      "Date: " + date_text(what.at),
      "Message-ID: " + message_id(what.id, what.at, from.host()),
      "Content-Language: " + language,
      // Nobody is to be answered that they are on holiday (RFC 3834).
      "Auto-Submitted: auto-generated"};
  return mail;
}

}  // namespace cavea::outbound::mail
