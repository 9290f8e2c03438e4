#include "tests/engine/saga_account.hpp"

#include "tests/engine/saga_words.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace cavea::engine::testing {

namespace {

/// Money that may have gone back, at least and at most.
struct Range {
  std::int64_t least = 0;
  std::int64_t most = 0;
};

/// What the offerings say about one saga.
struct Places {
  std::int64_t sold = 0;   ///< What the places cost that the saga has.
  std::int64_t count = 0;  ///< Of those.
  bool has_held = false;
  std::int64_t went = 0;       ///< What the places cost that went after they were sold.
  std::int64_t never_had = 0;  ///< That went before they were sold.
  Range refund;                ///< For `went`.
};

/// By the policy that was agreed on when the leg was taken.
std::int64_t percent_at(const SagaLeg& leg, Timestamp at) {
  const auto before = leg.starts_at - at;
  std::int64_t percent = 0;
  // The other way round than the engine: from the last step on.
  for (auto step = leg.refund_policy.rbegin(); step != leg.refund_policy.rend(); ++step) {
    if (before >= step->before_start) percent = step->percent;
  }
  return percent;
}

/// When the cancellation was asked for that a command carried out: its key ends with the number,
/// or it is the last one.
Timestamp asked_at(const SagaWorld::Slot& slot, const std::string& key, Timestamp at) {
  const auto& asked = slot.cancellations;
  const auto number = key.substr(key.rfind(':') + 1);
  for (const auto& one : asked) {
    if (number == std::to_string(one.number)) return one.at;
  }
  return asked.empty() ? at : asked.back().at;
}

bool is_of_leg(const SagaLeg& leg, ReservationId id) {
  return id == leg.reservation;
}

/// A rescue has an id of its own, beside that of the hold which ended.
bool was_of_leg(const SagaLeg& leg, ReservationId id) {
  constexpr std::uint64_t rescued_id_bits = 0x5245'5343'5545'0000ULL;
  return id.high == leg.reservation.high && (id.low ^ rescued_id_bits) == leg.reservation.low;
}

/// Whether a place went in an exchange: for others, not for money.
bool is_exchanged(const SagaWorld::Slot& slot, const GivenBackPlace& place) {
  for (const auto& [before, after] : slot.exchanges) {
    for (const auto& part : before.exchange->gives) {
      const auto& places = part.places;
      const bool is_it = std::find(places.begin(), places.end(), place.place) != places.end();
      if (is_it && is_of_leg(before.legs.at(part.leg), place.reservation)) return true;
    }
  }
  return false;
}

/// Money that went because cheaper places were taken for dearer ones.
void add_cheaper_choices(const SagaWorld::Slot& slot, Places& places) {
  for (const auto& [before, after] : slot.exchanges) {
    std::int64_t price = 0;
    std::int64_t percent = 100;
    for (const auto& part : before.exchange->gives) {
      const auto& leg = before.legs.at(part.leg);
      percent = std::min(
          percent, leg.refund_policy.empty() ? 100 : percent_at(leg, before.exchange->asked_at));
      for (const auto& line : leg.lines) {
        const auto& gone = part.places;
        const bool is_gone = std::find(gone.begin(), gone.end(), line.place) != gone.end();
        price += is_gone ? line.price.minor : 0;
      }
    }
    for (auto leg = before.legs.size(); leg < after.legs.size(); ++leg) {
      for (const auto& line : after.legs[leg].lines) price -= line.price.minor;
    }
    if (price <= 0) continue;
    places.went += price;
    places.refund.least += price * percent / 100;
    places.refund.most += price * percent / 100;
  }
}

/// Nothing is left of an exchange that came to nothing.
void check_given_up(const SagaWorld& world, const Saga& saga) {
  if (!saga.exchange) return;
  for (const auto& leg : saga.exchange->takes->legs) {
    const auto* record = world.offerings().at(leg.offering).record(leg.reservation);
    const bool has_places = record != nullptr
                            && (record->status == ReservationStatus::held
                                || record->status == ReservationStatus::confirmed);
    CHECK(!has_places);
  }
}

Places places_of(const SagaWorld& world, const SagaWorld::Slot& slot) {
  Places places;
  for (const auto& leg : slot.saga.legs) {
    const auto& offering = world.offerings().at(leg.offering);
    const auto* record = offering.record(leg.reservation);
    if (record != nullptr && record->status == ReservationStatus::held) places.has_held = true;
    const bool is_sold = record != nullptr && record->status == ReservationStatus::confirmed;
    CHECK(is_sold == (leg.state == LegState::sold));
    if (is_sold) {
      CHECK(record->lines == leg.lines);
      places.sold += record->total().minor;
      ++places.count;
    }
    bool was_lost = false;
    Range refund;
    for (const auto& one : offering.given_back()) {
      if (was_of_leg(leg, one.reservation)) places.never_had += one.price.minor;
      if (!is_of_leg(leg, one.reservation) || is_exchanged(slot, one)) continue;
      (one.was_sold ? places.went : places.never_had) += one.price.minor;
      if (!one.was_sold) continue;
      const bool is_asked = one.cause == Cause::user;
      was_lost |= !is_asked;
      const auto percent = is_asked ? percent_at(leg, asked_at(slot, one.key, one.at)) : 100;
      refund.least += one.price.minor * percent / 100;
      refund.most += one.price.minor;
    }
    places.refund.least += refund.least;
    // Who asked for places back and lost the others to a storm at the same time may get it all.
    places.refund.most += was_lost ? refund.most : refund.least;
  }
  add_cheaper_choices(slot, places);
  return places;
}

}  // namespace

