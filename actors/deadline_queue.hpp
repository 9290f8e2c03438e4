#pragma once

#include "engine/ids.hpp"
#include "persistence/state_reader.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace cavea::actors {

/// The deadlines of a shard, earliest first. Those of holds that ended early stay until they come
/// and then find nothing to do.
class DeadlineQueue {
 public:
  void add(persistence::Deadline deadline) {
    heap_.push_back(std::move(deadline));
    std::push_heap(heap_.begin(), heap_.end(), is_later);
  }

  /// The next deadline at or before `now`; nothing when none is due.
  [[nodiscard]] std::optional<persistence::Deadline> next_due(engine::Timestamp now) {
    if (heap_.empty() || heap_.front().at > now) return std::nullopt;
    std::pop_heap(heap_.begin(), heap_.end(), is_later);
    auto deadline = std::move(heap_.back());
    heap_.pop_back();
    return deadline;
  }

  [[nodiscard]] std::size_t size() const noexcept { return heap_.size(); }

 private:
  static bool is_later(const persistence::Deadline& a, const persistence::Deadline& b) {
    return a.at > b.at;
  }

  std::vector<persistence::Deadline> heap_;
};

}  // namespace cavea::actors
