#include "tests/engine/saga_world.hpp"

#include "engine/money_books.hpp"
#include "tests/engine/saga_words.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <utility>

namespace cavea::engine::testing {

namespace {

/// How often a provider sends a notice again that is not acknowledged.
constexpr unsigned notices_max = 12;
constexpr Duration resend_pause{20'000};

/// What went back never gets less but for a refund that failed later: then it is what the provider
/// said, and nothing of it is asked for under a key that was answered.
void check_refunded(const SagaInput& input, const Saga& before, const Saga& after) {
  if (books_of(after).refunded >= books_of(before).refunded) return;
  const auto* read = std::get_if<ReconcilePayment>(&input);
  REQUIRE(read != nullptr);
  REQUIRE(read->version == before.version);
  const auto* ours_before = payment_of(before, read->payment.id);
  const auto* ours = payment_of(after, read->payment.id);
  REQUIRE(ours != nullptr);
  REQUIRE(ours->refunded == read->payment.refunded);
  REQUIRE(ours_before->refunded >= ours_before->refund_asked);
  REQUIRE(ours->refusals == ours_before->refusals + 1);
}

void check_money(const SagaPayment& money) {
  REQUIRE(Money{} <= money.refund_due);
  REQUIRE(money.refund_due <= money.captured);
  REQUIRE(money.refunded <= money.refund_asked);
  REQUIRE(money.refund_asked <= money.refund_due);
}

/// Rules that hold between any two states of a saga, or of what its exchange takes.
void check_part(const Saga& before, const Saga& after, Timestamp now) {
  const auto& money = after.payment;
  REQUIRE(after.legs.size() >= before.legs.size());
  REQUIRE(money.attempt >= before.payment.attempt);
  check_money(money);
  REQUIRE(money.refund_due >= before.payment.refund_due);
  if (before.payment.state == MoneyState::captured) REQUIRE(money.state == MoneyState::captured);
  if (before.was_confirmed) REQUIRE(after.was_confirmed);
  REQUIRE(after.rescue >= before.rescue);
  if (before.goal == SagaGoal::release && after.goal != SagaGoal::release) {
    REQUIRE(before.rescue == RescueState::none);
    REQUIRE(after.rescue == RescueState::claiming);
  }
  // A pin has an upper bound.
  const auto latest = std::max(now, after.deadline) + saga_limits::pin_max;
  REQUIRE(after.pinned_until <= latest);
}

bool is_same_exchange(const Saga& before, const Saga& after) {
  return before.exchange && after.exchange && is_exchanging(before)
         && before.exchange->takes->legs.front().reservation.high
                == after.exchange->takes->legs.front().reservation.high
         && before.exchange->asked_at == after.exchange->asked_at && is_exchanging(after);
}

/// Rules that hold between any two states of a saga.
void check_change(const Saga& before, const Saga& after, Timestamp now) {
  REQUIRE(after.version == before.version + 1);
  REQUIRE(after.changed_at == now);
  check_part(before, after, now);
  if (is_same_exchange(before, after)) {
    check_part(*before.exchange->takes, *after.exchange->takes, now);
  }
  // Money only changes its place.
  REQUIRE(after.more_payments.size() >= before.more_payments.size());
  for (const auto& money : after.more_payments) check_money(money);
  REQUIRE(books_of(after).captured >= books_of(before).captured);
  REQUIRE(books_of(after).unbalanced() == 0);
  // What an exchange takes is either on its way or part of the reservation.
  if (after.exchange) REQUIRE(!after.exchange->takes->was_confirmed);
  if (is_exchanging(after))
    REQUIRE((after.was_confirmed || after.exchange->takes->goal == SagaGoal::release));
  // A change that nobody can see would be written for nothing.
  auto same = after;
  same.version = before.version;
  same.changed_at = before.changed_at;
  REQUIRE(every_word_of(same) != every_word_of(before));
}

void check_steps(const Saga& saga) {
  std::set<std::string> keys;
  std::set<std::uint32_t> legs;
  unsigned payments = 0;
  for (const auto& step : steps_of(saga)) {
    REQUIRE(keys.insert(step.key).second);
    if (const auto leg = leg_of_step(step)) {
      REQUIRE(legs.insert(*leg).second);
    } else {
      ++payments;
    }
  }
  REQUIRE(payments <= 1 + saga.more_payments.size() + (saga.exchange ? 1 : 0));
  // Who waits for nothing has nothing to do, and the other way round.
  if (is_finished(saga)) REQUIRE(keys.empty());
  if (is_finished(saga)) REQUIRE(!wake_at(saga));
}

}  // namespace

SagaWorld::SagaWorld(SagaWeather& weather, Timestamp now)
    : clock(now),
      provider([this](const Payment& payment) { send_notice(payment, 0); }),
      weather_(weather) {}

SagaOffering& SagaWorld::add_offering(
    const std::string& id, DefinitionRef definition, RefundPolicy policy) {
  const auto name = OfferingId::from(id).value();
  auto& offering =
      offerings_.try_emplace(name, name, std::move(definition), std::move(policy)).first->second;
  offering.on_held = [this, name](ReservationId reservation, Timestamp until) {
    expire_later(name, reservation, until);
  };
  offering.on_lost = [this](ReservationId saga, const LegView& view) { tell_lost(saga, view); };
  return offering;
}

// ---- People -------------------------------------------------------------------------------------

std::optional<std::size_t> SagaWorld::begin(const std::string& user, std::vector<WantedLeg> legs) {
  Saga saga;
  saga.id = new_id();
  for (auto& leg : legs) leg.reservation = new_id();
  return open(std::move(saga), BeginReservation{user, std::move(legs)});
}

std::optional<std::size_t> SagaWorld::take_over(
    const OfferingId& offering, ReservationId reservation, bool is_for_exchange) {
  const auto view = offerings_.at(offering).view(reservation);
  if (!view || index_of_.contains(reservation)) return std::nullopt;
  Saga saga;
  saga.id = reservation;
  return open(std::move(saga), TakeOver{*view, is_for_exchange});
}

std::optional<std::size_t> SagaWorld::open(Saga saga, const SagaInput& input) {
  const auto id = saga.id;
  slots_.emplace_back().saga = std::move(saga);
  const auto index = slots_.size() - 1;
  index_of_[id] = index;
  const auto decision = process(index, input);
  if (decision && std::holds_alternative<Saga>(*decision)) return index;
  if (slots_[index].saga.legs.empty()) {
    index_of_.erase(id);
    slots_.pop_back();
  }
  return std::nullopt;
}

std::optional<SagaDecision> SagaWorld::tell(std::size_t saga, const SagaInput& input) {
  auto decision = process(saga, input);
  if (decision && std::holds_alternative<Saga>(*decision)
      && std::holds_alternative<CancelPlaces>(input)) {
    const auto& after = std::get<Saga>(*decision);
    slots_[saga].cancellations.push_back({after.version, clock.now()});
  }
  return decision;
}

void SagaWorld::cancel_offering(const OfferingId& id) {
  auto& offering = offerings_.at(id);
  offering.carry_out(CancelOffering{"storm", {}}, "", clock.now());
  clock.after(weather_.delay(SagaMessage::told, clock.now()), [this, id] {
    offerings_.at(id).carry_out(SweepCancelled{}, "", clock.now());
  });
}

void SagaWorld::expire_later(
    const OfferingId& offering, ReservationId reservation, Timestamp until) {
  clock.at(until + weather_.delay(SagaMessage::timer, until), [this, offering, reservation] {
    offerings_.at(offering).carry_out(ExpireHold{reservation}, "", clock.now());
  });
}

// ---- The node -----------------------------------------------------------------------------------

std::optional<SagaDecision> SagaWorld::process(std::size_t index, const SagaInput& input) {
  if (clock.now() < down_until_) return std::nullopt;
  ++inputs_;
  if (crash_point.input == inputs_ && !crash_point.is_after) {
    crash(crash_point.down);
    return std::nullopt;
  }
  auto& slot = slots_[index];
  ++slot.inputs;
  auto decision = decide(slot.saga, input, clock.now());
  watch(index, input, decision);
  if (const auto* after = std::get_if<Saga>(&decision)) {
    events_between(slot.saga, *after).for_each([&](SagaEvent event) {
      slot.events.push_back(event);
      if (event == SagaEvent::exchanged) slot.exchanges.push_back({slot.saga, *after});
    });
    const bool came_to_nothing =
        is_exchanging(slot.saga) && after->exchange && !is_exchanging(*after);
    if (came_to_nothing) {
      slot.paid_for_nothing += slot.saga.exchange->takes->payment.captured.minor;
    }
    slot.saga = *after;
    arm_timer(index);
  }
  if (crash_point.input == inputs_ && crash_point.is_after) {
    crash(crash_point.down);
    return decision;
  }
  carry_out_steps(index);
  return decision;
}

void SagaWorld::watch(std::size_t index, const SagaInput& input, const SagaDecision& decision) {
  const auto& before = slots_[index].saga;
  INFO(slots_[index].saga.id.low, ": ", every_word_of(before), "\n  ", every_word_of(input));
  // Pure: the same question has the same answer.
  const auto again = decide(before, input, clock.now());
  REQUIRE(again.index() == decision.index());
  if (const auto* after = std::get_if<Saga>(&decision)) {
    INFO("  ", every_word_of(*after));
    REQUIRE(every_word_of(*after) == every_word_of(std::get<Saga>(again)));
    check_change(before, *after, clock.now());
    check_refunded(input, before, *after);
    check_steps(*after);
  }
}

void SagaWorld::crash(Duration down) {
  ++incarnation_;
  down_until_ = clock.now() + down;
  for (auto& slot : slots_) {
    slot.tries.clear();
    slot.provider_failures = 0;
    slot.provider_not_before = {};
  }
  clock.at(down_until_, [this, incarnation = incarnation_] {
    if (incarnation == incarnation_) restart();
  });
}

void SagaWorld::restart() {
  for (std::size_t index = 0; index < slots_.size(); ++index) {
    arm_timer(index);
    const auto& saga = slots_[index].saga;
    const bool is_alone = saga.more_payments.empty() && !saga.exchange;
    if (is_unsure_after_crash && is_alone && saga.payment.state == MoneyState::captured) {
      process(index, PaymentAnswered{PaymentFailure{}});
    }
    carry_out_steps(index);
  }
}

void SagaWorld::arm_timer(std::size_t index) {
  const auto wake = wake_at(slots_[index].saga);
  if (!wake) return;
  const auto at = std::max(*wake, clock.now()) + weather_.delay(SagaMessage::timer, clock.now());
  clock.at(at, [this, index, incarnation = incarnation_] {
    const auto due = wake_at(slots_[index].saga);
    if (incarnation == incarnation_ && due && *due <= clock.now()) process(index, DeadlineCame{});
  });
}

void SagaWorld::send_notice(const Payment& payment, unsigned tries) {
  if (tries == notices_max) return;
  const auto delay = weather_.delay(SagaMessage::notice, clock.now());
  clock.after(delay, [this, payment, tries] {
    const auto saga = index_of_.find(payment.reservation.value());
    CAVEA_ASSERT(saga != index_of_.end());
    const bool is_lost = weather_.is_lost(SagaMessage::notice, clock.now());
    const bool is_known =
        !is_lost && process(saga->second, PaymentAnswered{payment, true}).has_value();
    if (!is_known) {
      clock.after(resend_pause, [this, payment, tries] { send_notice(payment, tries + 1); });
    } else if (weather_.comes_twice(SagaMessage::notice, clock.now())) {
      send_notice(payment, tries + 1);
    }
  });
}

void SagaWorld::tell_lost(ReservationId saga, const LegView& view) {
  clock.after(weather_.delay(SagaMessage::told, clock.now()), [this, saga, view] {
    const auto index = index_of_.at(saga);
    const auto& saga_now = slots_[index].saga;
    auto legs = saga_now.legs;
    if (saga_now.exchange) {
      const auto& taken = saga_now.exchange->takes->legs;
      legs.insert(legs.end(), taken.begin(), taken.end());
    }
    const bool is_lost = weather_.is_lost(SagaMessage::told, clock.now());
    bool is_known = !is_lost;
    for (std::uint32_t leg = 0; leg < legs.size() && !is_lost; ++leg) {
      if (legs[leg].offering != view.reservation.offering) continue;
      is_known = is_known && process(index, LegAnswered{leg, view}).has_value();
    }
    if (!is_known || weather_.comes_twice(SagaMessage::told, clock.now())) {
      clock.after(resend_pause, [this, saga, view] { tell_lost(saga, view); });
    }
  });
}

}  // namespace cavea::engine::testing
