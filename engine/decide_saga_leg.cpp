#include "engine/decide_one.hpp"
#include "engine/saga_turn.hpp"

#include <algorithm>
#include <utility>

namespace cavea::engine {

// ---- What offerings answer ----------------------------------------------------------------------

SagaDecision SagaTurn::on(const LegAnswered& input) {
  if (input.leg >= saga_.legs.size()) return {};
  auto& leg = saga_.legs[input.leg];
  if (leg.state == LegState::gone || leg.state == LegState::refused) return {};
  if (const auto* view = std::get_if<LegView>(&input.answer)) {
    // An answer to what the saga asked before it claimed the places anew.
    if (view->reservation.id != leg.reservation) return {};
    on_leg(leg, *view);
  } else {
    on_leg(leg, std::get<Rejection>(input.answer));
  }
  return changed();
}

void SagaTurn::on_leg(SagaLeg& leg, const LegView& view) {
  const auto status = view.reservation.status;
  const bool is_taken = status == ReservationStatus::held || status == ReservationStatus::confirmed;
  if (!is_taken) {
    // Given back: because the saga asked, or because the offering was cancelled.
    on_given_back(leg, view);
    leg.lines = view.reservation.lines;
    for (auto& line : leg.lines) line.given_back = true;
    leg.state = LegState::gone;
    leg.giving_back.reset();
    if (saga_.goal == SagaGoal::release) {
      rescue_when_all_gone();
    } else if (has_none() || !saga_.was_confirmed) {
      release(view.reservation.cause);
    }
    return;
  }
  switch (leg.state) {
    case LegState::wanted:
    case LegState::found:
      on_held(leg, view);
      on_all_held();
      return;
    case LegState::held:
      on_given_back(leg, view);
      leg.lines = view.reservation.lines;
      leg.version = view.reservation.version;
      if (status == ReservationStatus::confirmed) leg.state = LegState::sold;
      if (has_all(LegState::sold) && saga_.goal == SagaGoal::confirm) {
        saga_.was_confirmed = true;
        saga_.pinned_until = {};
      }
      return;
    case LegState::sold:
      on_given_back(leg, view);
      leg.lines = view.reservation.lines;
      leg.version = view.reservation.version;
      return;
    case LegState::gone:
    case LegState::refused:
      return;
  }
}

/// Lines that were not marked before and are now: their money goes back.
void SagaTurn::on_given_back(SagaLeg& leg, const LegView& view) {
  const auto asked = std::exchange(leg.giving_back, std::nullopt);
  if (leg.state != LegState::sold || saga_.goal == SagaGoal::release) return;
  const bool has_ended = view.reservation.status == ReservationStatus::cancelled
                         || view.reservation.status == ReservationStatus::expired;
  for (const auto& line : view.reservation.lines) {
    if (!line.given_back && !has_ended) continue;
    const auto before = std::find_if(leg.lines.begin(), leg.lines.end(), [&](const auto& old) {
      return old.place == line.place;
    });
    if (before == leg.lines.end() || before->given_back) continue;
    const auto cause = asked ? asked->cause : view.reservation.cause;
    owe(leg, asked ? asked->asked_at : now_, cause, line.price);
  }
}

void SagaTurn::on_held(SagaLeg& leg, const LegView& view) {
  leg.state = LegState::held;
  leg.lines = view.reservation.lines;
  leg.version = view.reservation.version;
  leg.starts_at = view.starts_at;
  leg.cancellation_cutoff = view.cancellation_cutoff;
  leg.refund_policy = view.refund_policy;
  leg.refusal.reset();
  if (saga_.hold_time.ms == 0 || view.hold_time < saga_.hold_time) {
    saga_.hold_time = view.hold_time;
  }
  saga_.currency = view.reservation.currency;
}

void SagaTurn::on_all_held() {
  if (!has_all(LegState::held) || saga_.goal != SagaGoal::hold) return;
  if (saga_.rescue == RescueState::claiming) {
    saga_.rescue = RescueState::done;
    saga_.goal = SagaGoal::confirm;
    saga_.pinned_until = now_ + saga_limits::pin_max;
    return;
  }
  if (saga_.deadline == Timestamp{}) saga_.deadline = whole_second(now_ + saga_.hold_time);
}

/// Places that cost nothing are sold at once.
void SagaTurn::sell_when_free() {
  const bool is_free = saga_.goal == SagaGoal::hold && saga_.deadline != Timestamp{}
                       && has_all(LegState::held) && saga_.rescue == RescueState::none
                       && saga_.payment.state == MoneyState::none && saga_.total().minor == 0;
  if (is_free) saga_.goal = SagaGoal::confirm;
}

void SagaTurn::on_leg(SagaLeg& leg, Rejection why) {
  if (leg.giving_back && leg.state != LegState::wanted && saga_.goal != SagaGoal::release) {
    // Nothing of it can be given back like that; who asked is told.
    leg.giving_back.reset();
    return;
  }
  if (saga_.goal == SagaGoal::release) {
    // What is not there any more need not be given back.
    leg.state = LegState::gone;
    rescue_when_all_gone();
    return;
  }
  if (leg.state == LegState::found) {
    // It ended before it could be taken over.
    leg.state = LegState::gone;
    return release(Cause::deadline);
  }
  if (leg.state == LegState::held && why == Rejection::reservation_not_held) {
    // Sold by the same step before.
    leg.state = LegState::sold;
    if (has_all(LegState::sold)) {
      saga_.was_confirmed = true;
      saga_.pinned_until = {};
    }
    return;
  }
  leg.state = LegState::refused;
  leg.refusal = why;
  if (saga_.rescue != RescueState::none) saga_.rescue = RescueState::failed;
  release(saga_.rescue == RescueState::none ? Cause::user : Cause::deadline);
}

// ---- Giving back --------------------------------------------------------------------------------

/// Adds what a place that goes back is worth by the policy of its leg.
void SagaTurn::owe(const SagaLeg& leg, Timestamp asked_at, Cause cause, Money price) {
  if (saga_.payment.state != MoneyState::captured) return;
  std::int64_t percent = 0;
  // Without a policy everything is given back: the cut-off has said already that it is in time.
  if (cause != Cause::user || leg.refund_policy.empty()) {
    percent = 100;
  } else {
    for (const auto& step : leg.refund_policy) {
      if (asked_at > leg.starts_at - step.before_start) continue;
      percent = step.percent;
      break;
    }
  }
  auto& payment = saga_.payment;
  const auto due = payment.refund_due.minor + price.minor * percent / 100;
  payment.refund_due.minor = std::min(due, payment.captured.minor);
}

void SagaTurn::release(Cause cause) {
  saga_.goal = SagaGoal::release;
  saga_.cause = cause;
  saga_.pinned_until = {};
  bool may_be_asked = true;
  for (auto& leg : saga_.legs) {
    leg.giving_back.reset();
    if (leg.state == LegState::found) leg.state = LegState::held;
    if (leg.state != LegState::wanted) continue;
    // The first that is wanted may have been asked for, and be held when the answer comes.
    leg.state = std::exchange(may_be_asked, false) ? LegState::held : LegState::gone;
  }
  auto& payment = saga_.payment;
  switch (payment.state) {
    case MoneyState::none:
    case MoneyState::closing:
    case MoneyState::closed:
      break;
    case MoneyState::wanted:
    case MoneyState::open:
    case MoneyState::authorised:
      payment.state = MoneyState::closing;
      break;
    case MoneyState::captured:
      // Places that were never sold are paid back whole.
      if (!saga_.was_confirmed) payment.refund_due = payment.captured;
      break;
  }
}

}  // namespace cavea::engine
