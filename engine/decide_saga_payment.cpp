#include "engine/saga_turn.hpp"

#include <algorithm>

namespace cavea::engine {

namespace {

/// Makes the id of a leg that is claimed a second time.
constexpr std::uint64_t rescued_id_bits = 0x5245'5343'5545'0000ULL;

}  // namespace

// ---- What the provider says ---------------------------------------------------------------------

SagaDecision SagaTurn::on(const PaymentAnswered& input) {
  if (saga_.legs.empty()) return Refusal(Rejection::reservation_not_found);
  const auto before = saga_.payment;
  const auto goal = saga_.goal;
  if (const auto* payment = std::get_if<Payment>(&input.answer)) {
    // One of an attempt before: its money is looked after by the job that compares.
    const bool is_ours = saga_.payment.id.value.empty() || saga_.payment.id == payment->id;
    if (!is_ours) return {};
    on_payment(*payment, input.is_notice);
  } else {
    on_failure(std::get<PaymentFailure>(input.answer));
  }
  const auto& after = saga_.payment;
  const bool is_same = goal == saga_.goal && before.state == after.state && before.id == after.id
                       && before.captured == after.captured && before.refunded == after.refunded
                       && before.refund_due == after.refund_due
                       && before.is_unclear == after.is_unclear
                       && before.last_error == after.last_error;
  if (is_same) return {};
  return changed();
}

void SagaTurn::on_payment(const Payment& payment, bool is_notice) {
  auto& ours = saga_.payment;
  if (ours.state == MoneyState::none) return;
  ours.is_unclear = false;
  ours.id = payment.id;
  if (!payment.client_secret.empty()) ours.client_secret = payment.client_secret;
  ours.last_error = payment.last_error;
  if (payment.refunded && *payment.refunded > ours.refunded) ours.refunded = *payment.refunded;
  switch (payment.status) {
    case PaymentStatus::requires_payment_method:
    case PaymentStatus::requires_confirmation:
    case PaymentStatus::requires_action:
    case PaymentStatus::processing:
      if (ours.state == MoneyState::wanted) ours.state = MoneyState::open;
      // The money could not be taken: the customer may try again. A notice may be old.
      if (ours.state == MoneyState::authorised && !is_notice) on_payment_failed();
      return;
    case PaymentStatus::requires_capture:
      if (ours.state == MoneyState::captured || ours.state == MoneyState::authorised) return;
      on_authorised();
      return;
    case PaymentStatus::succeeded:
      if (payment.captured > ours.captured) ours.captured = payment.captured;
      if (ours.state != MoneyState::captured) on_captured();
      return;
    case PaymentStatus::canceled:
      if (ours.state != MoneyState::captured) on_closed();
      return;
  }
}

void SagaTurn::on_payment_failed() {
  saga_.payment.state = MoneyState::open;
  if (saga_.rescue == RescueState::done || saga_.goal == SagaGoal::release) {
    return release(Cause::deadline);
  }
  saga_.goal = SagaGoal::hold;
  saga_.pinned_until = {};
}

void SagaTurn::on_authorised() {
  auto& payment = saga_.payment;
  payment.state = MoneyState::authorised;
  if (saga_.goal == SagaGoal::hold && has_all(LegState::held)) {
    // Paid in time, or while the provider was asked to give up: the places are still here.
    saga_.goal = SagaGoal::confirm;
    saga_.pinned_until = std::max(now_, saga_.deadline) + saga_limits::pin_max;
  } else if (saga_.goal == SagaGoal::release) {
    rescue_when_all_gone();
    if (!may_rescue() && saga_.goal == SagaGoal::release) payment.state = MoneyState::closing;
  }
}

void SagaTurn::on_captured() {
  saga_.payment.state = MoneyState::captured;
  switch (saga_.goal) {
    case SagaGoal::confirm:
      return;
    case SagaGoal::hold:
      if (has_all(LegState::held)) saga_.goal = SagaGoal::confirm;
      return;
    case SagaGoal::release:
      rescue_when_all_gone();
      if (!may_rescue() && saga_.goal == SagaGoal::release) {
        saga_.payment.refund_due = saga_.payment.captured;
      }
      return;
  }
}

void SagaTurn::on_closed() {
  auto& payment = saga_.payment;
  const bool was_wanted = payment.state != MoneyState::closing;
  payment.state = MoneyState::closed;
  if (saga_.goal == SagaGoal::release) return;
  saga_.pinned_until = {};
  if (saga_.rescue != RescueState::none) {
    saga_.rescue = RescueState::failed;
    return release(Cause::deadline);
  }
  if (!was_wanted || now_ >= saga_.deadline) return release(Cause::deadline);
  // The authorisation is gone before the deadline: another try is possible.
  saga_.goal = SagaGoal::hold;
}

void SagaTurn::on_failure(const PaymentFailure& failure) {
  auto& payment = saga_.payment;
  if (failure.payment) return on_payment(*failure.payment, false);
  payment.last_error = failure.message;
  if (failure.kind == PaymentFailure::Kind::unavailable) return;
  if (payment.state == MoneyState::wanted
      || (payment.state == MoneyState::closing && payment.id.value.empty())) {
    // It was never made.
    on_closed();
    if (saga_.goal == SagaGoal::hold) payment.state = MoneyState::closed;
    return;
  }
  // The provider does not do what we thought it would: first see how the payment stands.
  payment.is_unclear = true;
}

/// Only who came too late is rescued: who cancelled gets the money back.
bool SagaTurn::may_rescue() const {
  return saga_.cause == Cause::deadline && saga_.rescue == RescueState::none;
}

/// Places that are being given back cannot be kept; once they are, they are claimed anew.
void SagaTurn::rescue_when_all_gone() {
  const auto money = saga_.payment.state;
  const bool has_money = money == MoneyState::authorised || money == MoneyState::captured;
  if (!has_money || !may_rescue() || !has_none()) return;
  saga_.rescue = RescueState::claiming;
  saga_.goal = SagaGoal::hold;
  saga_.pinned_until = now_ + saga_limits::pin_max;
  for (auto& leg : saga_.legs) {
    for (auto& line : leg.lines) line.given_back = false;
    leg.claim = SamePlaces{leg.lines};
    leg.state = LegState::wanted;
    // The old id has ended with the old hold.
    leg.reservation.low ^= rescued_id_bits;
  }
}

}  // namespace cavea::engine
