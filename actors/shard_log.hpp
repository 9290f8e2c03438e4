#pragma once

#include "actors/probe.hpp"
#include "actors/turn_queue.hpp"
#include "cluster/replica.hpp"
#include "engine/ids.hpp"
#include "persistence/journal.hpp"
#include "persistence/state_reader.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace cavea::actors {

/// A shard's raft log on the node's journal: proposes turns, says which are committed, writes their
/// changes into the state, and cuts the log when it has grown; what consensus does not need any
/// more stays for readers, until `show_from`. Every call adds to one write, which
/// `hand_in` gives to the journal.
class ShardLog {
 public:
  /// Called on the journal's thread with the number of a write.
  using Notify = std::function<void(std::uint64_t)>;

  /// `persisted` is told every write that is in the log, `settled` the newest that is in the state.
  ShardLog(
      engine::ShardId shard,
      persistence::Journal& journal,
      ActorsProbe& probe,
      Notify persisted,
      Notify settled);

  /// Starts from the store, or makes the log of a new shard. Says what is wrong with a damaged log.
  [[nodiscard]] std::optional<std::string> open(persistence::ShardStart start);

  [[nodiscard]] bool is_leading() const { return replica_->is_leader(); }

  /// Whether the state is close enough behind for another turn.
  [[nodiscard]] bool has_room() const;

  /// Proposes a turn; nothing when this node does not lead the shard (any more).
  [[nodiscard]] std::optional<std::uint64_t> propose(const persistence::Turn& turn);

  /// The index up to which the log is committed.
  [[nodiscard]] std::uint64_t commit_index() const { return commit_; }

  /// Writes the changes of a committed turn into the state. In the order of the log.
  void materialise(
      std::uint64_t index, std::shared_ptr<const persistence::Turn> turn, std::uint64_t number);

  /// Lets raft's time pass.
  void tick();

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
  };

  struct Proposed {
    std::uint64_t index = 0;
    std::size_t bytes = 0;
  };

  struct Applied {
    std::uint64_t number = 0;
    std::uint64_t turn = 0;
    std::uint64_t index = 0;
  };

  [[nodiscard]] std::optional<std::string> materialise_recovered(
      const std::map<std::uint64_t, cluster::LogEntry>& entries, std::uint64_t applied);
  void take_in(cluster::Effects effects);
  void begin_keeping(const persistence::ShardStart& start);
  void note_kept(persistence::KeptLog kept);
  [[nodiscard]] bool has_grown() const;

  engine::ShardId shard_;
  persistence::Journal& journal_;
  ActorsProbe& probe_;
  Notify persisted_;
  Notify settled_;
  std::unique_ptr<cluster::Replica> replica_;

  // The write that gathers.
  persistence::ShardWrite write_;
  bool has_something_ = false;
  Logged gathering_log_;
  Applied gathering_state_;

  std::deque<Logged> not_persisted_;
  std::deque<Applied> not_settled_;
  std::deque<Proposed> unsettled_;  ///< Proposed since this run began, not in the state yet.
  std::size_t unsettled_bytes_ = 0;
  std::uint64_t next_number_ = 1;
  std::uint64_t commit_ = 0;
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
