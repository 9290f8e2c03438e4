#pragma once

#include "engine/ids.hpp"
#include "engine/money.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cavea::engine {

/// Stored and served: the numbers and names never change.
enum class ReservationStatus : std::uint8_t { held = 1, confirmed = 2, expired = 3, cancelled = 4 };

/// Who ended a reservation or gave places back.
enum class Cause : std::uint8_t {
  user = 1,
  administrator = 2,
  deadline = 3,
  offering_cancelled = 4
};

/// One place of a reservation and what it costs.
struct ReservationLine {
  Place place;
  Money price;
  bool given_back = false;  ///< Was cancelled alone or with the whole reservation.

  bool operator==(const ReservationLine&) const = default;
};

/// Who has which places of an offering: the record that is read back, kept after it ended.
struct Reservation {
  ReservationId id;
  OfferingId offering;
  std::string user;  ///< 1 to 128 bytes, as the token names its subject.
  ReservationStatus status = ReservationStatus::held;
  Timestamp created_at;
  Timestamp held_until;  ///< Zero when it was confirmed at once.
  Timestamp changed_at;
  Cause cause = Cause::user;  ///< Of the last change.
  Version version;            ///< The offering's, after the last event of this reservation.
  Currency currency;
  std::vector<ReservationLine> lines;
  std::optional<ReservationId> saga{};  ///< That carries it, and may carry others with it.

  /// What the places that were not given back cost together.
  [[nodiscard]] Money total() const {
    Money sum;
    for (const auto& line : lines) {
      if (!line.given_back) sum.minor += line.price.minor;
    }
    return sum;
  }

  bool operator==(const Reservation&) const = default;
};

}  // namespace cavea::engine