SagaEnd check_at_rest(const SagaWorld& world, std::size_t index) {
  const auto& slot = world.slot(index);
  const auto& saga = slot.saga;
  INFO(every_word_of(saga));
  REQUIRE(is_finished(saga));
  REQUIRE(steps_of(saga).empty());
  REQUIRE(!wake_at(saga));

  std::int64_t captured = 0;
  std::int64_t refunded = 0;
  bool was_authorised = false;
  for (const auto* intent : world.provider.intents_of(saga.id)) {
    const auto& payment = intent->payment;
    CHECK(intent->captures <= 1);
    captured += payment.captured.minor;
    if (payment.captured.minor > 0) refunded += payment.refunded.value().minor;
    was_authorised |= payment.captured.minor > 0 || payment.refunded.value().minor > 0;
    // Nothing can come of it any more.
    CHECK(
        (payment.status == PaymentStatus::succeeded || payment.status == PaymentStatus::canceled));
  }
  CHECK(captured == saga.captured().minor);
  CHECK(refunded == saga.refunded().minor);
  CHECK(refunded == saga.refund_due().minor);
  check_given_up(world, saga);

  const auto places = places_of(world, slot);
  CHECK(!places.has_held);
  const bool is_confirmed = status_of(saga) == SagaStatus::confirmed;
  CHECK((places.count > 0) == is_confirmed);
  if (!saga.was_confirmed) {
    CHECK(places.sold == 0);
    CHECK(captured == refunded);
    if (captured > 0) CHECK(status_of(saga) == SagaStatus::refunded);
    return was_authorised ? SagaEnd::refunded : SagaEnd::unpaid;
  }
  // All of what was paid for exchanges that came to nothing went back.
  CHECK(refunded >= slot.paid_for_nothing);
  captured -= slot.paid_for_nothing;
  refunded -= slot.paid_for_nothing;
  // What was paid for places that went before they were sold.
  const auto overpaid = captured - places.sold - places.went;
  CHECK(overpaid >= 0);
  CHECK(overpaid <= places.never_had);
  // What was kept of places that went is what the policy keeps of them.
  CHECK(refunded >= places.refund.least + overpaid);
  CHECK(refunded <= places.refund.most + overpaid);
  if (!is_confirmed) return SagaEnd::cancelled;
  CHECK(places.sold == saga.total().minor);
  return saga.rescue == RescueState::done ? SagaEnd::rescued : SagaEnd::confirmed;
}

}  // namespace cavea::engine::testing
