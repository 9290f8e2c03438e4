#include "actors/saga_actor.hpp"

#include <algorithm>
#include <utility>

// Who waits for what a saga comes to, and what they are answered.

namespace cavea::actors {

using engine::MoneyState;
using engine::Rejection;

bool SagaState::is_answered(const Waiter& waiter) const {
  if (waiter.version > committed_ || committed_ != saga_.version) return false;
  switch (waiter.what) {
    case Waiter::For::change:
    case Waiter::For::heard:
      return true;
    case Waiter::For::places:
      return engine::status_of(saga_) != engine::SagaStatus::claiming
             && (saga_.goal != engine::SagaGoal::confirm || saga_.was_confirmed);
    case Waiter::For::payment: {
      const auto& paid = engine::is_exchanging(saga_) ? *saga_.exchange->takes : saga_;
      return paid.goal != engine::SagaGoal::hold || paid.payment.state != MoneyState::wanted;
    }
    case Waiter::For::exchange:
      return is_exchange_settled();
    case Waiter::For::given_back:
      return !saga_.legs.at(waiter.leg).giving_back;
  }
  return true;
}

/// Whether the places of an exchange are held for payment, or it came about, or to nothing.
bool SagaState::is_exchange_settled() const {
  if (saga_.exchange) {
    const auto& taking = *saga_.exchange->takes;
    return engine::status_of(taking) != engine::SagaStatus::claiming
           && taking.goal != engine::SagaGoal::confirm;
  }
  return std::none_of(saga_.legs.begin(), saga_.legs.end(), [](const auto& leg) {
    return leg.giving_back && !leg.giving_back->exchanged.empty();
  });
}

/// Why nothing came of what a saga was to take, with all that the offering said. Its legs are
/// counted from `first_leg` on.
std::optional<engine::Refusal> SagaState::refusal_of_legs(
    const engine::Saga& saga, std::size_t first_leg) const {
  auto refusal = engine::refusal_of(saga);
  if (!refusal) return std::nullopt;
  const auto item = refusal->item;
  const auto heard = refusals_.find(static_cast<std::uint32_t>(first_leg + item.value()));
  if (heard != refusals_.end() && heard->second.reason == refusal->reason) {
    refusal = heard->second;
    refusal->item = item;
  }
  return refusal;
}

/// Tells those who wait for what was refused; who comes later asks for something else.
void SagaState::note_refusal(std::uint32_t leg, Rejection reason) {
  for (auto& waiter : waiters_) {
    const bool is_about_it = waiter.what == Waiter::For::payment
                             || (waiter.what == Waiter::For::given_back && waiter.leg == leg);
    if (is_about_it) waiter.refusal = reason;
  }
}

std::optional<engine::Refusal> SagaState::refusal_for(const Waiter& waiter) const {
  if (waiter.what == Waiter::For::given_back && waiter.refusal) return *waiter.refusal;
  if (waiter.what == Waiter::For::exchange && saga_.exchange) {
    const auto& taking = *saga_.exchange->takes;
    if (auto refusal = refusal_of_legs(taking, saga_.legs.size())) return refusal;
  }
  if (saga_.goal != engine::SagaGoal::release) return std::nullopt;
  if (waiter.what == Waiter::For::exchange) return Rejection::reservation_has_ended;
  if (waiter.what == Waiter::For::places) {
    if (auto refusal = refusal_of_legs(saga_, 0)) return refusal;
  }
  if (waiter.what == Waiter::For::payment)
    return waiter.refusal.value_or(Rejection::reservation_has_ended);
  return std::nullopt;
}

void SagaState::answer_waiters() {
  std::erase_if(waiters_, [&](const Waiter& waiter) {
    if (!is_answered(waiter)) return false;
    if (auto refusal = refusal_for(waiter)) {
      deliver(waiter.back, std::move(*refusal));
    } else {
      answer(waiter);
    }
    return true;
  });
}

/// What was just claimed is known with what it was claimed from; later that may have changed.
void SagaState::answer(const Waiter& waiter) {
  if (waiter.what == Waiter::For::heard) {
    return deliver(waiter.back, engine::Done{{saga_.version}, false});
  }
  const bool is_known =
      waiter.what == Waiter::For::places && claimed_from_.size() == saga_.legs.size();
  if (!is_known) return parts_.reads->answer_reservation(saga_.id, false, waiter.back);
  engine::SagaView carried{saga_, {}};
  for (const auto& [leg, definition] : claimed_from_) carried.definitions.push_back(definition);
  engine::ReservationView view;
  view.reservation.id = saga_.id;
  view.saga = std::make_shared<const engine::SagaView>(std::move(carried));
  deliver(waiter.back, std::move(view));
}

}  // namespace cavea::actors
