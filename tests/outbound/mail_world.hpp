#pragma once

#include "engine/notification.hpp"
#include "outbound/mail/smtp_port.hpp"
#include "tests/support/mail_server.hpp"
#include "tickets/ticket_key.hpp"

#include <memory>
#include <string>

namespace cavea::outbound::mail {

using test::content_of;
using test::contents_of;
using test::header_of;
using test::MailServer;
using test::MailServerOptions;

/// One for all tests.
[[nodiscard]] const tickets::TicketKey& ticket_key();

[[nodiscard]] Settings mail_settings(const std::string& url);

[[nodiscard]] std::unique_ptr<SmtpPort> open_mail(Settings settings);

/// Sends and waits for what became of it, 20 s at most.
[[nodiscard]] engine::DeliveryResult send(
    engine::MailPort& port,
    const engine::Notification& what,
    const engine::Recipient& to = {"ada@people.example", "en"});

}  // namespace cavea::outbound::mail
