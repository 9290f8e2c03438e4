#pragma once

#include "actors/change_page.hpp"
#include "actors/turn_feed.hpp"

#include <atomic>
#include <cstdint>

namespace cavea::actors {

/// Answers who follows the event feed. Thread-safe.
class ChangeReads {
 public:
  /// `data` stands for the node's data in positions. `reads` and `feed` must outlive it.
  ChangeReads(Reads& reads, TurnFeed& feed, std::uint16_t shard_count, std::uint32_t data)
      : reads_(reads), feed_(feed), shard_count_(shard_count), data_(data) {}

  /// A `ChangePage`, `ChangesGone` or a `Refusal`; waits for something to tell if that is asked
  /// for, without a thread. More than `limits::followers_max` are told `overloaded`.
  void answer(engine::ListChanges query, engine::ReturnAddress back);

 private:
  void answer_until(engine::ListChanges query, std::int64_t until_ms, engine::ReturnAddress back);
  void wait(
      engine::ListChanges query,
      engine::ChangePage page,
      std::int64_t until_ms,
      engine::ReturnAddress back);

  Reads& reads_;
  TurnFeed& feed_;
  SweptReservations swept_;
  std::uint16_t shard_count_;
  std::uint32_t data_;
};

}  // namespace cavea::actors
