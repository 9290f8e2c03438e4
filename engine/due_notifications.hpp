#pragma once

#include "engine/events.hpp"
#include "engine/ids.hpp"
#include "engine/inbox.hpp"
#include "engine/money.hpp"
#include "engine/notification_id.hpp"
#include "engine/reservation.hpp"
#include "engine/saga.hpp"
#include "engine/saga_event.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Of what happened, what somebody is to be told. Pure; the same events give the same again.

namespace cavea::engine {

/// Something that a person is to be told of.
struct DueNotification {
  NotificationKind kind{};
  ReservationId about;           ///< A reservation; of `waiting_*` a party that waits or waited.
  std::string user;              ///< Empty: whose reservation or wish it is, says its record.
  bool is_sold_at_once = false;  ///< A reservation that was made and confirmed in one.
  std::uint32_t event = 0;       ///< Of several in one change, the number of this one's event.
  Money refunded;
  Currency currency;
  Timestamp until;

  bool operator==(const DueNotification&) const = default;
};

/// For the events of one command to an offering. What is due for a reservation that a saga carries
/// must be left out: its saga tells. A hold alone is not told of: who made it was answered.
[[nodiscard]] std::vector<DueNotification> due_for(const OfferingEvents& events);

/// How much of a saga its person was told.
struct SagaTold {
  bool is_confirmed = false;  ///< They have places, as far as they know.
  bool has_ended = false;     ///< They know that it ended without places.
  std::uint32_t places = 0;   ///< That they have, as far as they know.
  Money refunded;

  bool operator==(const SagaTold&) const = default;
};

/// For a saga as a step left it; changes `told` to what is told with it. A saga that was rejected
/// is not told of: who asked was answered.
[[nodiscard]] std::vector<DueNotification> due_for(
    const Saga& saga, SagaEvents events, SagaTold& told);

// ---- What reservations tell themselves ----------------------------------------------------------
// Most reservations of what is free of charge are sold in the moment they are made. That is in
// their record, so that no item is kept for it beside: it is made when an inbox is read.

/// Whether the record of a reservation that was sold at that time tells it.
[[nodiscard]] bool is_in_record(ReservationId id, Timestamp sold_at) noexcept;

/// Of the notification that such a record stands for.
[[nodiscard]] NotificationId id_in_record(ReservationId id) noexcept;

/// What such a record tells; nothing: another record.
[[nodiscard]] std::optional<InboxItem> item_of(const Reservation& reservation);

}  // namespace cavea::engine
