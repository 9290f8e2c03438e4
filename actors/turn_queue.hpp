#pragma once

#include "actors/work.hpp"
#include "persistence/turn.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace cavea::actors {

/// Microseconds of a clock that never goes back.
[[nodiscard]] inline std::uint64_t steady_us() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

[[nodiscard]] inline std::int64_t steady_ms() {
  return static_cast<std::int64_t>(steady_us() / 1'000);
}

/// A turn on its way to the disk, with everything that rests on it.
struct TurnInFlight {
  std::uint64_t number = 0;  ///< Turns of a shard count from 1 since its start.
  std::uint64_t index = 0;   ///< Raft index of its entry.
  std::shared_ptr<const persistence::Turn> turn;
  std::vector<WorkPtr> works;  ///< In the order of the decisions.
  std::uint64_t handed_in_us = 0;
};

/// Gathers what the offerings of a shard decide into turns, and keeps every answer back until the
/// turn it rests on is committed. Answers leave in the order of the decisions. A turn is closed at
/// `limits::changes_per_turn_max` changes or about `limits::entry_bytes_target` bytes.
class TurnQueue {
 public:
  /// Adds a decided work. One without a change rests on everything decided before it; when nothing
  /// is on its way, it may leave at once: it is given back.
  [[nodiscard]] WorkPtr add(WorkPtr work);

  /// Whether changes wait to be handed in.
  [[nodiscard]] bool has_gathered() const noexcept { return !gathering_.empty(); }

  [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_.size(); }

  /// The number of the turn that a change added now would be in.
  [[nodiscard]] std::uint64_t gathering() const noexcept {
    return needs_new_turn() ? next_number_ : gathering_.back().number;
  }

  /// The newest turn that carries a change, gathering or handed in; 0 when there was none.
  [[nodiscard]] std::uint64_t newest() const noexcept { return next_number_ - 1; }

  /// Takes the oldest gathered turn; `begin_flight` must follow with its index.
  [[nodiscard]] TurnInFlight take();

  void begin_flight(TurnInFlight flight);

  /// The oldest turn with an index up to `commit`, in order; nothing when there is none left.
  [[nodiscard]] std::optional<TurnInFlight> next_committed(std::uint64_t commit);

 private:
  struct Gathering {
    std::uint64_t number = 0;
    persistence::Turn turn;
    std::vector<WorkPtr> works;
    std::size_t bytes = 0;  ///< About what its entry will have.
  };

  [[nodiscard]] bool needs_new_turn() const noexcept;

  std::uint64_t next_number_ = 1;
  std::deque<Gathering> gathering_;
  std::deque<TurnInFlight> in_flight_;
};

}  // namespace cavea::actors
