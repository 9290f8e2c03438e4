#pragma once

#include "engine/command_bus.hpp"
#include "engine/commands.hpp"
#include "engine/result.hpp"
#include "http/json/document.hpp"
#include "http/json/findings.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cavea::http::json {

/// The body of `POST /v1/reservations`.
struct ReservationInput {
  engine::OfferingId offering;
  engine::Claim claim;
  std::string user;  ///< For whom, when an administrator says so; else empty.
};

/// Reads a reservation request of the two plain forms (seats or a quantity of one offering) in one
/// pass over the text, without a tree: this is the body that thousands send in the same second.
/// Nothing when it is anything else, wrong or merely unusual; then `read_reservation` decides. What
/// it takes, that one takes with the same meaning.
[[nodiscard]] std::optional<ReservationInput> scan_reservation(std::string_view text);

/// Reads any reservation request. Amounts are left to the engine, which has its own refusals for
/// empty and too large claims.
[[nodiscard]] engine::Result<ReservationInput, BadInput> read_reservation(const Json& value);

/// Which places of a reservation or block: all (both empty), seats, or a quantity.
struct PlacesInput {
  std::vector<std::string> seats;
  std::uint32_t quantity = 0;
  std::string reason;
};

/// Reads `{}`, `{"seats": [...]}` or `{"quantity": 1}`: the body of a cancellation.
[[nodiscard]] engine::Result<PlacesInput, BadInput> read_cancellation(const Json& value);

/// Reads the body of blocks (`needs_reason`) and unblocks: exactly one of seats and quantity.
[[nodiscard]] engine::Result<PlacesInput, BadInput> read_block(
    const Json& value, bool needs_reason);

/// Reads `{"reason": "..."}`: the body of an offering's cancellation.
[[nodiscard]] engine::Result<std::string, BadInput> read_reason(const Json& value);

/// Appends a reservation. Title, start and kind of the offering come from a small memory of each
/// thread, since in a rush all answers are about the same offering.
void append_reservation(std::string& out, const engine::ReservationView& view);

}  // namespace cavea::http::json
