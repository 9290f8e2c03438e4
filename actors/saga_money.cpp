#include "actors/limits.hpp"
#include "actors/saga_actor.hpp"

#include <utility>
#include <variant>

// How a saga speaks with the payment provider.

namespace cavea::actors {

namespace {

/// The payment that a step is about; empty: it is to make one.
engine::PaymentId payment_in(const engine::Saga& saga, const std::string& key) {
  engine::PaymentId id;
  for (const auto& step : engine::steps_of(saga)) {
    const auto* ask = std::get_if<engine::AskPayment>(&step.work);
    if (ask == nullptr || step.key != key) continue;
    std::visit(
        [&id](const auto& request) {
          if constexpr (requires { request.payment; }) id = request.payment;
        },
        ask->request);
  }
  return id;
}

}  // namespace

void SagaState::on_money_answered(const std::string& key, engine::PaymentAnswer answer) {
  engine::PaymentAnswered input;
  input.key = key;
  if (auto* payment = std::get_if<engine::Payment>(&answer)) {
    input.answer = std::move(*payment);
  } else if (auto* failure = std::get_if<engine::PaymentFailure>(&answer)) {
    if (failure->kind == engine::PaymentFailure::Kind::unavailable) {
      // Whether it was done is not known: it is asked for again, under the same key.
      look_beside(key);
      return retry_later(key);
    }
    input.answer = std::move(*failure);
  } else {
    return;
  }
  under_way_.erase(key);
  retries_ = 0;
  hear(std::move(input));
  // The same question may have to be asked again (a payment that could not be captured).
  if (committed_ == saga_.version) retry_later(key);
}

/// A provider that has carried out a request and failed to say so repeats that failure for its key.
/// How the payment stands it can tell; that is heard as what it tells by itself.
void SagaState::look_beside(const std::string& key) {
  const auto id = payment_in(saga_, key);
  if (retries_ == 0 || id.value.empty() || std::exchange(is_looking_, true)) return;
  parts_.payments->ask(
      engine::LookUpPayment{id},
      [me = caf::actor_cast<caf::actor>(self_)](engine::PaymentAnswer answer) {
        caf::anon_send(me, Looked{std::move(answer)});
      });
}

void SagaState::on_looked(Looked looked) {
  is_looking_ = false;
  auto* payment = std::get_if<engine::Payment>(&looked.answer);
  if (payment != nullptr) hear(engine::PaymentAnswered{std::move(*payment), true, {}});
}

/// Whether the provider still knows a refund that was asked for under this key. From here on it is
/// trusted: who does not trust it looks.
bool SagaState::is_refund_key_trusted(const std::string& key) {
  const bool is_of_before = refunds_of_before_.erase(key) > 0;
  const auto [since, is_new] = refunds_since_.try_emplace(key, now());
  const bool is_old = now() - since->second > engine::Duration{limits::refund_key_trusted_ms};
  if (is_old) since->second = now();
  return !is_of_before && !is_old;
}

void SagaState::ask_provider(const engine::SagaStep& step, const engine::PaymentRequest& request) {
  if (parts_.payments == nullptr) return retry_later(step.key);
  const bool is_refund = std::holds_alternative<engine::RefundPayment>(request);
  if (is_refund && !is_refund_key_trusted(step.key)) {
    // It may have been carried out, and its key forgotten: the saga looks first.
    under_way_.erase(step.key);
    return hear(engine::PaymentAnswered{engine::PaymentFailure{}, false, step.key});
  }
  parts_.payments->ask(
      request, [me = caf::actor_cast<caf::actor>(self_), key = step.key](auto answer) {
        caf::anon_send(me, key, std::move(answer));
      });
}

}  // namespace cavea::actors
