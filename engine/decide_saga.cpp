#include "engine/decide_one.hpp"
#include "engine/saga_turn.hpp"

#include <algorithm>
#include <utility>

namespace cavea::engine {

bool SagaTurn::has_none() const {
  return std::all_of(saga_.legs.begin(), saga_.legs.end(), [](const auto& leg) {
    return leg.state == LegState::gone || leg.state == LegState::refused;
  });
}

bool SagaTurn::is_giving_back() const {
  return std::any_of(saga_.legs.begin(), saga_.legs.end(), [](const auto& leg) {
    return leg.giving_back.has_value();
  });
}

SagaDecision SagaTurn::changed() {
  sell_when_free();
  // One refund after the other: two that are under way together could give back too much.
  const auto ask_next = [](SagaPayment& payment) {
    if (payment.refunded >= payment.refund_asked) payment.refund_asked = payment.refund_due;
  };
  ask_next(saga_.payment);
  std::for_each(saga_.more_payments.begin(), saga_.more_payments.end(), ask_next);
  saga_.changed_at = now_;
  ++saga_.version;
  return std::move(saga_);
}

// ---- What people want ---------------------------------------------------------------------------

SagaDecision SagaTurn::on(const BeginReservation& input) {
  if (!saga_.legs.empty()) return {};
  if (input.legs.empty()) return Refusal(Rejection::claim_is_empty);
  if (input.legs.size() > saga_limits::legs_max) return Refusal(Rejection::claim_too_large);
  saga_.user = input.user;
  saga_.created_at = now_;
  for (const auto& wanted : input.legs) {
    SagaLeg leg;
    leg.offering = wanted.offering;
    leg.claim = wanted.claim;
    leg.reservation = wanted.reservation;
    saga_.legs.push_back(std::move(leg));
  }
  return changed();
}

SagaDecision SagaTurn::on(const TakeOver& input) {
  if (!saga_.legs.empty()) return {};
  const auto& reservation = input.leg.reservation;
  switch (reservation.status) {
    case ReservationStatus::held:
      break;
    case ReservationStatus::confirmed:
      if (!input.is_for_exchange) return Refusal(Rejection::reservation_not_held);
      return take_over_sold(input.leg);
    case ReservationStatus::expired:
    case ReservationStatus::cancelled:
      return Refusal(Rejection::reservation_has_ended);
  }
  if (now_ >= reservation.held_until) {
    Refusal refusal(Rejection::hold_has_expired);
    refusal.at = reservation.held_until;
    return refusal;
  }
  add_found(input.leg);
  saga_.hold_time = input.leg.hold_time;
  saga_.deadline = reservation.held_until;
  return changed();
}

/// What cost nothing, or was paid at the box office: there is no deadline and no payment of ours.
SagaDecision SagaTurn::take_over_sold(const LegView& view) {
  add_found(view);
  saga_.goal = SagaGoal::confirm;
  saga_.was_confirmed = true;
  saga_.payment.amount = view.reservation.total();
  return changed();
}

void SagaTurn::add_found(const LegView& view) {
  const auto& reservation = view.reservation;
  saga_.user = reservation.user;
  saga_.created_at = reservation.created_at;
  SagaLeg leg;
  leg.offering = reservation.offering;
  leg.reservation = reservation.id;
  leg.claim = Quantity{static_cast<std::uint32_t>(reservation.lines.size())};
  on_held(leg, view);
  leg.state = LegState::found;
  saga_.legs.push_back(std::move(leg));
}

std::optional<Refusal> SagaTurn::refuse_unless_held() const {
  if (saga_.legs.empty()) return Refusal(Rejection::reservation_not_found);
  if (saga_.goal == SagaGoal::release) return Refusal(Rejection::reservation_has_ended);
  if (saga_.goal == SagaGoal::confirm) return Refusal(Rejection::reservation_not_held);
  if (saga_.deadline == Timestamp{}) return Refusal(Rejection::reservation_not_held);
  if (now_ >= saga_.deadline) {
    Refusal refusal(Rejection::hold_has_expired);
    refusal.at = saga_.deadline;
    return refusal;
  }
  return std::nullopt;
}

SagaDecision SagaTurn::on(const StartPayment& /*input*/) {
  auto& payment = saga_.payment;
  // A second click finds the payment of the first.
  const bool is_under_way =
      payment.state != MoneyState::none && payment.state != MoneyState::closed;
  if (!saga_.legs.empty() && saga_.goal != SagaGoal::release && is_under_way) return {};
  if (auto refusal = refuse_unless_held()) return *std::move(refusal);
  // In a moment it is known what they cost.
  if (is_giving_back()) return Refusal(Rejection::payment_under_way);
  const auto attempt = payment.attempt + 1;
  payment = {};
  payment.attempt = attempt;
  payment.state = MoneyState::wanted;
  payment.amount = saga_.due();
  return changed();
}

SagaDecision SagaTurn::on(const ExtendHold& /*input*/) {
  if (auto refusal = refuse_unless_held()) return *std::move(refusal);
  if (saga_.extensions >= saga_limits::extensions_max) {
    return Refusal(Rejection::hold_cannot_be_extended);
  }
  ++saga_.extensions;
  saga_.deadline = whole_second(saga_.deadline + saga_.hold_time);
  return changed();
}

SagaDecision SagaTurn::on(const CancelPlaces& input) {
  if (saga_.legs.empty()) return Refusal(Rejection::reservation_not_found);
  if (saga_.goal == SagaGoal::release) return Refusal(Rejection::reservation_has_ended);
  // Money is on its way from the customer to us: in a moment it is known what can be cancelled.
  if (saga_.goal == SagaGoal::confirm && !saga_.was_confirmed) {
    return Refusal(Rejection::payment_under_way);
  }
  if (input.part) return cancel_part(*input.part, input.cause);
  return cancel_all(input.cause);
}

SagaDecision SagaTurn::on(const OfferingGone& input) {
  const auto leg = std::find_if(saga_.legs.begin(), saga_.legs.end(), [&](const auto& one) {
    return one.reservation == input.reservation;
  });
  if (leg == saga_.legs.end()) return Refusal(Rejection::reservation_not_found);
  const auto index = static_cast<std::uint32_t>(leg - saga_.legs.begin());
  CancelPlaces cancel{.part = {}, .cause = Cause::offering_cancelled};
  if (saga_.was_confirmed) cancel.part = CancelPlaces::Part{.leg = index, .seats = {}};
  return on(cancel);
}

std::optional<Refusal> SagaTurn::refuse_by_cutoff(const SagaLeg& leg, Cause cause) const {
  const auto last = leg.starts_at - leg.cancellation_cutoff;
  if (cause != Cause::user || !saga_.was_confirmed || now_ <= last) return std::nullopt;
  Refusal refusal(Rejection::cancellation_cutoff_passed);
  refusal.at = last;
  return refusal;
}

SagaDecision SagaTurn::cancel_all(Cause cause) {
  for (const auto& leg : saga_.legs) {
    if (leg.state != LegState::sold && leg.state != LegState::found) continue;
    if (auto refusal = refuse_by_cutoff(leg, cause)) return *std::move(refusal);
    // In a moment it is known what is left to be paid back.
    if (leg.giving_back) return Refusal(Rejection::payment_under_way);
  }
  for (const auto& leg : saga_.legs) {
    if (leg.state != LegState::sold) continue;
    for (const auto& line : leg.lines) {
      if (!line.given_back) owe(leg, now_, cause, line.price);
    }
  }
  if (auto refusal = drop_exchange(cause)) return *std::move(refusal);
  release(cause);
  return changed();
}

SagaDecision SagaTurn::cancel_part(const CancelPlaces::Part& part, Cause cause) {
  if (part.leg >= saga_.legs.size()) return Refusal(Rejection::place_not_in_reservation);
  auto& leg = saga_.legs[part.leg];
  // In a moment it is known what can be given back.
  const bool is_found = saga_.was_confirmed && leg.state == LegState::found;
  if (leg.giving_back || is_found) return Refusal(Rejection::payment_under_way);
  if (leg.state != LegState::held && leg.state != LegState::sold) {
    return Refusal(Rejection::place_not_in_reservation);
  }
  // The amount of a payment is fixed when it is made.
  const bool is_paying =
      saga_.payment.state != MoneyState::none && saga_.payment.state != MoneyState::closed;
  if (leg.state == LegState::held && is_paying) return Refusal(Rejection::payment_under_way);
  if (auto refusal = refuse_by_cutoff(leg, cause)) return *std::move(refusal);
  if (auto refusal = refuse_exchanged(leg, cause)) return *std::move(refusal);
  GiveBack asked;
  asked.seats = part.seats;
  asked.quantity = part.quantity;
  asked.asked_at = now_;
  asked.cause = cause;
  asked.number = saga_.version + 1;
  leg.giving_back = std::move(asked);
  return changed();
}

// ---- What the clock says ------------------------------------------------------------------------

SagaDecision SagaTurn::on(const DeadlineCame& /*input*/) {
  const auto at = own_wake_at(saga_);
  if (saga_.legs.empty() || !at || now_ < *at) return {};
  const auto money = saga_.payment.state;
  const bool is_open = money == MoneyState::wanted || money == MoneyState::open;
  if (saga_.goal == SagaGoal::hold && saga_.pinned_until == Timestamp{} && is_open) {
    // The provider knows whether it was paid in the last moment.
    close_payment(true);
    saga_.pinned_until = now_ + saga_limits::pin_max;
  } else {
    // Pinned: nobody could say in time whether the money came. The places go, the question stays.
    release(Cause::deadline);
  }
  return changed();
}

SagaDecision decide(const Saga& saga, const SagaInput& input, Timestamp now) {
  if (is_for_exchange(saga, input, now)) return SagaTurn(saga, now).on_exchange(input);
  return std::visit([&](const auto& one) { return SagaTurn(saga, now).on(one); }, input);
}

}  // namespace cavea::engine
