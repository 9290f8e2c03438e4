#include "engine/reconciliation.hpp"
#include "tests/engine/saga_words.hpp"
#include "tests/engine/saga_world.hpp"

#include <doctest/doctest.h>

// Reconciliation, as the real node does it: what the provider has is compared with the sagas that
// have been at rest for a while, each is read again before it is acted on, and its saga is told.

namespace cavea::engine::testing {

namespace {

/// Longer than any request that a saga sent is on its way to the provider.
constexpr Duration at_rest_for{12 * 60'000};

}  // namespace

void SagaWorld::reconcile() {
  if (clock.now() < down_until_) return;
  const auto answer = provider.carry_out(ListPayments{}, clock.now());
  for (const auto& payment : std::get<PaymentPage>(answer).payments) {
    const auto found = index_of_.find(payment.reservation.value());
    if (found != index_of_.end()) reconcile(found->second, payment);
  }
}

void SagaWorld::reconcile(std::size_t index, const Payment& listed) {
  const auto& saga = slots_[index].saga;
  if (clock.now() < saga.changed_at + at_rest_for) return;
  if (is_not_held(saga, listed)) return undo_unheld(listed.id);
  const auto* ours = comparable_payment(saga, listed.id);
  if (ours == nullptr || !difference_between(*ours, listed)) return;
  const auto wait = weather_.delay(SagaMessage::to_provider, clock.now());
  clock.after(wait, [this, index, id = listed.id, before = saga] {
    if (weather_.is_lost(SagaMessage::to_provider, clock.now())) return;
    const auto now = std::get<Payment>(provider.carry_out(LookUpPayment{id}, clock.now()));
    if (!difference_between(*payment_of(before, id), now)) return;
    const ReconcilePayment input{now, before.version};
    later_if_running(SagaMessage::from_provider, [this, index, input](bool /*is_first*/) {
      const auto decision = process(index, input);
      if (decision && std::holds_alternative<Saga>(*decision)) ++told_;
    });
  });
}

/// Asked twice, as after a crash: it goes back once.
void SagaWorld::undo_unheld(const PaymentId& payment) {
  const auto now = std::get<Payment>(provider.carry_out(LookUpPayment{payment}, clock.now()));
  const auto request = undo(now, clock.now());
  if (!request) return;
  ++undone_;
  provider.carry_out(*request, clock.now());
  provider.carry_out(*request, clock.now());
}

}  // namespace cavea::engine::testing
