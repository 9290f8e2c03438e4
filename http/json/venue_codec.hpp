#pragma once

#include "engine/result.hpp"
#include "engine/venue.hpp"
#include "http/json/document.hpp"
#include "http/json/findings.hpp"

#include <optional>
#include <string>

namespace cavea::http::json {

/// A venue as an administrator writes it.
struct VenueInput {
  std::optional<engine::VenueId> id;
  engine::VenueDefinition definition;  ///< Its seat map is built and never null.
};

/// Reads the body of `POST` and `PUT /v1/venues`, and a venue of an import file. Everything is
/// checked: shapes, limits, the time zone, the seat map. `at` is where `value` stands in its
/// document.
[[nodiscard]] engine::Result<VenueInput, BadInput> read_venue(
    const Json& value, const Path& at = Path::root());

/// Appends a venue with its seat map (left out when it has no seats).
void append_venue(std::string& out, const engine::Venue& venue);

/// Appends a venue as lists show it: `seat_count` in place of the seat map.
void append_venue_summary(std::string& out, const engine::Venue& venue);

}  // namespace cavea::http::json
