#include "engine/reconciliation.hpp"
#include "engine/saga_turn.hpp"

#include <algorithm>
#include <utility>

namespace cavea::engine {

namespace {

/// Makes the id of a leg that is claimed a second time.
constexpr std::uint64_t rescued_id_bits = 0x5245'5343'5545'0000ULL;

bool is_same(const SagaPayment& a, const SagaPayment& b) {
  return a.state == b.state && a.id == b.id && a.client_secret == b.client_secret
         && a.captured == b.captured && a.refund_due == b.refund_due && a.refunded == b.refunded
         && a.refusals == b.refusals && a.is_unclear == b.is_unclear
         && a.last_error == b.last_error;
}

}  // namespace

// ---- What the provider says ---------------------------------------------------------------------

SagaDecision SagaTurn::on(const PaymentAnswered& input) {
  if (saga_.legs.empty()) return Refusal(Rejection::reservation_not_found);
  if (const auto number = other_payment_of(saga_, id_in(saga_, input))) {
    return on_other_payment(input, *number);
  }
  const auto before = saga_.payment;
  const auto goal = saga_.goal;
  const auto steps = steps_of(saga_);
  const bool is_asked =
      !input.is_notice && std::any_of(steps.begin(), steps.end(), [&](const auto& step) {
        return std::holds_alternative<AskPayment>(step.work)
               && (input.key.empty() || step.key == input.key);
      });
  if (const auto* payment = std::get_if<Payment>(&input.answer)) {
    // The money of an attempt before was given up: nothing can come of it.
    if (before.id != payment->id && !(is_asked && before.id.value.empty()) && !is_first(*payment)) {
      return {};
    }
    on_payment(*payment, !is_asked);
    const bool is_refund = is_asked && before.state == MoneyState::captured && !before.is_unclear;
    if (is_refund && payment->refunded) on_refund_answered();
  } else if (is_asked) {
    on_failure(std::get<PaymentFailure>(input.answer));
  }
  if (goal == saga_.goal && is_same(before, saga_.payment)) return {};
  return changed();
}

/// Whether a notice is about our first payment and has come before the answer that makes it known.
bool SagaTurn::is_first(const Payment& payment) const {
  const auto& ours = saga_.payment;
  return ours.state == MoneyState::wanted && ours.id.value.empty() && ours.attempt == 1
         && payment.amount == ours.amount;
}

SagaDecision SagaTurn::on(const ReconcilePayment& input) {
  if (saga_.legs.empty()) return Refusal(Rejection::reservation_not_found);
  if (const auto number = other_payment_of(saga_, input.payment.id)) {
    return on_other_payment(input, *number);
  }
  const auto& theirs = input.payment;
  auto& ours = saga_.payment;
  // What was read is older than what is known here, or the provider is being asked anyway.
  const bool is_as_it_was = saga_.version == input.version && ours.id == theirs.id;
  if (!is_as_it_was || !is_comparable(ours)) return Refusal(Rejection::payment_under_way);
  const auto difference = difference_between(ours, theirs);
  // What was captured is never more or less than before: somebody has to look.
  const bool is_repairable = difference && *difference != PaymentDifference::not_captured
                             && *difference != PaymentDifference::amount_differs;
  if (!is_repairable) return {};
  const auto before = ours;
  if (*difference == PaymentDifference::refund_lost) {
    // One that is under way may have been carried out meanwhile.
    if (ours.refunded < ours.refund_asked) return Refusal(Rejection::payment_under_way);
    // The key of the one that was lost would be answered the same way again.
    ++ours.refusals;
    ours.refunded = *theirs.refunded;
  } else {
    on_payment(theirs, true);
  }
  if (is_same(before, ours)) return {};
  return changed();
}

/// `may_be_old`: told by the provider itself, or an answer that came too late.
void SagaTurn::on_payment(const Payment& payment, bool may_be_old) {
  auto& ours = saga_.payment;
  const bool is_captured = payment.status == PaymentStatus::succeeded;
  if (ours.state == MoneyState::none) return;
  // Given up for good.
  if (ours.state == MoneyState::closed && !is_captured) return;
  ours.id = payment.id;
  if (!payment.client_secret.empty()) ours.client_secret = payment.client_secret;
  const bool was_unclear = ours.is_unclear;
  if (!may_be_old) {
    ours.is_unclear = false;
    ours.last_error = payment.last_error;
  }
  switch (payment.status) {
    case PaymentStatus::requires_payment_method:
    case PaymentStatus::requires_confirmation:
    case PaymentStatus::requires_action:
    case PaymentStatus::processing:
      if (ours.state == MoneyState::wanted) ours.state = MoneyState::open;
      // Nobody asks how an open payment stands: only a notice tells why a try to pay failed.
      if (ours.state == MoneyState::open) ours.last_error = payment.last_error;
      if (ours.state == MoneyState::authorised && !may_be_old) on_unpaid();
      return;
    case PaymentStatus::requires_capture:
      if (ours.state == MoneyState::authorised) {
        // It was refused to be captured, and it is not: the customer may pay in another way.
        if (was_unclear && !may_be_old && saga_.goal == SagaGoal::confirm) close_payment(false);
      } else if (ours.state != MoneyState::captured && saga_.goal != SagaGoal::confirm) {
        on_authorised();
      }
      return;
    case PaymentStatus::succeeded:
      on_captured(payment);
      return;
    case PaymentStatus::canceled:
      if (ours.state != MoneyState::captured) on_closed();
      return;
  }
}

/// It turned out not to be paid: the customer may try again.
void SagaTurn::on_unpaid() {
  saga_.payment.state = MoneyState::open;
  if (saga_.rescue != RescueState::none || now_ >= saga_.deadline) return release(Cause::deadline);
  saga_.goal = SagaGoal::hold;
  saga_.pinned_until = {};
}

void SagaTurn::on_authorised() {
  saga_.payment.state = MoneyState::authorised;
  saga_.payment.is_unclear = false;
  if (saga_.goal == SagaGoal::hold && has_all(LegState::held)) {
    // Paid in time, or while the provider was asked to give up: the places are still here.
    saga_.goal = SagaGoal::confirm;
    saga_.pinned_until = std::max(now_, saga_.deadline) + saga_limits::pin_max;
  } else if (saga_.goal == SagaGoal::release) {
    rescue_when_all_gone();
    if (saga_.goal == SagaGoal::release && !may_rescue()) close_payment(false);
  }
}

void SagaTurn::on_captured(const Payment& payment) {
  auto& ours = saga_.payment;
  ours.captured = std::max(ours.captured, payment.captured);
  // Of a payment that was given up, its provider says that what was authorised was refunded.
  if (payment.refunded) ours.refunded = std::max(ours.refunded, *payment.refunded);
  if (ours.state == MoneyState::captured) return;
  ours.state = MoneyState::captured;
  ours.is_unclear = false;
  if (saga_.goal == SagaGoal::hold && has_all(LegState::held)) {
    saga_.goal = SagaGoal::confirm;
  } else if (saga_.goal == SagaGoal::release) {
    release_payment();
    rescue_when_all_gone();
  }
}

/// Carried out, and yet not all went back: one before it was lost. The key is used up, so the rest
/// is asked for under another one, once it is known how much that is.
void SagaTurn::on_refund_answered() {
  auto& payment = saga_.payment;
  if (payment.refunded >= payment.refund_asked) return;
  ++payment.refusals;
  payment.is_unclear = true;
}

void SagaTurn::on_closed() {
  saga_.payment.state = MoneyState::closed;
  saga_.payment.is_unclear = false;
  if (saga_.goal == SagaGoal::release) return;
  if (saga_.rescue != RescueState::none || now_ >= saga_.deadline) return release(Cause::deadline);
  // Another try is possible.
  saga_.goal = SagaGoal::hold;
  saga_.pinned_until = {};
}

void SagaTurn::on_failure(const PaymentFailure& failure) {
  auto& payment = saga_.payment;
  payment.last_error = failure.message;
  if (failure.kind == PaymentFailure::Kind::unavailable) {
    // Whether a refund went out is looked up before it is asked for again.
    if (payment.state == MoneyState::captured) payment.is_unclear = true;
    return;
  }
  if (payment.id.value.empty()) return on_closed();  // It was never made.
  // The provider does not do what we thought it would: see how the payment stands, then ask anew.
  ++payment.refusals;
  payment.is_unclear = true;
  if (failure.payment) on_payment(*failure.payment, false);
}

// ---- Giving back --------------------------------------------------------------------------------

void SagaTurn::release_payment() {
  auto& payment = saga_.payment;
  switch (payment.state) {
    case MoneyState::none:
    case MoneyState::closing:
    case MoneyState::closed:
      break;
    case MoneyState::wanted:
    case MoneyState::open:
    case MoneyState::authorised:
      close_payment(may_rescue());
      break;
    case MoneyState::captured:
      // Places that were never sold are paid back whole, unless they can be had again.
      if (!saga_.was_confirmed && !may_rescue()) payment.refund_due = payment.captured;
      break;
  }
}

/// Cancelled at the provider, nothing can come of a payment any more. `looks_first`: unless it was
/// paid in the last moment.
void SagaTurn::close_payment(bool looks_first) {
  auto& payment = saga_.payment;
  payment.state = MoneyState::closing;
  payment.is_unclear = looks_first && !payment.id.value.empty();
}

/// Only who came too late is rescued: who cancelled gets the money back.
bool SagaTurn::may_rescue() const {
  return saga_.cause == Cause::deadline && saga_.rescue == RescueState::none
         && !saga_.was_confirmed;
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
    std::erase_if(leg.lines, [](const auto& line) { return line.given_back; });
    if (leg.lines.empty()) continue;  // Given back before it was paid.
    leg.claim = SamePlaces{leg.lines};
    leg.state = LegState::wanted;
    leg.refusal.reset();
    // The old id has ended with the old hold.
    leg.reservation.low ^= rescued_id_bits;
  }
}

}  // namespace cavea::engine
