#pragma once

#include "engine/changes.hpp"
#include "engine/ids.hpp"
#include "engine/webhook_lane.hpp"

#include <cstdint>

// Positions of those who follow the events of one shard alone.

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

}  // namespace cavea::actors
