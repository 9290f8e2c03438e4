#include "actors/venue_use.hpp"

namespace cavea::actors {

bool must_stay(
    const persistence::StateReader& from,
    const Reads& reads,
    const engine::VenueRequest& request,
    engine::ShardId shard,
    engine::Timestamp now) {
  const auto venue = reads.value_or_fail(from.venue(shard, request.venue));
  const auto& command = std::get<engine::DeleteVenue>(request.command);
  if (!venue.exists() || venue.revision != command.expected_revision) return false;

  for (const auto kind : {engine::OfferingKind::performance, engine::OfferingKind::klass}) {
    engine::ListOfferings list;
    list.kind = kind;
    list.venue = request.venue;
    list.limit = 200;
    do {
      const auto page = reads.value_or_fail(from.offerings(list));
      for (const auto& offering : page.offerings) {
        const bool is_to_come = offering.definition->ends_at > now;
        if (is_to_come && offering.status == engine::OfferingStatus::scheduled) return true;
      }
      list.after = page.next;
    } while (list.after);
  }
  return false;
}

}  // namespace cavea::actors
