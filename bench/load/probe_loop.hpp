#pragma once

#include "bench/load/address.hpp"

#include <atomic>
#include <functional>
#include <optional>
#include <thread>
#include <utility>

namespace cavea::bench {

/// Does the same small thing over and over beside a load, on a thread of its own.
class ProbeLoop {
 public:
  /// One round; trouble ends the loop.
  using Round = std::function<std::optional<Trouble>()>;

  ProbeLoop() = default;
  ProbeLoop(const ProbeLoop&) = delete;
  ProbeLoop& operator=(const ProbeLoop&) = delete;

  ~ProbeLoop() { stop(); }

  void start(Round round) {
    thread_ = std::thread([this, once = std::move(round)] {
      while (!is_stopping_ && !trouble_) trouble_ = once();
    });
  }

  /// After the round that is under way; what went wrong, if anything did.
  std::optional<Trouble> stop() {
    is_stopping_ = true;
    if (thread_.joinable()) thread_.join();
    return trouble_;
  }

 private:
  std::atomic<bool> is_stopping_{false};
  std::optional<Trouble> trouble_;  ///< Of the thread, while it runs.
  std::thread thread_;
};

}  // namespace cavea::bench
