#pragma once

#include "engine/saga.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

// What the files `decide_saga*.cpp` share. INTERNAL to the engine.

namespace cavea::engine {

/// Whether all legs that were not given back stand so; not when none is left.
[[nodiscard]] bool has_all(const Saga& saga, LegState state);

/// When the saga wants `DeadlineCame`, without its exchange.
[[nodiscard]] std::optional<Timestamp> own_wake_at(const Saga& saga);

/// Whether an input is about what the saga's exchange takes.
[[nodiscard]] bool is_for_exchange(const Saga& saga, const SagaInput& input, Timestamp now);

/// Which payment the provider's answer is about; empty: it does not say.
[[nodiscard]] PaymentId id_in(const Saga& saga, const PaymentAnswered& input);

/// Which of `Saga::more_payments` has the id, if one.
[[nodiscard]] std::optional<std::size_t> other_payment_of(const Saga& saga, const PaymentId& id);

/// Whether a place is one of them.
[[nodiscard]] inline bool contains(const std::vector<Place>& places, Place place) {
  return std::find(places.begin(), places.end(), place) != places.end();
}

/// What an input makes of a saga: changes a copy.
class SagaTurn {
 public:
  SagaTurn(const Saga& before, Timestamp now) : saga_(before), now_(now) {}

  SagaDecision on(const BeginReservation& input);
  SagaDecision on(const TakeOver& input);
  SagaDecision on(const StartPayment& input);
  SagaDecision on(const ExtendHold& input);
  SagaDecision on(const CancelPlaces& input);
  SagaDecision on(const BeginExchange& input);
  SagaDecision on(const CancelExchange& input);
  SagaDecision on(const OfferingGone& input);
  SagaDecision on(const LegAnswered& input);
  SagaDecision on(const PaymentAnswered& input);
  SagaDecision on(const DeadlineCame& input);
  SagaDecision on(const ReconcilePayment& input);

  /// An input to what an exchange takes.
  SagaDecision on_exchange(const SagaInput& input);

 private:
  /// Nothing: the input may be carried out.
  [[nodiscard]] std::optional<Refusal> refuse_unless_held() const;
  SagaDecision cancel_all(Cause cause);
  SagaDecision cancel_part(const CancelPlaces::Part& part, Cause cause);
  [[nodiscard]] std::optional<Refusal> refuse_by_cutoff(const SagaLeg& leg, Cause cause) const;

  SagaDecision take_over_sold(const LegView& view);
  void add_found(const LegView& view);

  [[nodiscard]] bool is_news(const SagaLeg& leg, const LegView& view) const;
  void on_leg(SagaLeg& leg, const LegView& view);
  void on_leg(SagaLeg& leg, Rejection why);
  void on_not_taken_over(SagaLeg& leg, Rejection why);
  void on_not_given_back(SagaLeg& leg, Rejection why);
  void on_held(SagaLeg& leg, const LegView& view);
  void on_all_held();
  void on_sold(SagaLeg& leg);
  void on_ended(SagaLeg& leg, const LegView& view);
  void owe_given_back(
      const SagaLeg& leg, const LegView& view, const std::optional<GiveBack>& asked);

  void on_payment(const Payment& payment, bool may_be_old);
  void on_failure(const PaymentFailure& failure);
  void on_unpaid();
  void on_authorised();
  void on_captured(const Payment& payment);
  void on_refund_answered();
  void on_closed();

  void release(Cause cause);
  void release_payment();
  void close_payment(bool looks_first);
  void rescue_when_all_gone();
  [[nodiscard]] bool is_first(const Payment& payment) const;
  [[nodiscard]] bool may_rescue() const;

  [[nodiscard]] bool has_all(LegState state) const { return engine::has_all(saga_, state); }

  [[nodiscard]] std::optional<Refusal> fill_part(ExchangedPart& part) const;
  [[nodiscard]] bool is_selling_exchange() const;
  [[nodiscard]] bool is_to_go(const SagaLeg& leg) const;
  [[nodiscard]] bool is_to_go(const SagaLeg& leg, Place place) const;
  [[nodiscard]] std::optional<Refusal> refuse_exchanged(const SagaLeg& leg, Cause cause);
  std::optional<Refusal> drop_exchange(Cause cause);
  [[nodiscard]] Saga given_up(Cause cause);
  void settle_exchange();
  void merge_exchange();
  void give_up(const ExchangedPart& part);
  [[nodiscard]] std::int64_t refund_percent(
      const SagaLeg& leg, Timestamp asked_at, Cause cause) const;
  void owe_money(Money amount);
  [[nodiscard]] bool was_paid_here(const SagaLeg& leg) const;
  template <class Input>
  SagaDecision on_other_payment(const Input& input, std::size_t number);

  [[nodiscard]] bool has_none() const;
  [[nodiscard]] bool is_giving_back() const;
  void owe(const SagaLeg& leg, Timestamp asked_at, Cause cause, Money price);
  void sell_when_free();
  SagaDecision changed();

  Saga saga_;
  Timestamp now_;
};

/// The provider's word about a payment of an exchange before: as for the first one.
template <class Input>
SagaDecision SagaTurn::on_other_payment(const Input& input, std::size_t number) {
  const bool was_captured = saga_.more_payments[number].state == MoneyState::captured;
  std::swap(saga_.payment, saga_.more_payments[number]);
  auto decision = on(input);
  if (auto* next = std::get_if<Saga>(&decision)) {
    auto& payment = next->payment;
    if (!was_captured && payment.state == MoneyState::captured) {
      // Nothing came of it, and yet it was paid.
      payment.refund_due = payment.captured;
      payment.refund_asked = payment.captured;
    }
    std::swap(payment, next->more_payments[number]);
  }
  return decision;
}

}  // namespace cavea::engine
