#pragma once

#include "engine/command_bus.hpp"

#include <string>
#include <string_view>

// A small house and what happens in it, for the tests of codecs and handlers.

namespace cavea::http::samples {

/// 2026-11-20T12:00:00Z.
inline constexpr engine::Timestamp now{1'795'176'000'000};

/// A theatre in London: stalls row A with seats 1 to 4 (premium 1 and 2, standard 3 and 4).
[[nodiscard]] engine::Venue theatre();

/// A studio in Berlin without seats.
[[nodiscard]] engine::Venue studio();

/// "The Lighthouse" at the theatre, on 2026-12-04 at 19:30.
[[nodiscard]] engine::OfferingView performance();

/// "Morning Flow" at the studio, on 2026-12-07 at 07:30, 18 places, `price` in cents.
[[nodiscard]] engine::OfferingView yoga(std::int64_t price = 0);

/// Alice's hold of stalls-A-1 and stalls-A-3.
[[nodiscard]] engine::ReservationView held_seats();

/// Alice's two places of the class.
[[nodiscard]] engine::ReservationView confirmed_places();

/// Alice's hold of stalls-A-1 and stalls-A-3 together with two places of a class.
[[nodiscard]] engine::SagaView held_bundle();

/// The same with a payment that she may make.
[[nodiscard]] engine::SagaView payable_bundle();

/// Confirmed, and one of its places is to be exchanged for a dearer one.
[[nodiscard]] engine::SagaView exchanging_bundle();

/// As the bus answers with it.
[[nodiscard]] engine::ReservationView view_of(engine::SagaView saga);

/// The file in `tests/http/golden`.
[[nodiscard]] std::string golden(std::string_view name);

[[nodiscard]] engine::OfferingId offering_id(std::string_view text);
[[nodiscard]] engine::VenueId venue_id(std::string_view text);

}  // namespace cavea::http::samples
