#include "engine/decide_one.hpp"
#include "engine/saga_turn.hpp"

#include <algorithm>
#include <optional>
#include <type_traits>
#include <utility>

namespace cavea::engine {

namespace {

bool is_taken(const LegView& view) {
  return view.reservation.status == ReservationStatus::held
         || view.reservation.status == ReservationStatus::confirmed;
}

/// The places are not there any more, for this or any other command.
bool says_that_it_ended(Rejection why) {
  return why == Rejection::offering_not_found || why == Rejection::reservation_not_found
         || why == Rejection::reservation_has_ended;
}

/// A hold was not sold in time.
bool is_too_late(Rejection why) {
  return why == Rejection::hold_has_expired || why == Rejection::reservation_not_found
         || why == Rejection::reservation_has_ended;
}

/// Which leg a step is about.
std::optional<std::uint32_t> leg_of(const SagaWork& work) {
  return std::visit(
      [](const auto& one) -> std::optional<std::uint32_t> {
        if constexpr (std::is_same_v<std::decay_t<decltype(one)>, AskPayment>) {
          return std::nullopt;
        } else {
          return one.leg;
        }
      },
      work);
}

}  // namespace

// ---- What offerings answer ----------------------------------------------------------------------

SagaDecision SagaTurn::on(const LegAnswered& input) {
  if (input.leg >= saga_.legs.size()) return {};
  auto& leg = saga_.legs[input.leg];
  if (const auto* view = std::get_if<LegView>(&input.answer)) {
    if (!is_news(leg, *view)) return {};
    leg.version = view->reservation.version;
    on_leg(leg, *view);
    return changed();
  }
  const auto why = std::get<Rejection>(input.answer);
  const auto steps = steps_of(saga_);
  const bool is_asked = std::any_of(steps.begin(), steps.end(), [&](const auto& step) {
    return leg_of(step.work) == input.leg && (input.key.empty() || step.key == input.key);
  });
  if (!is_asked || is_worth_retrying(why)) return {};
  if (saga_.goal == SagaGoal::release && !says_that_it_ended(why)) return {};
  on_leg(leg, why);
  return changed();
}

/// Answers come late and more than once: only a newer one says something, and only about the places
/// that the leg is about now (a rescue claims anew).
bool SagaTurn::is_news(const SagaLeg& leg, const LegView& view) const {
  if (view.reservation.id != leg.reservation || view.reservation.version <= leg.version) {
    return false;
  }
  return !leg.is_over() || (saga_.goal == SagaGoal::release && is_taken(view));
}

void SagaTurn::on_leg(SagaLeg& leg, const LegView& view) {
  // Taken over when it was sold already.
  if (leg.state == LegState::found && saga_.was_confirmed) leg.state = LegState::sold;
  if (!is_taken(view)) return on_ended(leg, view);
  switch (leg.state) {
    case LegState::wanted:
    case LegState::found:
      on_held(leg, view);
      if (leg.refusal) return release(Cause::user);
      return on_all_held();
    case LegState::held:
    case LegState::sold:
      owe_given_back(leg, view, leg.giving_back);
      if (leg.lines != view.reservation.lines) leg.giving_back.reset();
      leg.lines = view.reservation.lines;
      if (view.reservation.status == ReservationStatus::confirmed) on_sold(leg);
      return;
    case LegState::gone:
    case LegState::refused:
      // Taken after all, by a command that came late: to be given back.
      leg.state = LegState::held;
      return;
  }
}

/// Given back as a whole: because the saga asked, or because the offering was cancelled.
void SagaTurn::on_ended(SagaLeg& leg, const LegView& view) {
  const auto asked = std::exchange(leg.giving_back, std::nullopt);
  const auto cause = view.reservation.cause;
  owe_given_back(leg, view, asked);
  leg.state = LegState::gone;
  // Those of a hold that ended too early keep their marks: a rescue claims them again.
  const bool is_wanted = asked && asked->cause == cause;
  if (is_wanted || saga_.was_confirmed) {
    for (auto& line : leg.lines) line.given_back = true;
  }
  if (saga_.goal == SagaGoal::release) {
    rescue_when_all_gone();
  } else if ((has_none() && !is_selling_exchange()) || !(is_wanted || saga_.was_confirmed)) {
    release(cause);
  } else {
    on_all_held();
  }
}

/// Lines of a sold leg that were not marked before and are now: their money goes back.
void SagaTurn::owe_given_back(
    const SagaLeg& leg, const LegView& view, const std::optional<GiveBack>& asked) {
  if (leg.state != LegState::sold || saga_.goal == SagaGoal::release) return;
  const auto cause = view.reservation.cause;
  const auto at = asked && asked->cause == cause ? asked->asked_at : now_;
  bool is_taken_away = false;
  for (const auto& before : leg.lines) {
    if (before.given_back) continue;
    const auto& lines = view.reservation.lines;
    const bool is_left = is_taken(view) && std::any_of(lines.begin(), lines.end(), [&](auto& line) {
                           return line.place == before.place && !line.given_back;
                         });
    if (is_left || (asked && contains(asked->exchanged, before.place))) continue;
    if (!is_to_go(leg, before.place)) {
      owe(leg, at, cause, before.price);
    } else if (is_selling_exchange()) {
      // Others are being sold for it.
      if (was_paid_here(leg)) saga_.exchange->lost.minor += before.price.minor;
    } else {
      owe(leg, at, cause, before.price);
      is_taken_away = true;
    }
  }
  if (is_taken_away) drop_exchange(cause);
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
  if (view.reservation.total().minor == 0) return;
  // All is paid at once, so in one currency.
  const auto currency = view.reservation.currency;
  if (saga_.currency == Currency{}) saga_.currency = currency;
  if (saga_.currency != currency) leg.refusal = Rejection::currencies_differ;
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

void SagaTurn::on_sold(SagaLeg& leg) {
  leg.state = LegState::sold;
  if (saga_.goal != SagaGoal::confirm || saga_.was_confirmed || !has_all(LegState::sold)) return;
  saga_.was_confirmed = true;
  saga_.pinned_until = {};
  // What went while it was being paid.
  auto& payment = saga_.payment;
  payment.refund_due.minor = std::max<std::int64_t>(payment.captured.minor - saga_.due().minor, 0);
}

/// Places that cost nothing are sold at once.
void SagaTurn::sell_when_free() {
  auto& payment = saga_.payment;
  const bool is_unpaid = payment.state == MoneyState::none || payment.state == MoneyState::closed;
  const bool is_free = saga_.goal == SagaGoal::hold && saga_.deadline != Timestamp{} && is_unpaid
                       && has_all(LegState::held) && !is_giving_back() && saga_.due().minor == 0;
  if (!is_free) return;
  payment.state = MoneyState::none;
  saga_.goal = SagaGoal::confirm;
}

/// A step that is wanted now was refused.
void SagaTurn::on_leg(SagaLeg& leg, Rejection why) {
  if (saga_.goal == SagaGoal::release) {
    leg.state = LegState::gone;
    return rescue_when_all_gone();
  }
  if (leg.giving_back) {
    return on_not_given_back(leg, why);
  }
  if (leg.state == LegState::held && why == Rejection::reservation_not_held) {
    // Sold by the same step before.
    return on_sold(leg);
  }
  if (leg.state == LegState::found && saga_.was_confirmed) return on_not_taken_over(leg, why);
  if (leg.state == LegState::found) {
    // It ended before it could be taken over.
    leg.state = LegState::gone;
    return release(Cause::deadline);
  }
  const bool was_held = leg.state == LegState::held;
  if (was_held && is_too_late(why)) return release(Cause::deadline);
  leg.state = LegState::refused;
  leg.refusal = why;
  if (was_held) return release(Cause::offering_cancelled);
  release(saga_.rescue == RescueState::none ? Cause::user : Cause::deadline);
}

/// What was sold ended before it could be taken over: its offering told of that. Nothing was taken
/// for it yet.
void SagaTurn::on_not_taken_over(SagaLeg& leg, Rejection why) {
  leg.state = LegState::refused;
  leg.refusal = why;
  for (auto& line : leg.lines) line.given_back = true;
  drop_exchange(Cause::user);
  release(Cause::user);
}

// ---- Giving back --------------------------------------------------------------------------------

/// Places cannot be given back as they were asked.
void SagaTurn::on_not_given_back(SagaLeg& leg, Rejection why) {
  const auto asked = *std::exchange(leg.giving_back, std::nullopt);
  // Who asked is told. But others were taken for what was exchanged: it went already, or all did.
  if (asked.exchanged.empty()) return;
  const bool has_ended = says_that_it_ended(why);
  for (auto& line : leg.lines) {
    const bool is_exchanged = contains(asked.exchanged, line.place);
    if (line.given_back || !(is_exchanged || has_ended)) continue;
    line.given_back = true;
    if (!is_exchanged) owe(leg, now_, Cause::offering_cancelled, line.price);
  }
  if (!has_ended) return;
  leg.state = LegState::gone;
  if (has_none()) release(Cause::offering_cancelled);
}

/// How much of the price of a place goes back by the policy of its leg.
std::int64_t SagaTurn::refund_percent(const SagaLeg& leg, Timestamp asked_at, Cause cause) const {
  // Without a policy everything is given back: the cut-off has said already that it is in time.
  if (cause != Cause::user || leg.refund_policy.empty()) return 100;
  for (const auto& step : leg.refund_policy) {
    if (asked_at <= leg.starts_at - step.before_start) return step.percent;
  }
  return 0;
}

/// What was sold before the saga was paid at the box office, which pays it back.
bool SagaTurn::was_paid_here(const SagaLeg& leg) const {
  return &leg != &saga_.legs.front() || saga_.paid_elsewhere().minor == 0;
}

/// Adds what a place that goes back is worth.
void SagaTurn::owe(const SagaLeg& leg, Timestamp asked_at, Cause cause, Money price) {
  if (!was_paid_here(leg)) return;
  owe_money({price.minor * refund_percent(leg, asked_at, cause) / 100});
}

/// From the first payment that has anything left.
void SagaTurn::owe_money(Money amount) {
  const auto owe_of = [&](SagaPayment& payment) {
    if (payment.state != MoneyState::captured) return;
    const auto left = payment.captured.minor - payment.refund_due.minor;
    const auto part = std::clamp<std::int64_t>(amount.minor, 0, std::max<std::int64_t>(left, 0));
    payment.refund_due.minor += part;
    amount.minor -= part;
  };
  owe_of(saga_.payment);
  std::for_each(saga_.more_payments.begin(), saga_.more_payments.end(), owe_of);
}

void SagaTurn::release(Cause cause) {
  saga_.goal = SagaGoal::release;
  saga_.cause = cause;
  saga_.pinned_until = {};
  if (saga_.rescue != RescueState::none && !saga_.was_confirmed) {
    saga_.rescue = RescueState::failed;
  }
  // The first that is wanted may have been asked for, and be held when the answer comes; unless one
  // before it was refused.
  bool may_be_asked = std::none_of(saga_.legs.begin(), saga_.legs.end(), [](const auto& leg) {
    return leg.state == LegState::refused;
  });
  for (auto& leg : saga_.legs) {
    leg.giving_back.reset();
    if (leg.state == LegState::found) leg.state = LegState::held;
    if (leg.state != LegState::wanted) continue;
    leg.state = std::exchange(may_be_asked, false) ? LegState::held : LegState::gone;
  }
  release_payment();
  rescue_when_all_gone();
}

}  // namespace cavea::engine
