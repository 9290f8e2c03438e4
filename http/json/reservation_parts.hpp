#pragma once

#include "engine/definition.hpp"
#include "engine/reservation.hpp"
#include "http/json/writer.hpp"
#include "http/time_zone.hpp"

#include <memory>
#include <string>
#include <string_view>

// What the writers of reservations share. INTERNAL to the codecs.

namespace cavea::http::json {

/// What every answer about one offering has in common.
struct OfferingCard {
  std::weak_ptr<const engine::OfferingDefinition> definition;
  std::string members;  ///< `"kind":"class","title":"...","starts_at":"..."`; empty: not known.
  TimeZone zone = TimeZone::utc();
};

/// The card of an offering, from a small memory of each thread, since in a rush all answers are
/// about the same one. Good until the next call.
[[nodiscard]] const OfferingCard& card_of(const engine::DefinitionRef& definition);

/// Writes a place as an object; `performance` is null for a place of a class.
void write_place(
    Writer& writer,
    const engine::ReservationLine& line,
    const engine::PerformanceTerms* performance,
    std::string_view status);

}  // namespace cavea::http::json
