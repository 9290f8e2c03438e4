#pragma once

#include "engine/ids.hpp"
#include "persistence/state_reader.hpp"
#include "persistence/waiting_codec.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace cavea::actors {

/// The deadlines of a shard, earliest first: ends of holds, offerings that have reservations to
/// give back, and waiting lists to be looked at. A hold that ends early is forgotten at once, so
/// the queue is as long as holds are open.
class DeadlineQueue {
 public:
  void add(persistence::Deadline deadline) {
    if (is_hold(deadline)) hold_ends_.insert_or_assign(deadline.reservation.low, deadline);
    queue_.insert(std::move(deadline));
  }

  /// The hold was confirmed or given back. Unknown reservations are no holds: nothing happens.
  void forget(engine::ReservationId reservation) {
    const auto found = hold_ends_.find(reservation.low);
    if (found == hold_ends_.end()) return;
    queue_.erase(found->second);
    hold_ends_.erase(found);
  }

  /// Takes the next deadline at or before `now`; nothing when none is due.
  [[nodiscard]] std::optional<persistence::Deadline> next_due(engine::Timestamp now) {
    if (queue_.empty() || queue_.begin()->at > now) return std::nullopt;
    auto deadline = std::move(queue_.extract(queue_.begin()).value());
    if (is_hold(deadline)) hold_ends_.erase(deadline.reservation.low);
    return deadline;
  }

  /// Holds that are open.
  [[nodiscard]] std::size_t holds() const noexcept { return hold_ends_.size(); }

  [[nodiscard]] std::size_t size() const noexcept { return queue_.size(); }

 private:
  struct Earlier {
    bool operator()(const persistence::Deadline& a, const persistence::Deadline& b) const {
      return std::tie(a.at, a.reservation.low, a.offering)
             < std::tie(b.at, b.reservation.low, b.offering);
    }
  };

  static bool is_hold(const persistence::Deadline& deadline) {
    return deadline.reservation != engine::ReservationId{}
           && deadline.reservation != persistence::waiting_wake;
  }

  std::set<persistence::Deadline, Earlier> queue_;
  std::unordered_map<std::uint64_t, persistence::Deadline> hold_ends_;
};

}  // namespace cavea::actors
