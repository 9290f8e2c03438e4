#pragma once

#include "engine/ids.hpp"
#include "persistence/shard_write.hpp"
#include "persistence/store.hpp"
#include "persistence/turn.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace cavea::persistence {

/// What may be read of a shard's log: entries `first` to `applied`; none when `applied` is the
/// smaller one.
struct KeptTurns {
  std::uint64_t first = 1;    ///< The oldest entry that is kept.
  std::uint64_t applied = 0;  ///< The newest that is committed, with its changes in the state.
};

/// A committed turn, read again.
struct LoggedTurn {
  std::uint64_t index = 0;
  Turn turn;
};

/// Bounds one read; the turn that goes beyond the bytes is still read.
struct TurnLimit {
  std::size_t turns = 256;
  std::size_t bytes = 1 << 20;  ///< Of their entries.
};

/// Turns of one shard in the order of its log.
struct TurnPage {
  KeptTurns kept;
  std::vector<LoggedTurn> turns;
  std::uint64_t read_to = 0;  ///< Nothing up to this entry is left to read: go on after it.
  bool is_cut = false;  ///< Entries after the one asked for are not kept any more: some are missed.
};

/// Walks over the committed turns of one shard. Belongs to one thread and must not outlive the
/// `TurnLog` it is from.
class TurnWalk {
 public:
  TurnWalk(const View& view, engine::ShardId shard, KeptTurns kept, std::uint64_t after);

  /// The next turn; nothing at the end of what is committed, or after an error.
  [[nodiscard]] Read<std::optional<LoggedTurn>> next();

  /// Entries up to this one were read, also those that are no turns.
  [[nodiscard]] std::uint64_t read_to() const noexcept { return read_to_; }

  /// Bytes of the entries that were read so far.
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  engine::ShardId shard_;
  std::uint64_t read_to_;
  std::uint64_t applied_;
  std::size_t bytes_ = 0;
  std::unique_ptr<Cursor> cursor_;  ///< Null: there is nothing to read.
};

/// The logs of a store as of the moment when this was made, for whoever reads again what was
/// committed. What is not committed (a suffix that consensus may still take back) is never shown:
/// nothing beyond the entry up to which the state is. From any thread.
class TurnLog {
 public:
  explicit TurnLog(const LiveView& store) : view_(store.snapshot()) {}

  [[nodiscard]] Read<KeptTurns> kept(engine::ShardId shard) const;

  /// The turns behind `after`, or from the first one on that is kept.
  [[nodiscard]] TurnWalk walk(
      engine::ShardId shard, const KeptTurns& kept, std::uint64_t after) const {
    return {*view_, shard, kept, after};
  }

  /// The same, a bounded number of them.
  [[nodiscard]] Read<TurnPage> turns_after(
      engine::ShardId shard, std::uint64_t after, const TurnLimit& limit) const;

  /// An entry, and when its turn began; nothing when there is no turn.
  struct Dated {
    std::uint64_t index = 0;
    std::optional<engine::Timestamp> at;
  };

  /// The first entry in [kept.first, applied] that is not older than `since`, `applied + 1` when
  /// all are. Finds it by halves, so where the clock was set back it is one of several.
  [[nodiscard]] Read<Dated> first_since(engine::ShardId shard, engine::Timestamp since) const;

 private:
  [[nodiscard]] Read<Dated> first_turn_in(
      engine::ShardId shard, std::uint64_t from, std::uint64_t to) const;

  std::shared_ptr<const View> view_;
};

}  // namespace cavea::persistence
