#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace cavea::test {

/// Counts what several threads got done, for one that waits for a number of it.
class Tally {
 public:
  void add_one() {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }

  /// False: it was not reached in time.
  bool wait_for(int count, std::chrono::seconds timeout) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, timeout, [&] { return count_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

}  // namespace cavea::test
