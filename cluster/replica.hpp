#pragma once

#include "cluster/effects.hpp"
#include "cluster/types.hpp"
#include "engine/result.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

struct cavea_raft;

namespace cavea::cluster {

/// One server's part in the replicated log of one shard: raft (Ongaro, "Consensus: Bridging Theory
/// and Practice", 2014) by cowsql raft 0.22, with pre-vote. No threads, no clock, no I/O: steps go
/// in, `Effects` come out, and the same steps always give the same effects.
///
/// Not thread-safe; replicas of different shards may be used in different threads at once. Every
/// step that changes something returns the effects of that step, which must be carried out even
/// when the caller has no other use for them. A replica that lost its store's trust (a failed
/// write) is thrown away.
class Replica {
 public:
  struct Options {
    ServerId id;
    /// Spreads the election timeouts; give every server and shard its own.
    std::uint32_t seed = 1;
    std::uint32_t election_timeout_ms = 1000;
    std::uint32_t heartbeat_ms = 100;
    /// After this time a leader offers a snapshot again; a server that installs one ignores it.
    std::uint32_t install_snapshot_timeout_ms = 600'000;
    /// Entries sent to a follower and not acknowledged. One entry carries a whole turn, so this is
    /// deep; the bytes are bounded by `fill_append` and the sender's window.
    std::uint32_t inflight_entries_max = 1024;
  };

  using Outcome = engine::Result<Effects, Refusal>;
  using Proposed = engine::Result<Proposal, Refusal>;

  explicit Replica(const Options& options);
  ~Replica();
  Replica(Replica&&) noexcept;
  Replica& operator=(Replica&&) noexcept;

  /// What the store of a new shard must hold before the first start: term 1 and, at index 1, the
  /// shard's first member as its only voter. A server that joins later starts with `StartState{}`.
  [[nodiscard]] static StartState bootstrap(ServerId first_voter);

  /// Must be the first step, once. A sole voter is leader when this returns, without waiting, and
  /// all its entries are committed: `commit_index` is the last one, no barrier is needed.
  ///
  /// A sole voter begins a new term with every start (`hard_state` in the effects), although the
  /// library would go on in the old one. Otherwise an entry that a crash took from this disk, but
  /// that a joining server already has, would share index and term with another entry.
  ///
  /// Errors: `stored_state_malformed`.
  [[nodiscard]] Outcome start(const StartState& state, Instant now);

  /// Proposes one command; `data` is neither copied nor looked at. The entry comes back in the
  /// effects with the same `data`. It is committed when `commit_index` reaches the index *and* this
  /// server is still leader of the same term; otherwise its fate is unknown.
  /// Errors: `not_leader`, `leadership_is_moving`.
  [[nodiscard]] Proposed submit(Bytes data, Instant now);

  [[nodiscard]] Proposed submit(std::string data, Instant now) {
    return submit(make_bytes(std::move(data)), now);
  }

  /// Proposes an entry without content: when it is committed, this server was leader throughout,
  /// so that what it had committed before is the newest state (a linearizable read).
  [[nodiscard]] Proposed submit_barrier(Instant now);

  /// Everything up to and including this ticket is durable; earlier tickets need not be reported
  /// one by one. Tickets whose entries were overwritten since are recognised and ignored.
  [[nodiscard]] Effects persisted(PersistTicket ticket, Instant now);

  /// Lets time pass: elections, heartbeats, stepping down without a majority. Does nothing before
  /// `next_timeout()`, so calling it too often is harmless.
  [[nodiscard]] Effects tick(Instant now);

  /// Takes in a message of another replica of this shard.
  /// Errors: `message_malformed`, `log_conflict`.
  [[nodiscard]] Outcome receive(const Message& message, Instant now);

  /// The state includes everything up to `index`, durably, so the log may be cut: all but the last
  /// `trailing` entries up to there, which spare followers that are a little behind a snapshot.
  /// The effects carry the descriptor and the new beginning of the log, or nothing when there is a
  /// snapshot at `index` or later already, or one is being installed. `index` must be committed.
  [[nodiscard]] Effects take_snapshot(LogIndex index, std::uint32_t trailing, Instant now);

  /// The snapshot of `Effects::install_snapshot` is durable: state, descriptor, and an empty log,
  /// in one batch. There is no way to give up an installation except throwing the replica away.
  [[nodiscard]] Effects snapshot_installed(Instant now);

  /// Adds a server as a spare, which gets no log yet. One change of the members at a time; done
  /// when the index is committed. Errors: `not_leader`, `leadership_is_moving`,
  /// `change_in_progress`, `wrong_role` (a member already).
  [[nodiscard]] Proposed add_spare(ServerId server, Instant now);

