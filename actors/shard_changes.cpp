#include "actors/shard_changes.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace cavea::actors {

namespace {

using engine::ChangesPosition;

std::uint16_t place_in_part(engine::ShardId shard) {
  return shard.value % ChangesPosition::shards_per_part;
}

}  // namespace

std::uint16_t part_of(engine::ShardId shard) {
  return shard.value / ChangesPosition::shards_per_part;
}

ChangesPosition position_at(const ShardOfData& of, ShardPlace place) {
  ChangesPosition position;
  position.data = of.data;
  position.part = part_of(of.shard);
  const auto first = position.part * ChangesPosition::shards_per_part;
  position.read.resize(static_cast<std::size_t>(
      std::min<int>(ChangesPosition::shards_per_part, of.shard_count - first)));
  const auto own = place_in_part(of.shard);
  position.read.at(own) = place.index;
  if (place.events > 0) position.within = ChangesPosition::Within{own, place.events};
  return position;
}

ShardPlace place_in(const ChangesPosition& position, engine::ShardId shard) {
  const auto own = place_in_part(shard);
  ShardPlace place{position.read.at(own), 0};
  if (position.within && position.within->place == own) place.events = position.within->events;
  return place;
}

ShardEvents read_events(
    const ChangePageReader::Sources& from, const TurnFeed& feed, const engine::ListChanges& query) {
  auto answer = ChangePageReader(from, query).read();
  ShardEvents page;
  if (auto* gone = std::get_if<engine::ChangesGone>(&answer)) {
    page.next = std::move(gone->next);
    page.has_more = page.is_cut = true;
    return page;
  }
  auto* changes = std::get_if<engine::ChangePage>(&answer);
  if (changes == nullptr) {
    // A position that a backup has taken back: what is there from now on is all there is to tell.
    const ShardOfData of{.data = from.data, .shard_count = from.shard_count, .shard = *from.only};
    page.next = position_at(of, {feed.readable(of.shard), 0});
    page.is_cut = true;
    return page;
  }
  page.events = std::move(changes->events);
  page.next = std::move(changes->next);
  page.has_more = changes->has_more;
  return page;
}

}  // namespace cavea::actors
