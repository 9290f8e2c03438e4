#pragma once

#include "engine/due_notifications.hpp"
#include "engine/inbox.hpp"
#include "persistence/record.hpp"
#include "persistence/store.hpp"

#include <cstdint>
#include <string>
#include <string_view>

// The records of notifications: FORMAT.md, "Kinds of records".

namespace cavea::persistence {

/// Something of which many are told, some at a time: a reminder, or a change of an offering.
struct NotificationRound {
  engine::NotificationKind kind{};
  engine::OfferingId offering;
  engine::Timestamp at;         ///< When it happened, or is due.
  engine::NotificationId id;    ///< Those of the round are it with their reservation.
  engine::ReservationId after;  ///< Reservations up to this one were told.

  bool operator==(const NotificationRound&) const = default;
};

/// What an offering was when people were told of it last.
struct OfferingTold {
  engine::Timestamp starts_at;
  std::string venue;
  engine::Timestamp reminder_at;  ///< Zero: there is none to come.

  bool operator==(const OfferingTold&) const = default;
};

namespace record_keys {

[[nodiscard]] std::string position(std::string_view consumer);
/// All items of a person begin with it.
[[nodiscard]] std::string inbox_of(std::string_view user);
[[nodiscard]] std::string inbox(std::string_view user, const engine::InboxCursor& at);
/// Whose item a key of `inbox` is.
[[nodiscard]] engine::PersonKey person_of_inbox(std::string_view key);
[[nodiscard]] std::string delivery(engine::Timestamp next_at, const engine::NotificationId& id);
/// What keys of deliveries begin with that are due before `time`, and the first that is not.
[[nodiscard]] std::string deliveries_before(engine::Timestamp time);
[[nodiscard]] std::string dead_letter(const engine::NotificationId& id);
[[nodiscard]] std::string person(std::string_view user);
[[nodiscard]] std::string round(engine::Timestamp due_at, const NotificationRound& round);
[[nodiscard]] std::string rounds_before(engine::Timestamp time);
[[nodiscard]] std::string told(const engine::OfferingId& offering);
[[nodiscard]] std::string told(engine::ReservationId saga);

}  // namespace record_keys

// One `encode` and one `decode` each, as in `record_codec.hpp`.

[[nodiscard]] std::string encode_position(std::uint64_t index);
[[nodiscard]] std::string encode(const engine::InboxItem& item);
[[nodiscard]] std::string encode(const engine::MailDelivery& delivery);
[[nodiscard]] std::string encode(const engine::PersonSettings& settings);
[[nodiscard]] std::string encode(const NotificationRound& round);
[[nodiscard]] std::string encode(const OfferingTold& told);
[[nodiscard]] std::string encode(const engine::SagaTold& told);

[[nodiscard]] Read<std::uint64_t> decode_position(std::string_view value);
[[nodiscard]] Read<engine::InboxItem> decode_inbox_item(std::string_view value);
[[nodiscard]] Read<engine::MailDelivery> decode_delivery(std::string_view value);
[[nodiscard]] Read<engine::PersonSettings> decode_person(std::string_view value);
[[nodiscard]] Read<NotificationRound> decode_round(std::string_view value);
[[nodiscard]] Read<OfferingTold> decode_offering_told(std::string_view value);
[[nodiscard]] Read<engine::SagaTold> decode_saga_told(std::string_view value);

}  // namespace cavea::persistence