  enum class CatchUp : std::uint8_t { none, running, aborted, finished };

  /// Begins to bring the log of a spare or standby up to date; then ask `catch_up_state`. Aborted
  /// after ten rounds that were too slow or five seconds without an answer: begin again.
  /// Errors: `not_leader`, `leadership_is_moving`, `change_in_progress`, `unknown_server`,
  /// `wrong_role` (it votes already).
  [[nodiscard]] Outcome catch_up(ServerId server, Instant now);

  /// `none` unless this server is leader and `server` was asked to catch up in this term.
  [[nodiscard]] CatchUp catch_up_state(ServerId server) const;

  /// Gives a member another role. Promote to voter only what has caught up, or commits will wait
  /// for it. A leader cannot demote itself: hand leadership over first, since a server without a
  /// vote does not campaign, even if it alone has the newest log.
  /// Errors: as `add_spare`, `unknown_server`, `wrong_role` (it has this role, is the leader
  /// itself, or a voter that would become a standby: make it a spare).
  [[nodiscard]] Proposed assign_role(ServerId server, ServerRole role, Instant now);

  /// Takes a server out. Errors: as `assign_role`.
  [[nodiscard]] Proposed remove_server(ServerId server, Instant now);

  /// Hands leadership to `server`, or to the voter that is furthest. Proposals are refused until it
  /// is done or an election timeout has passed.
  /// Errors: `not_leader`, `leadership_is_moving`, `wrong_role` (not another voter).
  [[nodiscard]] Outcome transfer_leadership(std::optional<ServerId> server, Instant now);

  [[nodiscard]] ServerId id() const { return options_.id; }

  [[nodiscard]] Role role() const;

  [[nodiscard]] bool is_leader() const { return role() == Role::leader; }

  /// Whether this server leads and takes proposals: not while it hands leadership over.
  [[nodiscard]] bool takes_proposals() const { return !may_propose(); }

  [[nodiscard]] std::optional<ServerId> leader() const;

  [[nodiscard]] Term term() const;

  [[nodiscard]] LogIndex commit_index() const { return commit_index_; }

  [[nodiscard]] LogIndex last_index() const;

  /// The first entry of the log that is still kept; `last_index() + 1` when there is none.
  [[nodiscard]] LogIndex first_index() const;

  /// The term of an entry of the log or of the last snapshot; nothing for other indexes.
  [[nodiscard]] std::optional<Term> term_at(LogIndex index) const;

  [[nodiscard]] Instant next_timeout() const;

  /// The newest members, committed or not: raft counts by these. Empty on a server that joins.
  [[nodiscard]] const Configuration& configuration() const;

  [[nodiscard]] const std::optional<SnapshotDescriptor>& snapshot() const { return snapshot_; }

  /// Of a leader: how far `server` is known to have the log on its disk; for lag figures.
  [[nodiscard]] LogIndex match_index(ServerId server) const;

 private:
  friend class Step;

  struct KnownConfiguration {
    LogIndex index;
    Bytes encoded;
    Configuration configuration;
  };

  /// A request to persist entries that was not reported yet. `last` shrinks when a later request
  /// overwrites its end, to 0 when nothing of it counts any more.
  struct Unpersisted {
    PersistTicket ticket;
    LogIndex last;
  };

  struct RaftDeleter {
    void operator()(cavea_raft* raft) const noexcept;
  };

  [[nodiscard]] std::optional<Refusal> may_propose() const;
  [[nodiscard]] Proposed propose(EntryType type, Bytes data, Instant now);
  [[nodiscard]] Proposed propose_configuration(const Configuration& configuration, Instant now);
  [[nodiscard]] std::optional<Refusal> may_change(ServerId server) const;
  [[nodiscard]] bool must_drop(const Message& message) const;
  void set_configuration(const SnapshotDescriptor& snapshot);
  void learn_configuration(const LogEntry& entry);

  Options options_;
  std::unique_ptr<cavea_raft, RaftDeleter> raft_;
  Instant now_;
  Instant last_tick_;
  std::optional<SnapshotDescriptor> snapshot_;
  std::optional<SnapshotDescriptor> installing_;
  /// The library's commit index goes back when an old message comes late, and runs ahead of a
  /// snapshot that is being installed. This one does neither.
  LogIndex commit_index_;
  /// By index: the one that holds at the snapshot, or the first one, and all after it.
  std::vector<KnownConfiguration> configurations_;
  LogIndex configuration_reported_;
  std::deque<Unpersisted> unpersisted_;
  PersistTicket last_ticket_;
};

}  // namespace cavea::cluster
