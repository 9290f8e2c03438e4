#pragma once

#include "engine/assert.hpp"
#include "engine/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

namespace cavea::engine::testing {

/// Simulated time: what was put off happens in the order of its time, then of its coming.
class SagaClock {
 public:
  explicit SagaClock(Timestamp now) : now_(now) {}

  [[nodiscard]] Timestamp now() const { return now_; }

  /// Not before now.
  void at(Timestamp time, std::function<void()> action) {
    events_.emplace(std::pair(time < now_ ? now_ : time, ++count_), std::move(action));
  }

  void after(Duration pause, std::function<void()> action) { at(now_ + pause, std::move(action)); }

  /// Runs until nothing is left to happen; asserts that this takes at most `events_max` events.
  void run(std::size_t events_max) {
    for (std::size_t i = 0; !events_.empty(); ++i) {
      CAVEA_ASSERT(i < events_max);
      auto first = events_.extract(events_.begin());
      now_ = first.key().first;
      first.mapped()();
    }
  }

 private:
  Timestamp now_;
  std::uint64_t count_ = 0;
  std::map<std::pair<Timestamp, std::uint64_t>, std::function<void()>> events_;
};

}  // namespace cavea::engine::testing
