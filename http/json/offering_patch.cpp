#include "http/json/object_reader.hpp"
#include "http/json/offering_codec.hpp"
#include "http/json/offering_members.hpp"
#include "http/time_zone.hpp"

#include <string_view>
#include <vector>

namespace cavea::http::json {

namespace {

constexpr std::string_view newest = "latest";

}  // namespace

std::optional<BadInput> check_patch(const Json& patch, engine::OfferingKind kind) {
  Findings findings;
  const auto root = Path::root();
  ObjectReader reader(patch, root, findings);
  std::vector<std::string_view> known(members_of(kind).begin(), members_of(kind).end());
  const bool is_performance = kind == engine::OfferingKind::performance;
  if (is_performance) known.push_back("seat_map_revision");
  reader.allow_only(known, computed_members);
  const auto* map = is_performance ? reader.find("seat_map_revision") : nullptr;
  if (map != nullptr && *map != newest) {
    reader.fault("seat_map_revision", "must be \"latest\", which takes the venue's newest map");
  }
  if (!findings.any()) return std::nullopt;
  return findings.take();
}

bool patch_needs_venue(const Json& patch, const engine::OfferingDefinition& definition) {
  if (patch.contains("seat_map_revision")) return true;
  const auto venue = venue_named_in(patch);
  return venue && *venue != definition.venue;
}

Json writable_offering(const engine::OfferingDefinition& definition) {
  const auto zone = TimeZone::find(definition.time_zone).value_or(TimeZone::utc());
  Json value = {
      {"title", definition.title},
      {"description", definition.description},
      {"venue", definition.venue.str()},
      {"starts_at", format_time(definition.starts_at, zone)},
      {"ends_at", format_time(definition.ends_at, zone)},
      {"sale_opens_at", format_time(definition.sale_opens_at, zone)},
      {"sale_closes_at", format_time(definition.sale_closes_at, zone)},
      {"cancellation_cutoff_minutes", definition.cancellation_cutoff.ms / 60'000},
      {"person_limit", definition.person_limit},
      {"hold_seconds", definition.hold_time.ms / 1'000},
      {"refuse_overlaps", definition.refuse_overlaps},
      {"currency", std::string(definition.currency.view())}};
  for (const auto& step : definition.refund_policy) {
    value["refund_policy"].push_back(
        {{"before_minutes", step.before_start.ms / 60'000}, {"percent", step.percent}});
  }
  if (const auto* performance = definition.performance()) {
    auto prices = Json::object();
    const auto& zones = performance->seat_map->zones();
    for (std::size_t i = 0; i < zones.size(); ++i) {
      prices[zones[i].id.str()] = performance->zone_prices.at(i).minor;
    }
    value["prices"] = std::move(prices);
    value["refuse_single_gaps"] = performance->refuse_single_gaps;
  } else {
    value["capacity"] = definition.klass()->capacity;
    value["price"] = definition.klass()->price.minor;
  }
  return value;
}

Json apply_patch(const engine::OfferingDefinition& definition, const Json& patch) {
  auto value = writable_offering(definition);
  auto members = patch;
  members.erase("seat_map_revision");
  value.merge_patch(members);
  return value;
}

}  // namespace cavea::http::json
