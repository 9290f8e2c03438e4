#pragma once

#include "engine/ids.hpp"
#include "engine/seat_map.hpp"

#include <string>

namespace cavea::engine {

/// What an administrator says about a place where offerings happen.
struct VenueDefinition {
  std::string name;
  std::string address;
  std::string time_zone;  ///< IANA name, as "Europe/London".
  SeatMapRef seat_map;    ///< Never null; without seats for a studio that only gives classes.
};

/// A venue as it stands. It is changed on its shard, one command at a time.
struct Venue {
  VenueId id;
  Revision revision;  ///< Zero: there is no such venue.
  VenueDefinition definition;

  [[nodiscard]] bool exists() const noexcept { return revision.value != 0; }
};

}  // namespace cavea::engine
