#include "engine/saga_command.hpp"
#include "tests/engine/saga_words.hpp"
#include "tests/engine/saga_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>

// How the world carries out what its sagas want.

namespace cavea::engine::testing {

namespace {

constexpr Duration answer_time_max{15'000};
constexpr Duration pause_first{1'000};
constexpr Duration pause_max{64'000};

Duration pause_after(unsigned tries) {
  auto pause = pause_first;
  for (unsigned i = 1; i < tries && pause < pause_max; ++i) pause.ms *= 2;
  return std::min(pause, pause_max);
}

}  // namespace

void SagaWorld::carry_out_steps(std::size_t index) {
  auto& slot = slots_[index];
  for (const auto& step : steps_of(slot.saga)) {
    if (!may_ask(slot, step, index)) continue;
    auto& tries = slot.tries[step.key];
    tries.is_under_way = true;
    ++tries.count;
    tries.not_before = clock.now() + pause_after(tries.count);
    if (leg_of_step(step)) {
      ask_offering(index, step);
    } else {
      ask_provider(index, step);
    }
  }
}

bool SagaWorld::may_ask(Slot& slot, const SagaStep& step, std::size_t index) {
  const auto tries = slot.tries.find(step.key);
  auto not_before = leg_of_step(step) ? Timestamp{} : slot.provider_not_before;
  if (tries != slot.tries.end()) {
    if (tries->second.is_under_way) return false;
    not_before = std::max(not_before, tries->second.not_before);
  }
  if (clock.now() >= not_before) return true;
  clock.at(not_before, [this, index, incarnation = incarnation_] {
    if (incarnation == incarnation_ && clock.now() >= down_until_) carry_out_steps(index);
  });
  return false;
}

void SagaWorld::ask_offering(std::size_t index, const SagaStep& step) {
  auto& slot = slots_[index];
  ++slot.offering_calls;
  const auto [leg, id, command, once] = leg_step_of(slot.saga, step.work).value();
  const auto key = step.key;
  const auto incarnation = incarnation_;
  const auto unknown = [this, index, key, incarnation] {
    if (incarnation == incarnation_) on_unknown(index, key);
  };
  // Messages to one offering keep their order.
  auto& arrival = link_[id];
  arrival = std::max(arrival, clock.now() + weather_.delay(SagaMessage::to_offering, clock.now()));
  clock.at(
      arrival, [this, index, leg = leg, id = id, command = command, key, unknown, incarnation] {
        if (weather_.is_lost(SagaMessage::to_offering, clock.now())) {
          return clock.after(answer_time_max, unknown);
        }
        const auto answer = offerings_.at(id).carry_out(command, key, clock.now());
        if (std::holds_alternative<ConfirmReservation>(command)
            && std::holds_alternative<LegView>(answer)) {
          check_sale(*this, slots_[index].saga);
        }
        if (incarnation != incarnation_) return;
        if (weather_.is_lost(SagaMessage::from_offering, clock.now())) {
          return clock.after(answer_time_max, unknown);
        }
        later_if_running(
            SagaMessage::from_offering, [this, index, leg, answer, key](bool is_first) {
              on_leg_answer(index, {leg, answer, key}, is_first);
            });
      });
}

/// Nothing is sold before it is paid, with money or with places that go for it.
void SagaWorld::check_sale(const SagaWorld& world, const Saga& saga) {
  std::int64_t has = 0;
  for (const auto* intent : world.provider.intents_of(saga.id)) {
    const auto& payment = intent->payment;
    // Of one that was given up, what was authorised counts as refunded.
    if (payment.captured.minor == 0) continue;
    has += payment.captured.minor - payment.refunded.value_or(Money{}).minor;
  }
  auto wanted = saga.total().minor;
  if (saga.exchange) {
    const auto& taking = *saga.exchange->takes;
    wanted += taking.total().minor - taking.credit.minor;
  }
  INFO(every_word_of(saga));
  REQUIRE(has >= wanted);
}

void SagaWorld::ask_provider(std::size_t index, const SagaStep& step) {
  ++slots_[index].provider_calls;
  const auto request = std::get<AskPayment>(step.work).request;
  const auto key = step.key;
  const auto incarnation = incarnation_;
  const auto fail = [this, index, key, incarnation] {
    PaymentFailure failure;
    failure.message = "timed out";
    if (incarnation == incarnation_) on_payment_answer(index, {failure, false, key}, true);
  };
  clock.after(
      weather_.delay(SagaMessage::to_provider, clock.now()),
      [this, index, request, key, fail, incarnation] {
        if (weather_.is_lost(SagaMessage::to_provider, clock.now())) {
          return clock.after(answer_time_max, fail);
        }
        const auto answer = provider.carry_out(request, clock.now());
        if (incarnation != incarnation_) return;
        if (weather_.is_lost(SagaMessage::from_provider, clock.now())) {
          return clock.after(answer_time_max, fail);
        }
        later_if_running(SagaMessage::from_provider, [this, index, answer, key](bool is_first) {
          PaymentAnswered answered;
          answered.key = key;
          if (const auto* payment = std::get_if<Payment>(&answer)) {
            answered.answer = *payment;
          } else {
            answered.answer = std::get<PaymentFailure>(answer);
          }
          on_payment_answer(index, answered, is_first);
        });
      });
}

void SagaWorld::on_leg_answer(std::size_t index, const LegAnswered& answer, bool is_first) {
  if (is_first) slots_[index].tries[answer.key].is_under_way = false;
  process(index, answer);
}

void SagaWorld::on_payment_answer(std::size_t index, const PaymentAnswered& answer, bool is_first) {
  auto& slot = slots_[index];
  if (is_first) {
    slot.tries[answer.key].is_under_way = false;
    const bool is_failure = std::holds_alternative<PaymentFailure>(answer.answer);
    slot.provider_failures = is_failure ? slot.provider_failures + 1 : 0;
    if (is_failure) slot.provider_not_before = clock.now() + pause_after(slot.provider_failures);
  }
  process(index, answer);
}

void SagaWorld::on_unknown(std::size_t index, const std::string& key) {
  slots_[index].tries[key].is_under_way = false;
  carry_out_steps(index);
}

}  // namespace cavea::engine::testing
