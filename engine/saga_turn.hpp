#pragma once

#include "engine/saga.hpp"

#include <cstdint>
#include <optional>

// What the files `decide_saga*.cpp` share. INTERNAL to the engine.

namespace cavea::engine {

/// Whether all legs that were not given back stand so; not when none is left.
[[nodiscard]] bool has_all(const Saga& saga, LegState state);

/// What an input makes of a saga: changes a copy.
class SagaTurn {
 public:
  SagaTurn(const Saga& before, Timestamp now) : saga_(before), now_(now) {}

  SagaDecision on(const BeginReservation& input);
  SagaDecision on(const TakeOver& input);
  SagaDecision on(const StartPayment& input);
  SagaDecision on(const ExtendHold& input);
  SagaDecision on(const CancelPlaces& input);
  SagaDecision on(const OfferingGone& input);
  SagaDecision on(const LegAnswered& input);
  SagaDecision on(const PaymentAnswered& input);
  SagaDecision on(const DeadlineCame& input);
  SagaDecision on(const ReconcilePayment& input);

 private:
  /// Nothing: the input may be carried out.
  [[nodiscard]] std::optional<Refusal> refuse_unless_held() const;
  SagaDecision cancel_all(Cause cause);
  SagaDecision cancel_part(const CancelPlaces::Part& part, Cause cause);
  [[nodiscard]] std::optional<Refusal> refuse_by_cutoff(const SagaLeg& leg, Cause cause) const;

  [[nodiscard]] bool is_news(const SagaLeg& leg, const LegView& view) const;
  void on_leg(SagaLeg& leg, const LegView& view);
  void on_leg(SagaLeg& leg, Rejection why);
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

  [[nodiscard]] bool has_none() const;
  [[nodiscard]] bool is_giving_back() const;
  void owe(const SagaLeg& leg, Timestamp asked_at, Cause cause, Money price);
  void sell_when_free();
  SagaDecision changed();

  Saga saga_;
  Timestamp now_;
};

}  // namespace cavea::engine
