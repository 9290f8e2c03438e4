#pragma once

#include "engine/command_bus.hpp"
#include "engine/result.hpp"
#include "http/json/document.hpp"
#include "http/json/findings.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cavea::http::json {

/// What an offering takes over from its venue.
struct House {
  engine::VenueId venue;
  std::string time_zone;
  engine::SeatMapRef seat_map;
  engine::Revision revision;

  [[nodiscard]] static House of(const engine::Venue& venue);

  /// The house as it was when the offering was made: for a change that keeps the seat map.
  [[nodiscard]] static House of(const engine::OfferingDefinition& definition);
};

/// An offering as an administrator writes it.
struct OfferingInput {
  std::optional<engine::OfferingId> id;
  std::shared_ptr<const engine::OfferingDefinition> definition;
};

/// The venue that a body names, when it does so properly: look it up, then call `read_offering`.
[[nodiscard]] std::optional<engine::VenueId> venue_named_in(const Json& value);

/// Reads the body of `POST /v1/performances` (or `/v1/classes`), or an offering of an import file.
/// Everything is checked: shapes, limits, times, prices against the zones of the house. `house`
/// null: there is no such venue, which is a fault beside all others. `now` is when the sale opens
/// by default.
[[nodiscard]] engine::Result<OfferingInput, BadInput> read_offering(
    const Json& value,
    engine::OfferingKind kind,
    const House* house,
    engine::Timestamp now,
    const Path& at = Path::root());

/// What is wrong with a merge patch before it is applied: unknown or computed members, even when
/// they are `null`. Nothing when it may be applied.
[[nodiscard]] std::optional<BadInput> check_patch(const Json& patch, engine::OfferingKind kind);

/// Whether the patch asks for another venue or the newest seat map, so that the venue must be read.
[[nodiscard]] bool patch_needs_venue(
    const Json& patch, const engine::OfferingDefinition& definition);

/// The definition as a document, with the patch (checked) applied as RFC 7396 has it; for
/// `read_offering`.
[[nodiscard]] Json apply_patch(const engine::OfferingDefinition& definition, const Json& patch);

/// The definition as `read_offering` takes it, without an id: for exports and patches.
[[nodiscard]] Json writable_offering(const engine::OfferingDefinition& definition);

/// Appends an offering with what is left of it.
void append_offering(std::string& out, const engine::OfferingView& view, engine::Timestamp now);

/// Appends what an administrator has said about an offering: what `append_offering` shows, without
/// what has become of it.
void append_definition(std::string& out, const engine::OfferingDefinition& definition);

/// Appends `{"free":1240,"held":0,"sold":0,"blocked":6,"total":1246}`.
void append_counts(std::string& out, const engine::PlaceCounts& counts);

/// Appends how far a node is with what concerns everybody who has places of an offering.
void append_progress(std::string& out, const engine::OfferingProgress& progress);

/// Appends `{"premium":9500,...}`.
void append_prices(std::string& out, const engine::PerformanceTerms& terms);

[[nodiscard]] std::string_view name_of_kind(engine::OfferingKind kind);
[[nodiscard]] std::string_view name_of_state(engine::SaleState state);
[[nodiscard]] std::optional<engine::SaleState> state_named(std::string_view name);

/// A valid id for an offering that came without one: title and local start, as
/// "the-lighthouse-2026-12-04-1930", with "-<attempt>" behind it from the second attempt on.
[[nodiscard]] engine::OfferingId make_offering_id(
    const engine::OfferingDefinition& definition, unsigned attempt);

}  // namespace cavea::http::json
