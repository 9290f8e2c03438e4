#include "actors/node_parts.hpp"
#include "actors/sink_actor.hpp"
#include "persistence/notification_codec.hpp"

#include <utility>

// The node's part in the sink: an actor for each shard.

namespace cavea::actors {

void Node::Parts::spawn_sink(std::uint16_t number) {
  const engine::ShardId shard{number};
  auto parts = std::make_shared<SinkParts>();
  parts->of = {.data = config.data_id, .shard_count = config.shard_count, .shard = shard};
  const auto key = persistence::record_keys::position(sink_consumer);
  const auto kept =
      reads.value_or_fail(reader.record(shard, persistence::RecordKind::position, key));
  if (kept) parts->position = reads.value_or_fail(persistence::decode_position(*kept));
  parts->sink = config.sink;
  parts->write = config.write_change;
  parts->reader = &reader;
  parts->reads = &reads;
  parts->swept = &swept;
  parts->feed = &feed;
  parts->probe = &probe;
  parts->waiting = &shards[number].waiting;
  parts->keep = [this, shard](KeepRecords request) { keep(shard, std::move(request)); };
  shards[number].sink =
      system.spawn(sink_actor, std::shared_ptr<const SinkParts>(std::move(parts)));
}

}  // namespace cavea::actors
