#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cavea::outbound::payment {

/// Keeps requests away from a provider that is down, so that they fail at once instead of after a
/// long wait, and so that the provider can recover (M. Nygard, "Release It!"). Closed: everything
/// goes through, and it counts. When too large a part of the calls of the last seconds failed it
/// opens: nothing goes through. After a while it is half open: a few calls try; the first failure
/// opens it again, enough successes close it. Knows no clock: times are arguments, and never go
/// back.
class CircuitBreaker {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Rules {
    std::chrono::milliseconds window{10'000};  ///< Calls that ended before it do not count.
    std::uint32_t calls_min = 20;              ///< With fewer calls in the window it stays closed.
    std::uint32_t failed_percent = 50;         ///< From this part on it opens; 1 to 100.
    std::chrono::milliseconds open_time{5'000};
    std::uint32_t trials = 3;  ///< Calls at once while half open, and successes that close it.
  };

  enum class State : std::uint8_t { closed = 0, open = 1, half_open = 2 };

  /// Leave for one call; its end is reported with it.
  struct Pass {
    std::uint64_t period = 0;  ///< Results of calls from before a change of state mean nothing.
  };

  /// `neutral`: says nothing about the provider's health.
  enum class Outcome : std::uint8_t { succeeded = 0, failed = 1, neutral = 2 };

  explicit CircuitBreaker(const Rules& rules) : rules_(rules) {}

  /// Nothing: do not call.
  [[nodiscard]] std::optional<Pass> admit(Time now);

  /// To be told once for every pass. Returns whether the state changed.
  bool finish(Pass pass, Outcome outcome, Time now);

  [[nodiscard]] State state(Time now) const;

 private:
  static constexpr std::size_t slot_count = 10;

  /// Calls that ended in one tenth of the window.
  struct Slot {
    std::int64_t number = -1;
    std::uint32_t succeeded = 0;
    std::uint32_t failed = 0;
  };

  void enter(State state, Time now);
  void finish_trial(Outcome outcome, Time now);
  void count(Outcome outcome, Time now);
  [[nodiscard]] bool has_failed_too_often(Time now) const;
  [[nodiscard]] std::int64_t slot_number(Time now) const;

  Rules rules_;
  State state_ = State::closed;
  std::uint64_t period_ = 0;
  Time opened_at_{};
  std::array<Slot, slot_count> slots_{};
  std::uint32_t trials_running_ = 0;
  std::uint32_t trials_succeeded_ = 0;
};

[[nodiscard]] std::string_view name_of(CircuitBreaker::State state) noexcept;

}  // namespace cavea::outbound::payment
