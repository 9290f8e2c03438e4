#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace cavea::actors {

/// Counts shards that are open, for who waits.
class OpenGate {
 public:
  explicit OpenGate(std::size_t shards) : missing_(shards) {}

  void shard_is_open() {
    const std::lock_guard lock(mutex_);
    if (--missing_ == 0) all_open_.notify_all();
  }

  void wait() {
    std::unique_lock lock(mutex_);
    all_open_.wait(lock, [this] { return missing_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable all_open_;
  std::size_t missing_;
};

}  // namespace cavea::actors
