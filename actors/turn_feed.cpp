#include "actors/turn_feed.hpp"

#include "actors/limits.hpp"
#include "actors/turn_queue.hpp"

#include <algorithm>
#include <utility>

namespace cavea::actors {

TurnFeed::TurnFeed(Reads& reads, std::uint16_t shard_count) : reads_(reads), shards_(shard_count) {}

void TurnFeed::read(
    engine::ShardId shard, std::uint64_t after, persistence::TurnLimit limit, Then then) {
  reads_.run_in_background(
      [this, shard, after, limit, then = std::move(then)](const persistence::StateReader& reader) {
        then(reads_.value_or_fail(reader.turn_log().turns_after(shard, after, limit)));
      });
}

bool TurnFeed::has_more(const Waiter& waiter) const noexcept {
  return std::any_of(waiter.seen.begin(), waiter.seen.end(), [this](const Seen& seen) {
    // Ordered with `waiting_` in `on_readable`: either this sees the entry, or that sees the
    // waiter.
    return shards_[seen.shard.value].readable.load(std::memory_order_seq_cst) > seen.index;
  });
}

void TurnFeed::wake_after(std::vector<Seen> seen, std::int64_t until_ms, Wake wake) {
  {
    const std::lock_guard lock(mutex_);
    if (!is_stopped_) {
      waiters_.push_back({std::move(seen), until_ms, std::move(wake)});
      waiting_.store(waiters_.size(), std::memory_order_seq_cst);
    }
  }
  if (wake) return wake(Woken::by_stop);
  // What came before nobody will tell of.
  on_tick(steady_ms());
}

void TurnFeed::keep_after(const std::string& consumer, engine::ShardId shard, std::uint64_t index) {
  const std::lock_guard lock(mutex_);
  held_[consumer][shard] = index;
}

void TurnFeed::let_go(engine::ShardId shard) {
  const std::lock_guard lock(mutex_);
  for (auto& [consumer, positions] : held_) positions.erase(shard);
}

std::uint64_t TurnFeed::first_not_held(engine::ShardId shard) const {
  const std::lock_guard lock(mutex_);
  auto first = UINT64_MAX;
  for (const auto& [consumer, positions] : held_) {
    const auto found = positions.find(shard);
    if (found != positions.end()) first = std::min(first, found->second + 1);
  }
  return first;
}

std::optional<engine::Timestamp> TurnFeed::oldest_kept() const noexcept {
  auto oldest = INT64_MAX;
  for (const auto& shard : shards_) {
    oldest = std::min(oldest, shard.oldest_ms.load(std::memory_order_relaxed));
  }
  if (oldest == INT64_MAX) return std::nullopt;
  return engine::Timestamp{oldest};
}

void TurnFeed::show_oldest(engine::ShardId shard, std::optional<engine::Timestamp> at) noexcept {
  shards_[shard.value].oldest_ms.store(at ? at->ms : INT64_MAX, std::memory_order_relaxed);
}

void TurnFeed::on_readable(engine::ShardId shard, std::uint64_t index) {
  auto& readable = shards_[shard.value].readable;
  if (index <= readable.load(std::memory_order_relaxed)) return;
  readable.store(index, std::memory_order_seq_cst);
  if (waiting_.load(std::memory_order_seq_cst) == 0) return;
  const auto now_ms = steady_ms();
  if (now_ms >= next_wake_ms_.load(std::memory_order_relaxed)) wake_some(now_ms);
}

void TurnFeed::on_tick(std::int64_t now_ms) {
  if (waiting_.load(std::memory_order_relaxed) == 0) return;
  if (now_ms >= next_wake_ms_.load(std::memory_order_relaxed)) wake_some(now_ms);
}

void TurnFeed::wake_some(std::int64_t now_ms) {
  std::vector<std::pair<Wake, Woken>> woken;
  {
    const std::lock_guard lock(mutex_);
    std::vector<Waiter> still_waiting;
    for (auto& waiter : waiters_) {
      const bool has_more = this->has_more(waiter);
      if (has_more || waiter.until_ms <= now_ms) {
        woken.emplace_back(std::move(waiter.wake), has_more ? Woken::by_more : Woken::by_time);
      } else {
        still_waiting.push_back(std::move(waiter));
      }
    }
    waiters_ = std::move(still_waiting);
    waiting_.store(waiters_.size(), std::memory_order_seq_cst);
    if (!woken.empty()) {
      next_wake_ms_.store(now_ms + limits::feed_wake_ms, std::memory_order_relaxed);
    }
  }
  for (const auto& [wake, why] : woken) wake(why);
}

void TurnFeed::stop() {
  std::vector<Waiter> waiters;
  {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
    waiters = std::exchange(waiters_, {});
    waiting_.store(0, std::memory_order_seq_cst);
  }
  for (const auto& waiter : waiters) waiter.wake(Woken::by_stop);
}

}  // namespace cavea::actors
