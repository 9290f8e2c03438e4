#pragma once

#include "actors/peer_port.hpp"
#include "actors/shard_log.hpp"
#include "cluster/types.hpp"

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace cavea::actors {

/// Brings a shard to the nodes that should have it, one change of the members at a time, while it
/// takes commands: who is missing is added without a vote, votes once its log has caught up, and
/// only when all vote is who should not be there taken out. Then who should lead is given the lead.
/// Of the actor that leads.
class ShardMembers {
 public:
  /// `wanted`: first who should lead; empty: the members stay as they are.
  ShardMembers(cluster::ServerId self, std::vector<cluster::ServerId> wanted, const PeerPort* peers)
      : self_(self), wanted_(std::move(wanted)), peers_(peers) {}

  /// Does what is next, if the change before is done.
  void on_tick(ShardLog& log, std::int64_t now_ms);

 private:
  [[nodiscard]] bool is_up(cluster::ServerId server) const;
  /// True: it does not vote yet.
  [[nodiscard]] bool bring_in(ShardLog& log, cluster::ServerId server) const;
  [[nodiscard]] std::optional<cluster::ServerId> not_wanted(const cluster::Replica& replica) const;
  void give_lead(ShardLog& log, std::int64_t now_ms);

  cluster::ServerId self_;
  std::vector<cluster::ServerId> wanted_;
  const PeerPort* peers_;
  std::int64_t next_transfer_ms_ = 0;
};

}  // namespace cavea::actors
