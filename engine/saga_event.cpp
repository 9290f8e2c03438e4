#include "engine/saga_event.hpp"

#include "engine/saga.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace cavea::engine {

namespace {

std::size_t places_left_in(const Saga& saga) {
  std::size_t places = 0;
  for (const auto& leg : saga.legs) {
    places += static_cast<std::size_t>(std::count_if(
        leg.lines.begin(), leg.lines.end(), [&](const auto& line) { return is_kept(leg, line); }));
  }
  return places;
}

/// Why it is released, where a step decided that.
SagaEvent end_of(const Saga& before, const Saga& after) {
  const bool was_refused = std::any_of(after.legs.begin(), after.legs.end(), [](const auto& leg) {
    return leg.refusal.has_value();
  });
  if (after.was_confirmed) return SagaEvent::cancelled;
  if (was_refused && after.rescue == RescueState::none) return SagaEvent::rejected;
  if (after.cause != Cause::deadline) return SagaEvent::cancelled;
  const bool was_tried = after.rescue == RescueState::failed && before.rescue != after.rescue;
  return was_tried ? SagaEvent::rescue_failed : SagaEvent::expired;
}

/// Whether nobody paid in time for what an exchange was to take.
bool has_expired(const std::optional<SagaExchange>& exchange) {
  if (!exchange || exchange->takes->deadline == Timestamp{}) return false;
  const auto& taking = *exchange->takes;
  return taking.rescue == RescueState::none && status_of(taking) == SagaStatus::expired;
}

/// With what an exchange under way has.
struct MoneySums {
  Money captured;
  Money refund_due;
  Money refunded;

  explicit MoneySums(const Saga& saga)
      : captured(saga.captured()), refund_due(saga.refund_due()), refunded(saga.refunded()) {
    if (!saga.exchange) return;
    const MoneySums taking(*saga.exchange->takes);
    captured.minor += taking.captured.minor;
    refund_due.minor += taking.refund_due.minor;
    refunded.minor += taking.refunded.minor;
  }
};

bool has_payment_failed(const SagaPayment& before, const SagaPayment& after) {
  const bool is_possible = after.state == MoneyState::open || after.state == MoneyState::closed;
  return is_possible && !after.last_error.empty() && after.last_error != before.last_error;
}

}  // namespace

SagaEvents events_between(const Saga& before, const Saga& after) {
  const auto& paid_before = before.payment;
  const auto& paid_after = after.payment;
  const bool is_released = after.goal == SagaGoal::release;
  SagaEvents events;
  const auto add = [&](SagaEvent event, bool is_so) {
    if (is_so) events.add(event);
  };
  add(SagaEvent::held, before.deadline == Timestamp{} && after.deadline != Timestamp{});
  add(SagaEvent::extended, after.extensions > before.extensions);
  add(SagaEvent::payment_started, paid_after.attempt > paid_before.attempt);
  add(SagaEvent::payment_failed, !is_released && has_payment_failed(paid_before, paid_after));
  const MoneySums sums_before(before);
  const MoneySums sums_after(after);
  add(SagaEvent::paid, sums_after.captured > sums_before.captured);
  add(SagaEvent::rescued, after.rescue == RescueState::done && before.rescue != RescueState::done);
  add(SagaEvent::confirmed, after.was_confirmed && !before.was_confirmed);
  // What goes while legs are still being taken, nobody was told of.
  const bool was_held = before.deadline != Timestamp{} || before.was_confirmed;
  const bool is_exchanged = !before.legs.empty() && after.legs.size() > before.legs.size();
  add(SagaEvent::exchanged, is_exchanged);
  add(SagaEvent::places_given_back,
      was_held && !is_released && !is_exchanged && places_left_in(after) < places_left_in(before));
  if (is_released && before.goal != SagaGoal::release) events.add(end_of(before, after));
  const bool is_lost = sums_after.refunded < sums_before.refunded;
  add(SagaEvent::refund_asked, is_lost || sums_after.refund_due > sums_before.refund_due);
  add(SagaEvent::refunded, sums_after.refunded > sums_before.refunded);
  add(SagaEvent::exchange_expired, has_expired(after.exchange) && !has_expired(before.exchange));
  return events;
}

}  // namespace cavea::engine
