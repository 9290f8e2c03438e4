#pragma once

#include "actors/reads.hpp"
#include "engine/inbox.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace cavea::actors {

/// Answers who looks into an inbox, and who waits in front of one for news. Thread-safe.
class InboxReads {
 public:
  /// `reads` must outlive it.
  InboxReads(Reads& reads, std::uint16_t shard_count) : reads_(reads), shard_count_(shard_count) {}

  /// With `wait` the answer comes as soon as the inbox is not as it was seen, or as it is when the
  /// time is over. More than `limits::inbox_waiters_max` are told `overloaded`.
  void answer(engine::ListInbox query, engine::ReturnAddress back);

  /// What this person is shown has changed; after the commit. Costs one atomic operation when
  /// nobody waits.
  void on_changed(engine::PersonKey person);

  /// Answers those whose time is over.
  void on_tick(std::int64_t now_ms);

  /// Answers everybody; who waits afterwards is answered at once.
  void stop();

  [[nodiscard]] std::size_t waiting() const noexcept {
    return waiting_.load(std::memory_order_relaxed);
  }

 private:
  struct Waiter {
    engine::ListInbox query;
    std::int64_t until_ms = 0;
    engine::ReturnAddress back;
    bool is_reading = false;   ///< One read of its inbox is on its way,
    bool has_changed = false;  ///< and it has changed since that began.
  };

  using WaiterRef = std::shared_ptr<Waiter>;

  void look(const WaiterRef& waiter);
  void on_read(const WaiterRef& waiter, engine::InboxPage page);

  Reads& reads_;
  const std::uint16_t shard_count_;
  std::atomic<std::size_t> waiting_{0};

  std::mutex mutex_;
  std::multimap<engine::PersonKey, WaiterRef> waiters_;
  bool is_stopped_ = false;
};

}  // namespace cavea::actors
