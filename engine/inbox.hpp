#pragma once

#include "engine/definition.hpp"
#include "engine/ids.hpp"
#include "engine/money.hpp"
#include "engine/notification_id.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What a person was told, as it is kept and read again, and how they want to be told.

namespace cavea::engine {

/// A notification as it is kept.
struct InboxItem {
  NotificationId id;
  NotificationKind kind{};
  Timestamp at;
  ReservationId about;  ///< A reservation; of `waiting_*` a party that waits or waited.
  Money refunded;       ///< Of `reservation_refunded`.
  Currency currency;    ///< The same.
  Timestamp until;      ///< Of `waiting_offer`: when the offer ends.

  bool operator==(const InboxItem&) const = default;
};

/// A position in an inbox, which is read from the newest on.
struct InboxCursor {
  Timestamp at;
  NotificationId id;

  auto operator<=>(const InboxCursor&) const = default;
};

/// What a person has chosen.
struct PersonSettings {
  std::string email;                 ///< Empty: no mail.
  std::string language;              ///< Empty: the first that there are templates for.
  Timestamp read_until;              ///< What is not newer was read.
  std::uint32_t calendar_epoch = 0;  ///< Of the only addresses of their calendar that are good.

  bool operator==(const PersonSettings&) const = default;
};

/// A mail that is to be sent, or that could not be.
struct MailDelivery {
  InboxItem item;
  std::string user;
  std::uint32_t attempts = 0;  ///< Made so far.
  Timestamp next_at;           ///< When it is tried next; of a dead letter: when it was given up.
  std::uint32_t status = 0;    ///< Of the last attempt, as `DeliveryResult`.
  std::string detail;          ///< The same.

  bool operator==(const MailDelivery&) const = default;
};

// ---- Commands and queries -----------------------------------------------------------------------

/// Changes what a person has chosen; what is not named stays.
struct ChangePerson {
  std::string user;
  std::optional<std::string> email;
  std::optional<std::string> language;
  std::optional<Timestamp> read_until;  ///< Never goes back.
  bool resets_calendar = false;         ///< All addresses of their calendar so far lead nowhere.
};

/// Tries a dead letter again, or forgets it.
struct SettleDeadLetter {
  NotificationId id;
  bool is_tried_again = true;
};

/// Newest first.
struct ListInbox {
  std::string user;
  std::optional<InboxCursor> after;
  std::uint32_t limit = 50;
  Duration wait;           ///< For an inbox that is not as `seen` any more; zero: answer at once.
  std::uint64_t seen = 0;  ///< `InboxPage::version` that the asker has.
};

struct GetPerson {
  std::string user;
};

/// By the names of what could not be delivered.
struct ListDeadLetters {
  std::optional<NotificationId> after;
  std::uint32_t limit = 50;
};

// ---- Answers ------------------------------------------------------------------------------------

struct InboxEntry {
  InboxItem item;
  DefinitionRef definition;  ///< Of the first offering that it is about; may be null.
  bool is_read = false;
};

struct InboxPage {
  std::vector<InboxEntry> entries;
  std::optional<InboxCursor> next;
  std::uint32_t unread = 0;   ///< Of all, as far as `unread_max`.
  std::uint64_t version = 0;  ///< Another one when it shows something else.
  static constexpr std::uint32_t unread_max = 100;
  /// Notifications of one person at the same millisecond on one shard, that pages still tell apart.
  static constexpr std::size_t same_moment_max = 1'000;
};

struct PersonView {
  PersonSettings settings;
};

struct DeadLetterPage {
  std::vector<MailDelivery> letters;
  std::optional<NotificationId> next;
};

/// "3-1a2b-0" or "3-1a2b-0-77": shard, entry, event, reservation; hexadecimal but for the shard.
[[nodiscard]] std::string text_of(const NotificationId& id);
[[nodiscard]] std::optional<NotificationId> notification_id_from(std::string_view text);

}  // namespace cavea::engine
