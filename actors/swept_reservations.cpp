#include "actors/swept_reservations.hpp"

#include <algorithm>
#include <utility>

namespace cavea::actors {

namespace {

/// Offerings whose ids are remembered: as many as are swept at once, say all of a house that has
/// closed; a hall of 10,000 seats takes half a megabyte.
constexpr std::size_t remembered_max = 8;

}  // namespace

engine::ReservationId SweptReservations::whole(
    const persistence::StateReader& reader,
    const Reads& reads,
    engine::ShardId shard,
    const engine::OfferingId& offering,
    engine::ReservationId id) {
  auto ids = find(offering);
  if (ids == nullptr) {
    auto found = std::make_shared<HighByLow>();
    for (const auto& one : reads.value_or_fail(reader.reservation_ids(shard, offering))) {
      found->emplace(one.low, one.high);
    }
    ids = std::move(found);
    remember(offering, ids);
  }
  const auto high = ids->find(id.low);
  return high == ids->end() ? id : engine::ReservationId{high->second, id.low};
}

std::shared_ptr<const SweptReservations::HighByLow> SweptReservations::find(
    const engine::OfferingId& offering) {
  const std::lock_guard lock(mutex_);
  const auto found =
      std::find_if(remembered_.begin(), remembered_.end(), [&](const Remembered& one) {
        return one.offering == offering;
      });
  if (found == remembered_.end()) return nullptr;
  std::rotate(found, found + 1, remembered_.end());
  return remembered_.back().ids;
}

void SweptReservations::remember(
    const engine::OfferingId& offering, std::shared_ptr<const HighByLow> ids) {
  const std::lock_guard lock(mutex_);
  if (remembered_.size() == remembered_max) remembered_.erase(remembered_.begin());
  remembered_.push_back({offering, std::move(ids)});
}

}  // namespace cavea::actors
