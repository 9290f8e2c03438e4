#pragma once

#include "engine/definition.hpp"
#include "engine/events.hpp"
#include "engine/ids.hpp"
#include "engine/place_table.hpp"

#include <map>
#include <string>

namespace cavea::engine {

/// The state of one offering: what its actor keeps in memory and `decide` reads.
struct Offering {
  OfferingId id;
  OfferingStatus status = OfferingStatus::absent;
  Revision revision;
  Version version;
  DefinitionRef definition;  ///< Null while absent.
  std::string cancel_reason;
  PlaceTable places;
  std::map<Place, std::string> block_reasons;

  [[nodiscard]] bool exists() const noexcept {
    return status == OfferingStatus::scheduled || status == OfferingStatus::cancelled;
  }
};

/// Carries out what `decide` decided. Never refuses; asserts that the event fits.
/// The version grows by one.
void apply(Offering& offering, const OfferingEvent& event);

}  // namespace cavea::engine
