#pragma once

#include "actors/state_copies.hpp"
#include "cluster/message.hpp"
#include "engine/ids.hpp"
#include "persistence/state_copy.hpp"

#include <functional>
#include <optional>

namespace cavea::actors {

/// The way to the replicas of a shard on other nodes. Calls come from the threads of actors and
/// must not block.
class PeerPort {
 public:
  virtual ~PeerPort() = default;

  /// Whether there is a way to `server` just now.
  [[nodiscard]] virtual bool is_up(cluster::ServerId server) const noexcept = 0;

  /// `message.peer` is the receiver. It may get lost: raft says again what matters.
  virtual void send(engine::ShardId shard, cluster::Message message) noexcept = 0;

  /// Asks for a part of a shard's state. `then` is called once, from any thread, with nothing where
  /// there is no such copy; or never, where it or its answer got lost.
  virtual void fetch(
      cluster::ServerId from,
      StateRequest request,
      std::function<void(std::optional<persistence::StatePart>)> then) noexcept = 0;
};

}  // namespace cavea::actors
