#pragma once

#include "engine/ids.hpp"
#include "engine/notification.hpp"

#include <memory>
#include <string>
#include <vector>

namespace cavea::engine {

/// One attempt to tell a webhook something.
struct WebhookCall {
  std::string url;
  std::vector<std::string> secrets;  ///< Each signs; the newest first. Never logged.
  std::string id;                    ///< Of the event: the same in each attempt.
  Timestamp at;                      ///< Of the attempt; is signed, too.
  std::shared_ptr<const std::string> body;
};

/// Calls webhooks, signed with HMAC-SHA256 as Standard Webhooks
/// (https://www.standardwebhooks.com/) wants it: `webhook-id`, `webhook-timestamp`,
/// `webhook-signature`. May be used from any thread.
class WebhookPort {
 public:
  virtual ~WebhookPort() = default;

  /// Never blocks; makes one attempt to POST the body. Every answer but 2xx and 410 is `not_now`.
  virtual void send(WebhookCall call, DeliveryContinuation then) noexcept = 0;
};

}  // namespace cavea::engine
