#pragma once

#include "engine/definition.hpp"
#include "engine/events.hpp"
#include "engine/ids.hpp"
#include "engine/place_table.hpp"
#include "engine/waiting_list.hpp"

#include <map>
#include <memory>
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
  bool was_ever_taken = false;  ///< A place was held or sold once, so records refer to the places.
  std::unique_ptr<WaitingList> waiting;  ///< Null while nobody waits.

  [[nodiscard]] bool exists() const noexcept {
    return status == OfferingStatus::scheduled || status == OfferingStatus::cancelled;
  }
};

/// Carries out what `decide` decided. Never refuses; asserts that the event fits.
/// The version grows by one; the revision grows by one when the definition or the status changes
/// (`OfferingCreated`, `OfferingChanged`, `OfferingCancelled`).
void apply(Offering& offering, const OfferingEvent& event);

/// Whether both are the same to everybody who looks: definitions are compared by content, places by
/// who has them. For tests and `cavea check`.
[[nodiscard]] bool same_state(const Offering& a, const Offering& b);

}  // namespace cavea::engine
