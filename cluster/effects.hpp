#pragma once

#include "cluster/message.hpp"
#include "cluster/types.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace cavea::cluster {

enum class Role : std::uint8_t { follower = 1, candidate = 2, leader = 3 };

/// Another server has the state that this one lacks: fetch it from `source`, then call
/// `Replica::snapshot_installed`.
struct SnapshotToInstall {
  ServerId source;
  SnapshotDescriptor descriptor;
};

/// What one step wants done, after the example of `Ready` in etcd's raft
/// (https://github.com/etcd-io/raft, `rawnode.go`). The driver carries out the effects of a replica
/// in the order in which it got them:
///
/// 1. Write `hard_state`, then remove the log from `truncate_from` on, then append `entries`; in
/// one
///    batch, in this order. Batches reach the disk in the order of their steps.
/// 2. Send `messages` as soon as the newest `hard_state` of this and of all earlier effects is
///    durable. They need not wait for `entries`: a leader's disk works beside those of the others.
/// 3. When the batch is durable and `persist_ticket` is not zero, call `Replica::persisted`.
/// 4. Apply what `commit_index` newly covers. It may cover entries that are still on their way to
///    this server's disk when others have them, so the state they change must not reach the disk
///    before them (the same batch or a later one).
struct Effects {
  std::optional<HardState> hard_state;
  std::optional<LogIndex> truncate_from;
  std::vector<LogEntry> entries;  ///< Without gaps; the data is shared with the proposer.
  PersistTicket persist_ticket;
  std::vector<Message> messages;  ///< `AppendEntries` still without entries, see `fill_append`.

  /// To be stored in one batch with the removal of the log in front of `first_index`.
  std::optional<SnapshotDescriptor> snapshot;
  /// With `snapshot`: the first entry that must be kept; what is in front of it may be removed.
  LogIndex first_index;

  std::optional<SnapshotToInstall> install_snapshot;

  LogIndex commit_index;               ///< As it is now, changed or not. Never goes back.
  Role role = Role::follower;          ///< As it is now.
  bool leadership_changed = false;     ///< This server became or ceased to be the leader.
  std::optional<ServerId> leader;      ///< As known now; oneself while `role` is leader.
  bool configuration_changed = false;  ///< A change of the members was committed.
  Instant next_timeout;                ///< When `Replica::tick` wants to be called at the latest.
};

/// Why a replica did not do what it was asked for. Nothing has changed then.
enum class Refusal : std::uint8_t {
  not_leader = 1,
  leadership_is_moving,    ///< A transfer is under way; it ends within an election timeout.
  change_in_progress,      ///< A change of the members or a catch-up has not ended.
  unknown_server,          ///< Not a member.
  wrong_role,              ///< A member already, or its role does not allow this.
  message_malformed,       ///< No correct peer sends this; drop it and log it.
  log_conflict,            ///< A leader contradicts a committed entry: a log is damaged. Stop.
  stored_state_malformed,  ///< The store contradicts itself: gaps, terms that go back. Stop.
};

[[nodiscard]] std::string_view to_text(Refusal refusal);

/// What became of a proposal: its entry has this index and term if it is ever committed.
struct Proposal {
  LogIndex index;
  Term term;
  Effects effects;
};

}  // namespace cavea::cluster
