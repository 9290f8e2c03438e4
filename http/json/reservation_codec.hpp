#pragma once

#include "engine/command_bus.hpp"
#include "engine/commands.hpp"
#include "engine/result.hpp"
#include "http/json/document.hpp"
#include "http/json/findings.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::http::json {

/// The body of `POST /v1/reservations`.
struct ReservationInput {
  engine::OfferingId offering;
  engine::Claim claim;
  std::string user;  ///< For whom, when an administrator says so; else empty.
  /// All items when there are several, and then `offering` and `claim` are unused; else empty.
  std::vector<engine::WantedLeg> legs{};
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
  std::optional<std::uint32_t> item{};  ///< Which item of a reservation they are of.
};

/// Reads `{}`, `{"seats": [...]}` or `{"quantity": 1}`, each perhaps with `"item": 0`: the body of
/// a cancellation.
[[nodiscard]] engine::Result<PlacesInput, BadInput> read_cancellation(const Json& value);

/// Reads `{"give_back": [{"item": 0, "seats": [...]}], "items": [...]}`: the body of an exchange.
/// What is given back is named as in a cancellation, what is taken as in a reservation.
[[nodiscard]] engine::Result<engine::BeginExchange, BadInput> read_exchange(const Json& value);

/// Reads the body of blocks (`needs_reason`) and unblocks: exactly one of seats and quantity.
[[nodiscard]] engine::Result<PlacesInput, BadInput> read_block(
    const Json& value, bool needs_reason);

/// Reads `{"reason": "..."}`: the body of an offering's cancellation.
[[nodiscard]] engine::Result<std::string, BadInput> read_reason(const Json& value);

/// Who reads an answer: of a payment, some parts are only for some.
struct Viewer {
  std::string_view user;
  bool is_admin = false;
};

/// Appends a reservation, with or without a saga. Without one, `viewer` makes no difference.
void append_reservation(
    std::string& out, const engine::ReservationView& view, const Viewer& viewer = {});

}  // namespace cavea::http::json
