#pragma once

#include "actors/limits.hpp"
#include "actors/peer_port.hpp"
#include "actors/probe.hpp"
#include "actors/turn_queue.hpp"
#include "cluster/replica.hpp"
#include "engine/cluster_status.hpp"
#include "engine/ids.hpp"
#include "persistence/journal.hpp"
#include "persistence/state_reader.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cavea::actors {

/// What the log of a shard works with. Everything outlives it.
struct ShardLogParts {
  /// Called on the journal's thread with the number of a write.
  using Notify = std::function<void(std::uint64_t)>;

  engine::ShardId shard;
  cluster::ServerId server;                                       ///< This node.
  std::uint64_t entries_max = limits::entries_between_snapshots;  ///< After which it is cut.
  bool founds = true;  ///< Makes the log of a new shard, or else waits to be added to one.
  persistence::Journal* journal = nullptr;
  const persistence::StateReader* reader = nullptr;
  PeerPort* peers = nullptr;  ///< Null: there are none.
  ActorsProbe* probe = nullptr;
  /// Told every turn that no actor of this node decided, before its changes are in the state.
  std::function<void(const persistence::Turn&)> learn;
  Notify persisted;  ///< Is told every write that is in the log,
  Notify settled;    ///< and the newest that is in the state.
};

/// A shard's raft log on the node's journal: proposes turns, takes in what other replicas send,
/// says what is committed, writes its changes into the state, and cuts the log when it has grown;
/// what consensus does not need any more stays for readers, until `show_from`. Every call adds to
/// one write, which `hand_in` gives to the journal.
///
/// It lives as long as the node has the shard, and is handed from the actor that leads to the one
/// that follows and back (`ShardHolder`).
class ShardLog {
 public:
  explicit ShardLog(ShardLogParts parts);

  /// Raft's time, that of a clock that never goes back.
  [[nodiscard]] static cluster::Instant now();

  /// Starts from the store, or makes the log of a new shard. Says what is wrong with a damaged log.
  [[nodiscard]] std::optional<std::string> open(persistence::ShardStart start);

  [[nodiscard]] bool is_leading() const { return replica_->is_leader(); }

  /// Whether this node leads, and everything is committed and handed in to the state that was in
  /// the log when it began to.
  [[nodiscard]] bool is_ready_to_lead() const {
    return is_leading() && !lacks_state_ && materialised_ >= leads_from_;
  }

  [[nodiscard]] std::uint64_t term() const { return replica_->term().value; }

  /// The server that leads, as far as it is known.
  [[nodiscard]] std::optional<cluster::ServerId> leader() const { return replica_->leader(); }

  [[nodiscard]] engine::ShardStatus status() const;

  [[nodiscard]] bool lacks_state() const { return lacks_state_; }

  [[nodiscard]] cluster::Replica& replica() { return *replica_; }

  /// Takes in a message of another replica. Says what is wrong when a log is damaged.
  [[nodiscard]] std::optional<std::string> receive(const cluster::Message& message);

  /// The server to fetch the state from; nothing: it is here, or nobody is known who has it.
  [[nodiscard]] std::optional<cluster::ServerId> copy_source() const;

  /// Whether a copy that is as after `applied` is new enough.
  [[nodiscard]] bool may_install(std::uint64_t applied) const;

  /// What the state was is being replaced by a copy.
  void begin_install();

  /// The whole copy, as after `applied`, is handed in.
  void end_install(std::uint64_t applied);

  /// Whether this node leads without a state to lead from: somebody else should.
  [[nodiscard]] bool leads_in_vain() const { return is_leading() && lacks_state_; }

  /// Carries out what a step on `replica()` wants done.
  void take_in(cluster::Effects effects);

  /// Whether another turn may be proposed: the state is close enough behind, and leadership is not
  /// on its way to another node.
  [[nodiscard]] bool has_room() const;

  /// Turns count from 1 again: another actor leads.
  void begin_turns();

  /// Proposes a turn; nothing when this node does not lead the shard any more.
  [[nodiscard]] std::optional<std::uint64_t> propose(const persistence::Turn& turn);

  /// The index up to which the log is committed, and on the disk of this node, too: what others
  /// have may be committed before.
  [[nodiscard]] std::uint64_t commit_index() const { return std::min(commit_, logged_); }

  /// Writes the changes of a committed turn into the state. In the order of the log.
  void materialise(
      std::uint64_t index, std::shared_ptr<const persistence::Turn> turn, std::uint64_t number);

  /// The same for all that is committed and was not written, as far as there is room, where no
  /// actor knows the turns. Says what is wrong when an entry cannot be read.
  [[nodiscard]] std::optional<std::string> materialise_committed();

