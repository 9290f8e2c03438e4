#pragma once

#include "engine/command_bus.hpp"
#include "engine/ids.hpp"
#include "engine/money.hpp"
#include "engine/notification_id.hpp"
#include "engine/venue.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// What people are told, and the ports through which it leaves the node. A notification is made from
// a committed event and has a name made of that event, so that however often it is made or tried,
// it is one notification.

namespace cavea::engine {

/// All that a text or a program is told about.
struct Notification {
  NotificationId id;
  NotificationKind kind{};
  Timestamp at;      ///< When it happened.
  std::string user;  ///< Who is told.
  /// As it is when it is sent, with its saga if it has one; null for those about waiting.
  std::shared_ptr<const ReservationView> reservation;
  std::shared_ptr<const WaitingView> waiting;  ///< Of `waiting_*`; else null.
  std::vector<Venue> venues{};  ///< Where it takes place, as far as it is known; the same.
  Money refunded;               ///< Of `reservation_refunded`.
  Timestamp until;              ///< Of `waiting_offer`: when the offer ends.
  std::string reason;           ///< Why an offering was cancelled, in the words of who did.
};

/// How a person wants to be told.
struct Recipient {
  std::string email;     ///< RFC 5321 address; empty: no mail.
  std::string language;  ///< BCP 47 of a template there is ("en", "ko").
};

/// What became of one attempt to deliver.
struct DeliveryResult {
  enum class Kind : std::uint8_t {
    delivered = 1,     ///< The other side has taken it.
    not_now = 2,       ///< Nobody was there, it took too long, or it was asked to come later.
    never = 3,         ///< It was refused for good: trying again is of no use.
    endpoint_gone = 4  ///< Of a webhook (410): nothing may be sent there any more.
  };

  Kind kind{};
  std::uint32_t status = 0;  ///< Of SMTP or HTTP; 0: there was no answer.
  std::string detail;        ///< One sentence for people who look after it; no secrets.
  Duration took;
  std::optional<Duration> retry_after;  ///< As the other side asked, of `not_now`.
};

/// Called once, on any thread; must not block and must not throw.
using DeliveryContinuation = std::function<void(DeliveryResult)>;

/// Sends mail. May be used from any thread.
class MailPort {
 public:
  virtual ~MailPort() = default;

  /// Never blocks; renders the templates of kind and language, and hands the mail to the server.
  virtual void send(
      std::shared_ptr<const Notification> what,
      Recipient to,
      DeliveryContinuation then) noexcept = 0;

  /// Languages for which there are templates for every kind; the first is the default.
  [[nodiscard]] virtual const std::vector<std::string>& languages() const noexcept = 0;
};

}  // namespace cavea::engine
