#pragma once

#include "engine/ids.hpp"

#include <compare>
#include <cstdint>
#include <string_view>

// What people are told of, and how a notification is named.

namespace cavea::engine {

/// Stored and served: the numbers and names never change.
enum class NotificationKind : std::uint8_t {
  reservation_confirmed = 1,
  reservation_cancelled = 2,  ///< Whole or in part, by whomever.
  reservation_expired = 3,    ///< The hold ended unpaid.
  reservation_refunded = 4,
  reservation_changed = 5,  ///< Its offering has another time or venue; or places were exchanged.
  waiting_offer = 6,        ///< Places are held until `Notification::until`.
  waiting_ended = 7,        ///< Without places: the list was closed, or the offering cancelled.
  reminder = 8,             ///< Before the start.
  exchange_expired = 9,     ///< Nobody paid what other places cost more: the old ones are kept.
};

/// "reservation_confirmed"; names templates, and is served.
[[nodiscard]] std::string_view name_of(NotificationKind kind) noexcept;

/// Names a notification for ever: the place in the log of what it tells of, and for whom. Two that
/// are equal are the same one; also the `webhook-id` and the `Message-ID` of what is sent.
struct NotificationId {
  ShardId shard;
  std::uint64_t index = 0;    ///< Of the entry.
  std::uint32_t ordinal = 0;  ///< Of the event in the entry.
  /// Of several that come from one event (everybody who has a reservation is told), else 0.
  std::uint64_t of_reservation = 0;

  auto operator<=>(const NotificationId&) const = default;
};

}  // namespace cavea::engine
