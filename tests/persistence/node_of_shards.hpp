#pragma once

#include "fixtures.hpp"
#include "persistence/memory_store.hpp"
#include "persistence/state_reader.hpp"
#include "samples.hpp"

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cavea::test {

inline constexpr std::uint16_t shard_count = 4;

/// Drivers of all shards of a node.
struct Node {
  persistence::MemoryStore store;
  std::vector<std::unique_ptr<ShardDriver>> shards;
  persistence::StateReader reader{store, shard_count};

  Node() {
    for (std::uint16_t i = 0; i < shard_count; ++i) {
      shards.push_back(std::make_unique<ShardDriver>(store, engine::ShardId{i}));
    }
  }

  void commit(std::uint16_t shard, persistence::Change change) {
    persistence::Turn turn;
    turn.changes.push_back(std::move(change));
    shards[shard]->commit(turn);
  }
};

inline persistence::OfferingChange created(
    const engine::OfferingId& id, engine::OfferingDefinition definition) {
  persistence::OfferingChange change;
  change.offering = id;
  change.at = new_year;
  change.counts.free = definition.place_count();
  change.events.emplace_back(engine::OfferingCreated{share(std::move(definition))});
  change.version = {1};
  change.revision = {1};
  return change;
}

/// A sale of one place of "yoga-<shard>".
inline persistence::OfferingChange sale(
    std::uint64_t number, engine::ShardId shard, std::string_view user) {
  auto change = sample_sale(number);
  auto& sold = std::get<engine::PlacesSold>(change.events[0]);
  sold.reservation.high = (sold.reservation.high & ~std::uint64_t{0xffff}) | shard.value;
  sold.user = user;
  sold.person = engine::PersonKey::of(user);
  change.offering = offering_id("yoga-" + std::to_string(shard.value));
  change.idempotency->key.caller = user;
  return change;
}

}  // namespace cavea::test
