#pragma once

#include "engine/command_bus.hpp"

#include <optional>
#include <string>
#include <string_view>

// Cursors of lists: where the next page begins, as opaque text (base64url, RFC 4648, 5).
// Each kind of list has its own letter in it, so that a cursor of another list is refused.

namespace cavea::http {

[[nodiscard]] std::string encode_cursor(const engine::OfferingCursor& cursor);
[[nodiscard]] std::string encode_cursor(const engine::VenueId& last);
[[nodiscard]] std::string encode_cursor(const engine::ReservationId& last);

// Nothing when the text is no cursor of that list.
[[nodiscard]] std::optional<engine::OfferingCursor> decode_offering_cursor(std::string_view text);
[[nodiscard]] std::optional<engine::VenueId> decode_venue_cursor(std::string_view text);
[[nodiscard]] std::optional<engine::ReservationId> decode_reservation_cursor(std::string_view text);

}  // namespace cavea::http
