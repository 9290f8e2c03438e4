#pragma once

#include "bench/load/clock.hpp"

#include <cmath>
#include <cstdint>

namespace cavea::bench {

/// When the requests of an open loop are meant to start: evenly spaced, whatever the server does.
/// Several threads share one schedule by taking turns: thread 1 of 3 has the times 1, 4, 7, ...
class Schedule {
 public:
  struct Rate {
    double per_second = 1;  ///< Of all threads together; more than 0.
    std::uint64_t thread = 0;
    std::uint64_t threads = 1;
  };

  Schedule(TimePoint start, Rate rate) : start_(start), rate_(rate), next_(rate.thread) {}

  /// When the next request is meant to start.
  [[nodiscard]] TimePoint next() const {
    // From the start and not from the time before it, so that rounding never adds up.
    const auto ns = std::llround(static_cast<double>(next_) * 1e9 / rate_.per_second);
    return start_ + std::chrono::nanoseconds(ns);
  }

  [[nodiscard]] bool is_due(TimePoint now) const { return next() <= now; }

  /// The next request was sent or given up: on to the one after it.
  void take() noexcept { next_ += rate_.threads; }

 private:
  TimePoint start_;
  Rate rate_;
  std::uint64_t next_ = 0;
};

}  // namespace cavea::bench
