#pragma once

#include "engine/ids.hpp"
#include "engine/limits.hpp"
#include "engine/money.hpp"
#include "engine/seat_map.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace cavea::engine {

/// What is special about a performance: numbered seats.
struct PerformanceTerms {
  SeatMapRef seat_map;             ///< The venue's map when the performance was made or changed.
  Revision seat_map_revision;      ///< The venue's revision that the map was taken from.
  std::vector<Money> zone_prices;  ///< One for each zone of the map, in its order.
  bool refuse_single_gaps = true;  ///< Refuse hand-picked seats that leave one seat alone.
};

/// What is special about a class: places without a number.
struct ClassTerms {
  std::uint32_t capacity = 0;
  Money price;
};

/// What gives a part of the price back when a paid reservation is cancelled by its person.
struct RefundStep {
  Duration before_start;     ///< Counts when the cancellation comes at least this long before.
  std::uint8_t percent = 0;  ///< 0 to 100.

  bool operator==(const RefundStep&) const = default;
};

/// Longest time first; the first that fits counts, and when none does, nothing is given back. A
/// policy without steps gives all back, as long as one may cancel.
using RefundPolicy = std::vector<RefundStep>;

/// What an administrator says about an offering. Immutable; a change makes a new one.
struct OfferingDefinition {
  std::string title;
  std::string description;
  VenueId venue;
  std::string time_zone;  ///< IANA name; copied from the venue.
  Timestamp starts_at;
  Timestamp ends_at;
  Timestamp sale_opens_at;
  Timestamp sale_closes_at;
  Duration cancellation_cutoff;  ///< Nobody but an administrator cancels later than this before the
                                 ///< start.
  std::uint32_t person_limit = 0;  ///< Places that one person may have; 0: no limit.
  Duration hold_time = limits::hold_time_default;  ///< Whole seconds.
  /// Refuse who has another reservation, of whatever offering, while this one takes place.
  bool refuse_overlaps = false;
  RefundPolicy refund_policy{};  ///< Of whole minutes; at most `limits::refund_steps_max` steps.
  Currency currency;
  std::variant<PerformanceTerms, ClassTerms> terms;

  [[nodiscard]] const PerformanceTerms* performance() const {
    return std::get_if<PerformanceTerms>(&terms);
  }

  [[nodiscard]] const ClassTerms* klass() const { return std::get_if<ClassTerms>(&terms); }

  /// Seats of the map (retired ones included) or places of the class.
  [[nodiscard]] std::uint32_t place_count() const {
    if (const auto* seated = performance()) return seated->seat_map->seat_count();
    return klass()->capacity;
  }

  /// What `place` costs.
  [[nodiscard]] Money price_of(Place place) const {
    if (const auto* seated = performance()) {
      return seated->zone_prices.at(seated->seat_map->seat(place).zone);
    }
    return klass()->price;
  }
};

using DefinitionRef = std::shared_ptr<const OfferingDefinition>;

enum class OfferingKind : std::uint8_t { performance = 0, klass = 1 };

[[nodiscard]] inline OfferingKind kind_of(const OfferingDefinition& definition) {
  return definition.performance() != nullptr ? OfferingKind::performance : OfferingKind::klass;
}

/// `absent` is an offering that was never made; `deleted` keeps its id from being used again.
enum class OfferingStatus : std::uint8_t { absent = 0, scheduled = 1, cancelled = 2, deleted = 3 };

/// One thing wrong with a definition: the field as the API names it, and what would be right.
struct Fault {
  std::string field;   ///< A JSON pointer into the request body: "/prices/stalls".
  std::string reason;  ///< "must be ...".

  bool operator==(const Fault&) const = default;
};

using Faults = std::vector<Fault>;

}  // namespace cavea::engine
