#pragma once

#include "engine/ids.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What the load generator wants to know of the bodies of answers, read without a JSON document.

namespace cavea::bench {

/// The part of a reservation that is checked.
struct ReservationAnswer {
  engine::ReservationId id;
  std::string_view status;  ///< "held"; a view into the body.
  bool is_confirmed = false;
};

/// Nothing when the body is no reservation with an id and a status.
[[nodiscard]] std::optional<ReservationAnswer> scan_reservation(std::string_view body);

/// The labels of the seats of a reservation, as views into the body.
[[nodiscard]] std::vector<std::string_view> scan_seats(std::string_view body);

/// "places_taken" of a problem document (RFC 9457) with the type "/problems/places_taken"; a type
/// of another form as it is; empty when the body is no problem document.
[[nodiscard]] std::string_view scan_problem(std::string_view body);

/// One page of a list of reservations.
struct ReservationPage {
  std::vector<ReservationAnswer> items;
  std::string next;  ///< The cursor of the next page; empty: this was the last one.
};

/// Nothing when the body is no such page.
[[nodiscard]] std::optional<ReservationPage> scan_page(std::string_view body);

}  // namespace cavea::bench
