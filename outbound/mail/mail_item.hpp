#pragma once

#include "engine/notification.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace cavea::outbound::mail {

/// One offering that a mail tells of.
struct MailItem {
  engine::DefinitionRef definition;  ///< Never null.
  std::uint32_t index = 0;           ///< In the reservation.
  std::uint32_t quantity = 0;        ///< Places.
  std::string seats;                 ///< "stalls-A-1, stalls-A-2"; empty in a class.
  engine::Money price;
  engine::Currency currency;
};

/// The offerings of a reservation that there are places of; when there are none any more, those
/// that there were. Of a wish for places, what was waited for.
[[nodiscard]] std::vector<MailItem> items_of(const engine::Notification& what);

/// Whether the person still has places, or may still get them.
[[nodiscard]] bool is_going_on(const engine::ReservationView& view);

}  // namespace cavea::outbound::mail
