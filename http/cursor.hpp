#pragma once

#include "engine/command_bus.hpp"
#include "http/exchange.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Cursors of lists: where the next page begins, as opaque text (base64url, RFC 4648, 5).
// Each kind has its own letter in it and each list its mark, so that a cursor of another list, or
// of the same with other filters, is refused.

namespace cavea::http {

/// Stands for a list: its path, its filters, and whose it is.
struct ListMark {
  std::uint32_t value = 0;
};

/// The mark of the list that is asked for. Two lists with the same mark are unlikely, not
/// impossible: a cursor is a position and opens nothing.
[[nodiscard]] ListMark list_mark_of(const Request& request);

[[nodiscard]] std::string encode_cursor(ListMark list, const engine::OfferingCursor& cursor);
[[nodiscard]] std::string encode_cursor(ListMark list, const engine::VenueId& last);
[[nodiscard]] std::string encode_cursor(ListMark list, const engine::ReservationId& last);
[[nodiscard]] std::string encode_cursor(ListMark list, const engine::InboxCursor& cursor);
[[nodiscard]] std::string encode_cursor(ListMark list, const engine::NotificationId& last);
[[nodiscard]] std::string encode_cursor(ListMark list, const engine::WebhookDeliveryCursor& cursor);

// Nothing when the text is no cursor of that list.
[[nodiscard]] std::optional<engine::OfferingCursor> decode_offering_cursor(
    ListMark list, std::string_view text);
[[nodiscard]] std::optional<engine::VenueId> decode_venue_cursor(
    ListMark list, std::string_view text);
[[nodiscard]] std::optional<engine::ReservationId> decode_reservation_cursor(
    ListMark list, std::string_view text);
[[nodiscard]] std::optional<engine::InboxCursor> decode_inbox_cursor(
    ListMark list, std::string_view text);
[[nodiscard]] std::optional<engine::NotificationId> decode_dead_letter_cursor(
    ListMark list, std::string_view text);
[[nodiscard]] std::optional<engine::WebhookDeliveryCursor> decode_webhook_delivery_cursor(
    ListMark list, std::string_view text);

}  // namespace cavea::http
