#include "cluster/convert.hpp"
#include "cluster/raft_shim.h"
#include "cluster/replica.hpp"
#include "cluster/step.hpp"
#include "engine/assert.hpp"

#include <algorithm>
#include <utility>

namespace cavea::cluster {

// Snapshots and the members of a shard: the parts of Replica that are used rarely.

const Configuration& Replica::configuration() const {
  static const Configuration nobody;
  return configurations_.empty() ? nobody : configurations_.back().configuration;
}

void Replica::set_configuration(const SnapshotDescriptor& snapshot) {
  configurations_.clear();
  configurations_.push_back(
      {snapshot.configuration_index,
       make_bytes(snapshot.configuration.encode()),
       snapshot.configuration});
  configuration_reported_ = snapshot.configuration_index;
}

void Replica::learn_configuration(const LogEntry& entry) {
  if (entry.type != EntryType::change) return;
  // Entries in front of a snapshot are older than the members it names.
  if (!configurations_.empty() && entry.index <= configurations_.back().index) return;
  auto configuration = Configuration::decode(*entry.data);
  CAVEA_ASSERT(configuration.has_value());
  configurations_.push_back({entry.index, entry.data, *std::move(configuration)});
}

Effects Replica::take_snapshot(LogIndex index, std::uint32_t trailing, Instant now) {
  CAVEA_ASSERT(index <= commit_index());
  Step step(*this, now);
  const auto covered = snapshot_ ? snapshot_->index : LogIndex{0};
  if (index <= covered || installing_) return step.finish();

  const auto term = term_at(index);
  CAVEA_ASSERT(term.has_value());
  const auto after = std::find_if(
      configurations_.begin(), configurations_.end(), [index](const KnownConfiguration& known) {
        return known.index > index;
      });
  CAVEA_ASSERT(after != configurations_.begin());
  configurations_.erase(configurations_.begin(), after - 1);
  const auto& members = configurations_.front();
  snapshot_ = SnapshotDescriptor{index, *term, members.index, members.configuration};

  const auto converted = to_shim(*snapshot_, *members.encoded);
  const auto status =
      cavea_raft_snapshot_taken(step.raft(), step.now(), &converted, trailing, step.update());
  CAVEA_ASSERT(status == CAVEA_RAFT_OK);
  step.absorb();
  auto effects = step.finish();
  effects.snapshot = snapshot_;
  return effects;
}

Effects Replica::snapshot_installed(Instant now) {
  CAVEA_ASSERT(installing_.has_value());
  Step step(*this, now);
  snapshot_ = std::exchange(installing_, std::nullopt);
  set_configuration(*snapshot_);
  const auto encoded = snapshot_->configuration.encode();
  const auto converted = to_shim(*snapshot_, encoded);
  const auto status =
      cavea_raft_persisted_snapshot(step.raft(), step.now(), &converted, step.update());
  CAVEA_ASSERT(status == CAVEA_RAFT_OK);
  step.absorb();
  auto effects = step.finish();
  effects.configuration_changed = true;
  return effects;
}

std::optional<Refusal> Replica::may_change(ServerId server) const {
  if (const auto refusal = may_propose()) return refusal;
  if (configurations_.back().index > configuration_reported_) return Refusal::change_in_progress;
  for (const auto& member : configuration().servers) {
    if (catch_up_state(member.id) == CatchUp::running) return Refusal::change_in_progress;
  }
  if (configuration().find(server) == nullptr) return Refusal::unknown_server;
  return std::nullopt;
}

Replica::Proposed Replica::propose_configuration(const Configuration& configuration, Instant now) {
  return propose(EntryType::change, make_bytes(configuration.encode()), now);
}

Replica::Proposed Replica::add_spare(ServerId server, Instant now) {
  CAVEA_ASSERT(server.value != 0);
  const auto refusal = may_change(server);
  if (!refusal) return Refusal::wrong_role;
  if (*refusal != Refusal::unknown_server) return *refusal;
  auto changed = configuration();
  changed.servers.push_back({server, ServerRole::spare});
  return propose_configuration(changed, now);
}

Replica::Proposed Replica::assign_role(ServerId server, ServerRole role, Instant now) {
  if (const auto refusal = may_change(server)) return *refusal;
  if (server == id()) return Refusal::wrong_role;
  auto changed = configuration();
  auto member = std::find_if(
      changed.servers.begin(), changed.servers.end(), [server](const Server& candidate) {
        return candidate.id == server;
      });
  if (member->role == role) return Refusal::wrong_role;
  // A standby would still get the entry that takes its vote away. If it were the only one left with
  // that entry, it would neither campaign nor vote for a server without it.
  if (member->role == ServerRole::voter && role == ServerRole::standby) return Refusal::wrong_role;
  member->role = role;
  return propose_configuration(changed, now);
}

Replica::Proposed Replica::remove_server(ServerId server, Instant now) {
  if (const auto refusal = may_change(server)) return *refusal;
  if (server == id()) return Refusal::wrong_role;
  auto changed = configuration();
  std::erase_if(
      changed.servers, [server](const Server& candidate) { return candidate.id == server; });
  return propose_configuration(changed, now);
}

Replica::Outcome Replica::catch_up(ServerId server, Instant now) {
  if (const auto refusal = may_change(server)) return *refusal;
  if (configuration().find(server)->role == ServerRole::voter) return Refusal::wrong_role;
  Step step(*this, now);
  const auto status = cavea_raft_catch_up(step.raft(), step.now(), server.value, step.update());
  CAVEA_ASSERT(status == CAVEA_RAFT_OK);
  step.absorb();
  if (match_index(server) == last_index()) {
    // The library looks at a round only when something new arrived over there. A server that has
    // everything would never finish; an entry without content gives it something new.
    const LogEntry entry{last_index() + 1, term(), EntryType::barrier, make_bytes({})};
    const auto converted = to_shim(entry);
    const auto submitted = cavea_raft_submit(step.raft(), step.now(), &converted, step.update());
    CAVEA_ASSERT(submitted == CAVEA_RAFT_OK);
    step.absorb(std::span(&entry, 1));
  }
  return step.finish();
}

Replica::CatchUp Replica::catch_up_state(ServerId server) const {
  switch (cavea_raft_catch_up_state(raft_.get(), server.value)) {
    case CAVEA_RAFT_CATCH_UP_NONE:
      return CatchUp::none;
    case CAVEA_RAFT_CATCH_UP_RUNNING:
      return CatchUp::running;
    case CAVEA_RAFT_CATCH_UP_ABORTED:
      return CatchUp::aborted;
    case CAVEA_RAFT_CATCH_UP_FINISHED:
      return CatchUp::finished;
  }
  return CatchUp::none;
}

Replica::Outcome Replica::transfer_leadership(std::optional<ServerId> server, Instant now) {
  if (const auto refusal = may_propose()) return *refusal;
  Step step(*this, now);
  const auto target = server.value_or(ServerId{0}).value;
  const auto status = cavea_raft_transfer(step.raft(), step.now(), target, step.update());
  if (status != CAVEA_RAFT_OK) return Refusal::wrong_role;
  step.absorb();
  return step.finish();
}

std::string_view to_text(Refusal refusal) {
  switch (refusal) {
    case Refusal::not_leader:
      return "this server does not lead the shard";
    case Refusal::leadership_is_moving:
      return "leadership of the shard is being handed over";
    case Refusal::change_in_progress:
      return "another change of the members has not ended";
    case Refusal::unknown_server:
      return "the server is not a member of the shard";
    case Refusal::wrong_role:
      return "the server's role does not allow this";
    case Refusal::message_malformed:
      return "the message is malformed";
    case Refusal::log_conflict:
      return "a leader contradicts a committed entry; a log is damaged";
    case Refusal::stored_state_malformed:
      return "the stored log contradicts itself";
  }
  return "";
}

}  // namespace cavea::cluster
