#include "actors/shard_members.hpp"

#include "actors/limits.hpp"

#include <algorithm>
#include <chrono>

namespace cavea::actors {

namespace {

/// Carries out what a step wants done. What was refused is tried again with the next look.
template <class Stepped>
void take_in(ShardLog& log, Stepped stepped) {
  if (!stepped) return;
  if constexpr (requires { stepped->effects; }) {
    log.take_in(std::move(stepped->effects));
  } else {
    log.take_in(std::move(*stepped));
  }
}

}  // namespace

void ShardMembers::on_tick(ShardLog& log, std::int64_t now_ms) {
  if (wanted_.empty() || peers_ == nullptr || !log.is_leading()) return;
  bool is_somebody_missing = false;
  for (const auto server : wanted_) is_somebody_missing |= bring_in(log, server);
  if (is_somebody_missing) return;

  auto& replica = log.replica();
  const auto leaves = not_wanted(replica);
  if (leaves && *leaves != self_) {
    take_in(log, replica.remove_server(*leaves, ShardLog::now()));
  } else {
    give_lead(log, now_ms);
  }
}

bool ShardMembers::is_up(cluster::ServerId server) const {
  return server == self_ || peers_->is_up(server);
}

bool ShardMembers::bring_in(ShardLog& log, cluster::ServerId server) const {
  auto& replica = log.replica();
  const auto* member = replica.configuration().find(server);
  if (member != nullptr && member->role == cluster::ServerRole::voter) return false;
  if (!is_up(server)) return true;
  if (member == nullptr) {
    take_in(log, replica.add_spare(server, ShardLog::now()));
    return true;
  }
  switch (replica.catch_up_state(server)) {
    case cluster::Replica::CatchUp::none:
    case cluster::Replica::CatchUp::aborted:
      take_in(log, replica.catch_up(server, ShardLog::now()));
      break;
    case cluster::Replica::CatchUp::running:
      break;
    case cluster::Replica::CatchUp::finished:
      take_in(log, replica.assign_role(server, cluster::ServerRole::voter, ShardLog::now()));
      break;
  }
  return true;
}

std::optional<cluster::ServerId> ShardMembers::not_wanted(const cluster::Replica& replica) const {
  for (const auto& server : replica.configuration().servers) {
    if (std::find(wanted_.begin(), wanted_.end(), server.id) == wanted_.end()) return server.id;
  }
  return std::nullopt;
}

/// To who should lead, if it is there and has all of the log that is committed; a leader that
/// should not have the shard at all gives the lead to whoever it can.
void ShardMembers::give_lead(ShardLog& log, std::int64_t now_ms) {
  if (now_ms < next_transfer_ms_ || wanted_.front() == self_) return;
  auto& replica = log.replica();
  const auto can_lead = [&](cluster::ServerId server) {
    return server != self_ && is_up(server)
           && replica.match_index(server) >= replica.commit_index();
  };
  const bool is_wanted = std::find(wanted_.begin(), wanted_.end(), self_) != wanted_.end();
  for (const auto server : wanted_) {
    if (can_lead(server)) {
      next_transfer_ms_ = now_ms + limits::transfer_again_ms;
      take_in(log, replica.transfer_leadership(server, ShardLog::now()));
      return;
    }
    if (is_wanted) return;
  }
}

}  // namespace cavea::actors
