#include "outbound/payment/circuit_breaker.hpp"

#include <algorithm>

namespace cavea::outbound::payment {

std::optional<CircuitBreaker::Pass> CircuitBreaker::admit(Time now) {
  if (state_ == State::open) {
    if (now - opened_at_ < rules_.open_time) return std::nullopt;
    enter(State::half_open, now);
  }
  if (state_ == State::half_open) {
    // Those that succeeded keep their place: no more are tried than are needed to close it.
    if (trials_running_ + trials_succeeded_ >= rules_.trials) return std::nullopt;
    ++trials_running_;
  }
  return Pass{period_};
}

bool CircuitBreaker::finish(Pass pass, Outcome outcome, Time now) {
  if (pass.period != period_) return false;
  const auto before = state_;
  if (state_ == State::half_open) {
    finish_trial(outcome, now);
  } else {
    count(outcome, now);
    if (outcome == Outcome::failed && has_failed_too_often(now)) enter(State::open, now);
  }
  return state_ != before;
}

CircuitBreaker::State CircuitBreaker::state(Time now) const {
  if (state_ == State::open && now - opened_at_ >= rules_.open_time) return State::half_open;
  return state_;
}

void CircuitBreaker::finish_trial(Outcome outcome, Time now) {
  --trials_running_;
  switch (outcome) {
    case Outcome::failed:
      enter(State::open, now);
      return;
    case Outcome::succeeded:
      if (++trials_succeeded_ >= rules_.trials) enter(State::closed, now);
      return;
    case Outcome::neutral:
      return;
  }
}

void CircuitBreaker::enter(State state, Time now) {
  state_ = state;
  ++period_;
  slots_ = {};
  trials_running_ = 0;
  trials_succeeded_ = 0;
  if (state == State::open) opened_at_ = now;
}

void CircuitBreaker::count(Outcome outcome, Time now) {
  const auto number = slot_number(now);
  auto& slot = slots_[static_cast<std::size_t>(number) % slot_count];
  if (slot.number != number) slot = Slot{.number = number};
  if (outcome == Outcome::succeeded) ++slot.succeeded;
  if (outcome == Outcome::failed) ++slot.failed;
}

bool CircuitBreaker::has_failed_too_often(Time now) const {
  const auto oldest = slot_number(now) - static_cast<std::int64_t>(slot_count) + 1;
  std::uint64_t failed = 0;
  std::uint64_t all = 0;
  for (const auto& slot : slots_) {
    if (slot.number < oldest) continue;
    failed += slot.failed;
    all += slot.failed + slot.succeeded;
  }
  return all >= rules_.calls_min && failed * 100 >= all * rules_.failed_percent;
}

std::int64_t CircuitBreaker::slot_number(Time now) const {
  const auto width = std::max<std::chrono::nanoseconds>(
      std::chrono::nanoseconds(rules_.window) / static_cast<int>(slot_count),
      std::chrono::nanoseconds(1));
  return now.time_since_epoch() / width;
}

std::string_view name_of(CircuitBreaker::State state) noexcept {
  switch (state) {
    case CircuitBreaker::State::closed:
      return "closed";
    case CircuitBreaker::State::open:
      return "open";
    case CircuitBreaker::State::half_open:
      return "half_open";
  }
  return "unknown";
}

}  // namespace cavea::outbound::payment
