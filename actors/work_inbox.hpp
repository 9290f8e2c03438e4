#pragma once

#include "actors/work.hpp"

#include <atomic>
#include <utility>
#include <vector>

namespace cavea::actors {

/// Works on their way from any thread to one actor, without locks. Only the work that finds the
/// inbox empty wakes the actor, so under load one message and one wake carry everything that came
/// meanwhile.
///
/// It is a stack of R. K. Treiber (Systems Programming: Coping with Parallelism, IBM RJ 5118, 1986)
/// that is always taken whole, so that nothing can be taken twice or come back under a pointer.
class WorkInbox {
 public:
  WorkInbox() = default;
  WorkInbox(const WorkInbox&) = delete;
  WorkInbox& operator=(const WorkInbox&) = delete;

  /// Works that nobody took are dropped, which answers them.
  ~WorkInbox() { static_cast<void>(take_all()); }

  /// From any thread. True: the actor must be woken.
  [[nodiscard]] bool push(WorkPtr work) noexcept {
    auto* const pushed = work.release();
    auto* before = newest_.load(std::memory_order_relaxed);
    do {
      pushed->next_in_inbox = before;
    } while (!newest_.compare_exchange_weak(
        before, pushed, std::memory_order_release, std::memory_order_relaxed));
    return before == nullptr;
  }

  /// Everything that was pushed, oldest first. By the actor alone.
  [[nodiscard]] std::vector<WorkPtr> take_all() {
    auto* next = newest_.exchange(nullptr, std::memory_order_acquire);
    std::vector<WorkPtr> works;
    while (next != nullptr) {
      constexpr bool is_counted_already = false;
      works.emplace_back(std::exchange(next, next->next_in_inbox), is_counted_already);
    }
    return {std::make_move_iterator(works.rbegin()), std::make_move_iterator(works.rend())};
  }

 private:
  std::atomic<Work*> newest_{nullptr};
};

}  // namespace cavea::actors
