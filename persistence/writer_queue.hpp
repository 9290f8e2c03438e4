#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace cavea::persistence {

/// What threads hand to one writer thread, which takes everything at once. The order is kept per
/// handing thread. Not bounded: who hands in bounds what is on its way.
template <class Item>
class WriterQueue {
 public:
  void push(Item item) {
    bool must_wake = false;
    {
      const std::lock_guard lock(mutex_);
      items_.push_back(std::move(item));
      // While the writer is at work it looks again by itself; waking it costs a system call.
      must_wake = std::exchange(is_sleeping_, false);
    }
    if (must_wake) wake_up_.notify_one();
  }

  /// Lets `take` end once nothing is left.
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      is_stopping_ = true;
    }
    wake_up_.notify_one();
  }

  /// Waits for items and moves all of them into `items`, which must be empty. With `patience`,
  /// gives none when none came for so long. False: the queue is stopped and empty.
  [[nodiscard]] bool take(
      std::vector<Item>& items, std::optional<std::chrono::milliseconds> patience = {}) {
    std::unique_lock lock(mutex_);
    while (items_.empty() && !is_stopping_) {
      is_sleeping_ = true;
      if (!patience) {
        wake_up_.wait(lock);
      } else if (wake_up_.wait_for(lock, *patience) == std::cv_status::timeout) {
        break;
      }
    }
    is_sleeping_ = false;
    // The two vectors take turns, so that neither asks for memory once they have grown.
    items.swap(items_);
    return !items.empty() || !is_stopping_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_up_;
  std::vector<Item> items_;
  bool is_sleeping_ = false;
  bool is_stopping_ = false;
};

}  // namespace cavea::persistence
