#pragma once

#include "engine/command_bus.hpp"
#include "http/exchange.hpp"
#include "http/json/document.hpp"

#include <initializer_list>
#include <optional>
#include <string_view>

// What handlers take from a request. A function that finds fault with it answers the exchange and
// gives nothing (or false); the handler returns then.

namespace cavea::http {

enum class KeyNeed : bool { optional = false, required = true };

/// Whether `Idempotency-Key` is as it must be; after it, `idempotency_of` may be called at any
/// time.
[[nodiscard]] bool check_idempotency(Exchange& exchange, KeyNeed need);

/// The key with the fingerprint of the request; nothing when there is no such header.
[[nodiscard]] std::optional<engine::IdempotencyKey> idempotency_of(const Request& request);

/// Whether the body is declared as JSON (or not at all).
[[nodiscard]] bool check_content_type(Exchange& exchange);

/// The body as a document.
[[nodiscard]] std::optional<json::Json> read_body(Exchange& exchange);

/// Whether the body says nothing, as it must where everything is said by the path: it is empty, or
/// an object without members.
[[nodiscard]] bool check_no_body(Exchange& exchange);

/// The revision that `If-Match` names.
[[nodiscard]] std::optional<engine::Revision> require_if_match(Exchange& exchange);

/// The offering in the path; answers 404 when it cannot be one.
[[nodiscard]] std::optional<engine::OfferingId> offering_in_path(Exchange& exchange);
[[nodiscard]] std::optional<engine::VenueId> venue_in_path(Exchange& exchange);

/// The venue in the path, which may be one that the request makes; answers 400 when it cannot be
/// one.
[[nodiscard]] std::optional<engine::VenueId> new_venue_in_path(Exchange& exchange);

[[nodiscard]] std::optional<engine::ReservationId> reservation_in_path(Exchange& exchange);

/// A wish for places; answers 404 when it cannot be one.
[[nodiscard]] std::optional<engine::WaitingId> waiting_in_path(Exchange& exchange);

/// Whether the caller asks for Server-Sent Events (RFC 9110, 12.5.1).
[[nodiscard]] bool wants_stream(const Request& request);

/// Whose reservations the caller may see and change: empty for an administrator, who may all.
[[nodiscard]] std::string viewer_of(const Request& request);

}  // namespace cavea::http
