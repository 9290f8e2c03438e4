#pragma once

#include "actors/reads.hpp"
#include "engine/money_books.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>

namespace cavea::actors {

/// Counts where the money is that the sagas of the node say was captured, over all of them and from
/// their records, again and again: some at a time on a reader thread, and then a pause that is far
/// longer than the count took. Thread-safe.
class MoneyCount {
 public:
  /// `reads` must outlive it.
  MoneyCount(Reads& reads, std::uint16_t shard_count);

  /// Begins to count when the pause is over. Cheap otherwise.
  void on_tick(std::int64_t steady_ms);

  /// A count that goes on does not hold up the end of the readers.
  void stop() noexcept { is_stopped_.store(true); }

  /// What the last count that came to its end found; empty before.
  [[nodiscard]] engine::BooksByCurrency books() const;

 private:
  void count_some(const persistence::StateReader& reader);
  void finish();

  Reads& reads_;
  const std::uint16_t shard_count_;
  std::atomic<bool> is_stopped_{false};
  std::atomic<std::int64_t> next_ms_{0};  ///< INT64_MAX while it counts.

  // Of the count under way: of one reader thread after the other.
  engine::ShardId shard_;
  engine::ReservationId after_;
  engine::BooksByCurrency counted_;
  std::int64_t began_ms_ = 0;

  mutable std::mutex mutex_;  ///< For `books_`.
  engine::BooksByCurrency books_;
};

}  // namespace cavea::actors
