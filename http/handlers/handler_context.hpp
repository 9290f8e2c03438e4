#pragma once

#include "engine/payment.hpp"
#include "http/probe.hpp"
#include "tickets/ticket_key.hpp"

#include <string>
#include <vector>

namespace cavea::http {

/// What the handlers of the API need for life. Everything else comes with each exchange.
struct HandlerContext {
  std::string version;  ///< Of the program; served in `/openapi.json` as `info.version`.

  /// Verifies the notices of the payment provider; the engine asks it by itself. Null: none is set
  /// up, and nothing can be paid. Not changed once the server started.
  const engine::PaymentPort* payments = nullptr;

  /// Signs tickets. Never null once the server started.
  const tickets::TicketKey* ticket_key = nullptr;

  /// Page where people see what is theirs; calendars lead there. Empty: none.
  std::string page_url{};

  /// In which mail is written; the first, unless people choose another. Empty: there is no mail.
  std::vector<std::string> languages{};

  /// Whether webhooks may be http, and addresses of this machine or of private networks.
  bool webhooks_may_be_local = false;

  PaymentNoticeProbe notices{};
};

}  // namespace cavea::http