  /// Lets raft's time pass, and looks whether a copy is on the disk.
  [[nodiscard]] std::optional<persistence::StoreError> tick();

  /// Forgets idempotency keys older than this with the next write.
  void purge_before(engine::Timestamp before);

  /// Gives what was gathered since the last call to the journal; nothing gathered, nothing done.
  void hand_in();

  /// The journal reports a write: entries in it are durable.
  void on_persisted(std::uint64_t number);

  /// The journal reports a write: changes in it and in those before it are readable.
  void on_settled(std::uint64_t number);

  /// Cuts the log as far as the state is safe without it: what is not cut is in memory.
  [[nodiscard]] std::optional<persistence::StoreError> cut();

  /// Cuts a log that has grown as far as the state is safe without it, and sees to it that more of
  /// the state is.
  [[nodiscard]] std::optional<persistence::StoreError> cut_when_grown();

  /// Shows readers no entries before `first` any more; those that consensus needs neither are
  /// removed.
  void show_from(std::uint64_t first);

  /// What is kept for readers: entries from `first` on that are committed.
  [[nodiscard]] const persistence::KeptLog& kept() const { return kept_; }

  /// The oldest entry that consensus needs.
  [[nodiscard]] std::uint64_t first_needed() const { return replica_->first_index().value; }

  /// The newest entry of which the changes are readable in the store.
  [[nodiscard]] std::uint64_t applied() const { return applied_; }

  /// The newest turn of which the changes are readable in the store.
  [[nodiscard]] std::uint64_t settled_turn() const { return settled_turn_; }

 private:
  /// What a write holds of the log, and what of the state.
  struct Logged {
    std::uint64_t number = 0;
    cluster::PersistTicket ticket;
    std::uint64_t last = 0;  ///< Index of its newest entry; 0: it has none that still counts.
  };

  struct Unsettled {
    std::uint64_t index = 0;
    std::size_t bytes = 0;
  };

  struct Applied {
    std::uint64_t number = 0;
    std::uint64_t turn = 0;
    std::uint64_t index = 0;
  };

  /// A message that must not leave before a write is on the disk.
  struct Held {
    std::uint64_t number = 0;
    cluster::Message message;
  };

  void begin_log_anew();
  void append(const cluster::LogEntry& entry);
  void truncate(std::uint64_t from);
  void trim_recent();
  void note_leadership();
  void send(cluster::Message message);
  void send_when_safe(cluster::Message message);
  [[nodiscard]] std::vector<cluster::LogEntry> entries_of(
      std::uint64_t first, std::uint32_t count) const;
  void begin_keeping(const persistence::ShardStart& start);
  void note_kept(persistence::KeptLog kept);
  [[nodiscard]] bool has_grown() const;

  ShardLogParts parts_;
  std::unique_ptr<cluster::Replica> replica_;

  /// The newest entries, without a gap: at least those that are not handed in to the state.
  std::deque<cluster::LogEntry> recent_;
  std::size_t recent_bytes_ = 0;

  std::deque<Held> held_;
  std::uint64_t hard_state_write_ = 0;  ///< The newest with term or vote.
  std::uint64_t persisted_write_ = 0;

  // The write that gathers.
  persistence::ShardWrite write_;
  bool has_something_ = false;
  Logged gathering_log_;
  Applied gathering_state_;

  std::deque<Logged> not_persisted_;
  std::deque<Applied> not_settled_;
  std::deque<Unsettled> unsettled_;  ///< Proposed or committed, not in the state yet.
  std::size_t unsettled_bytes_ = 0;
  std::uint64_t next_number_ = 1;
  std::uint64_t commit_ = 0;
  std::uint64_t logged_ = 0;  ///< Index up to which the log is on the disk.
  bool lacks_state_ = false;  ///< It is only part of a copy.
  std::optional<cluster::SnapshotToInstall> installing_;  ///< What raft waits for.
  std::optional<std::uint64_t> installed_;  ///< Index of a copy that is not yet on the disk.
  std::uint64_t install_write_ = 0;         ///< The write with which the log begins anew.
  std::uint64_t materialised_ = 0;  ///< Index up to which changes are handed in to the state.
  std::uint64_t leads_from_ = 0;    ///< The last index when this node began to lead.
  std::uint64_t settled_turn_ = 0;
  std::uint64_t applied_ = 0;  ///< Index of which the changes are readable in the store.
  std::uint64_t entries_since_cut_ = 0;
  std::uint64_t bytes_since_cut_ = 0;
  std::uint64_t cut_at_ = 0;       ///< Index of the snapshot mark.
  std::uint64_t next_cut_at_ = 0;  ///< Not before the log has this index.
  persistence::KeptLog kept_;
  bool is_counted_as_leading_ = false;
};

}  // namespace cavea::actors
