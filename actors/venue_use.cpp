#include "actors/venue_use.hpp"

#include "cluster/placement.hpp"

namespace cavea::actors {

bool must_stay(
    const Reads& reads,
    const persistence::StateReader& from,
    std::uint16_t shard_count,
    const engine::VenueId& id,
    const engine::DeleteVenue& command,
    engine::Timestamp now) {
  const auto shard = cluster::shard_of(id.view(), shard_count);
  const auto venue = reads.value_or_fail(from.venue(shard, id));
  if (!venue.exists() || venue.revision != command.expected_revision) return false;

  for (const auto kind : {engine::OfferingKind::performance, engine::OfferingKind::klass}) {
    engine::ListOfferings list;
    list.kind = kind;
    list.venue = id;
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
