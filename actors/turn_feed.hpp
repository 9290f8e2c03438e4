#pragma once

#include "actors/reads.hpp"
#include "engine/ids.hpp"
#include "persistence/turn_log.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace cavea::actors {

/// The committed turns of all shards of the node, in the order of their logs, for whoever tells
/// others what happened (the event feed, notifications, sinks): the logs are the outbox, so the
/// way of a command pays nothing for it. Thread-safe.
///
/// A consumer keeps, per shard, the index of the last entry it has dealt with, and goes on:
///
///   feed.read(shard, index, limit, then)      then(page), on a reader thread
///   feed.wake_after({{shard, index}}, ...)    when the page was the last: wake(), once
class TurnFeed {
 public:
  /// What a wait ended with.
  enum class Woken : std::uint8_t {
    by_more = 0,  ///< There are turns to read.
    by_time = 1,  ///< There are none, and the time is over.
    by_stop = 2,  ///< The node stops, and gives no more.
  };

  using Then = std::function<void(persistence::TurnPage)>;
  using Wake = std::function<void(Woken)>;

  /// How far a waiter has read a shard.
  struct Seen {
    engine::ShardId shard;
    std::uint64_t index = 0;
  };

  /// `reads` must outlive the feed.
  TurnFeed(Reads& reads, std::uint16_t shard_count);

  // ---- For consumers ----------------------------------------------------------------------------

  /// Reads the turns of a shard behind `after` and calls `then` on a reader thread. A store that
  /// cannot be read ends the process.
  void read(engine::ShardId shard, std::uint64_t after, persistence::TurnLimit limit, Then then);

  /// Calls `wake` once when one of the shards has more than was seen of it, or at `until_ms`
  /// (`steady_ms`); INT64_MAX: never. On the thread of a shard, or at once on this one; it must not
  /// block. Waiters are told together, at most every `limits::feed_wake_ms`.
  void wake_after(std::vector<Seen> seen, std::int64_t until_ms, Wake wake);

  /// From now on entries behind `index` are kept for the consumer of that name, whatever their age,
  /// until it has said a later one. Say it at the start, before the node opens its shards.
  void keep_after(const std::string& consumer, engine::ShardId shard, std::uint64_t index);

  /// No consumer of a shard is on this node any more.
  void let_go(engine::ShardId shard);

  /// The newest entry of a shard that can be read.
  [[nodiscard]] std::uint64_t readable(engine::ShardId shard) const noexcept {
    return shards_[shard.value].readable.load(std::memory_order_relaxed);
  }

  [[nodiscard]] std::size_t waiting() const noexcept {
    return waiting_.load(std::memory_order_relaxed);
  }

  /// When the oldest turn that is kept was made; nothing when none is known.
  [[nodiscard]] std::optional<engine::Timestamp> oldest_kept() const noexcept;

  // ---- For shards -------------------------------------------------------------------------------

  /// Everything up to `index` can be read. Costs two atomic operations when nobody waits.
  void on_readable(engine::ShardId shard, std::uint64_t index);

  /// The first entry that no consumer has asked to keep.
  [[nodiscard]] std::uint64_t first_not_held(engine::ShardId shard) const;

  /// When the oldest turn of a shard was made that is kept; nothing: there is none.
  void show_oldest(engine::ShardId shard, std::optional<engine::Timestamp> at) noexcept;

  /// Wakes who waits for more that came meanwhile, and those whose time is over.
  void on_tick(std::int64_t now_ms);

  /// Wakes everybody; who waits afterwards is woken at once.
  void stop();

 private:
  struct Waiter {
    std::vector<Seen> seen;
    std::int64_t until_ms = 0;
    Wake wake;
  };

  struct alignas(64) Shard {
    std::atomic<std::uint64_t> readable{0};
    std::atomic<std::int64_t> oldest_ms{INT64_MAX};
  };

  [[nodiscard]] bool has_more(const Waiter& waiter) const noexcept;
  void wake_some(std::int64_t now_ms);

  Reads& reads_;
  std::vector<Shard> shards_;
  std::atomic<std::size_t> waiting_{0};
  std::atomic<std::int64_t> next_wake_ms_{0};  ///< Not before are waiters told of more.

  mutable std::mutex mutex_;
  std::vector<Waiter> waiters_;
  std::map<std::string, std::map<engine::ShardId, std::uint64_t>> held_;
  bool is_stopped_ = false;
};

}  // namespace cavea::actors
