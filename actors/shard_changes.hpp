#pragma once

#include "actors/change_page.hpp"
#include "actors/turn_feed.hpp"
#include "engine/changes.hpp"
#include "engine/ids.hpp"
#include "engine/webhook_lane.hpp"

#include <cstdint>
#include <vector>

// What those read who follow the events of one shard alone.

namespace cavea::actors {

/// A shard of a node's data.
struct ShardOfData {
  std::uint32_t data = 0;  ///< See `engine::ChangesPosition`.
  std::uint16_t shard_count = 1;
  engine::ShardId shard;
};

/// How far somebody has read a shard.
using ShardPlace = engine::WebhookPlace;

[[nodiscard]] std::uint16_t part_of(engine::ShardId shard);

[[nodiscard]] engine::ChangesPosition position_at(const ShardOfData& of, ShardPlace place);

[[nodiscard]] ShardPlace place_in(const engine::ChangesPosition& position, engine::ShardId shard);

/// What is behind a position.
struct ShardEvents {
  std::vector<engine::ChangeEvent> events;
  engine::ChangesPosition next;
  bool has_more = false;
  bool is_cut = false;  ///< Older events were not kept, or a backup has taken the position back.
};

/// On a reader thread. `from.only` is the shard.
[[nodiscard]] ShardEvents read_events(
    const ChangePageReader::Sources& from, const TurnFeed& feed, const engine::ListChanges& query);

}  // namespace cavea::actors
