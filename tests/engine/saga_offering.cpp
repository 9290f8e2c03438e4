#include "tests/engine/saga_offering.hpp"

#include "engine/assert.hpp"

#include <algorithm>
#include <utility>

namespace cavea::engine::testing {

SagaOffering::SagaOffering(OfferingId id, DefinitionRef definition, RefundPolicy policy)
    : policy_(std::move(policy)) {
  offering_.id = id;
  const OfferingEvent created = OfferingCreated{std::move(definition)};
  apply(offering_, created);
}

SagaOffering::Answer SagaOffering::carry_out(
    const OfferingCommand& command, const std::string& key, Timestamp now) {
  if (const auto done = done_.find(key); !key.empty() && done != done_.end()) {
    return view(done->second).value();
  }
  if (const auto refused = refused_.find(key); !key.empty() && refused != refused_.end()) {
    return refused->second;
  }
  const auto decision = decide(offering_, command, now);
  if (const auto* refusal = std::get_if<Refusal>(&decision)) {
    if (!key.empty()) refused_.emplace(key, refusal->reason);
    return refusal->reason;
  }
  if (const auto* events = std::get_if<OfferingEvents>(&decision)) {
    for (const auto& event : *events) {
      apply(offering_, event);
      record_event(event, key, now);
    }
  }
  return std::visit(
      [&](const auto& one) -> Answer {
        if constexpr (requires { one.reservation; }) {
          if (!key.empty()) done_.emplace(key, one.reservation);
          if (auto found = view(one.reservation)) return *std::move(found);
        }
        return Rejection::reservation_not_found;  // Of a command about the whole offering.
      },
      command);
}

const Reservation* SagaOffering::record(ReservationId reservation) const {
  const auto found = records_.find(reservation.low);
  return found == records_.end() ? nullptr : &found->second;
}

std::optional<LegView> SagaOffering::view(ReservationId reservation) const {
  const auto* found = record(reservation);
  if (found == nullptr) return std::nullopt;
  LegView view;
  view.reservation = *found;
  view.starts_at = offering_.definition->starts_at;
  view.hold_time = offering_.definition->hold_time;
  view.cancellation_cutoff = offering_.definition->cancellation_cutoff;
  view.refund_policy = policy_;
  return view;
}

void SagaOffering::record_event(const OfferingEvent& event, const std::string& key, Timestamp now) {
  if (const auto* held = std::get_if<PlacesHeld>(&event)) {
    record_taken(held->reservation, held->user, held->lines, held->until, now);
    on_held(held->reservation, held->until);
  } else if (const auto* sold = std::get_if<PlacesSold>(&event)) {
    record_taken(sold->reservation, sold->user, sold->lines, {}, now);
  } else if (const auto* pinned = std::get_if<HoldPinned>(&event)) {
    auto& record = touch(pinned->reservation, Cause::user, now);
    saga_of_[pinned->reservation.low] = pinned->saga;
    if (pinned->until == Timestamp{}) return;  // Sold already.
    record.held_until = pinned->until;
    on_held(pinned->reservation, pinned->until);
  } else if (const auto* confirmed = std::get_if<ReservationConfirmed>(&event)) {
    touch(confirmed->reservation, Cause::user, now).status = ReservationStatus::confirmed;
  } else if (const auto* expired = std::get_if<HoldExpired>(&event)) {
    record_ended(expired->reservation, ReservationStatus::expired, Cause::deadline, key, now);
  } else if (const auto* some = std::get_if<PlacesGivenBack>(&event)) {
    auto& record = touch(some->reservation, some->cause, now);
    const bool was_sold = record.status == ReservationStatus::confirmed;
    for (auto& line : record.lines) {
      const auto& places = some->places;
      if (std::find(places.begin(), places.end(), line.place) == places.end()) continue;
      line.given_back = true;
      given_back_.push_back(
          {some->reservation, line.place, line.price, was_sold, some->cause, now, key});
    }
  } else if (const auto* all = std::get_if<ReservationCancelled>(&event)) {
    record_ended(all->reservation, ReservationStatus::cancelled, all->cause, key, now);
  }
}

void SagaOffering::record_taken(
    ReservationId id,
    const std::string& user,
    const std::vector<ReservationLine>& lines,
    Timestamp until,
    Timestamp now) {
  CAVEA_ASSERT(!records_.contains(id.low));
  Reservation record;
  record.id = id;
  record.offering = offering_.id;
  record.user = user;
  record.status = until == Timestamp{} ? ReservationStatus::confirmed : ReservationStatus::held;
  record.created_at = now;
  record.changed_at = now;
  record.held_until = until;
  record.version = offering_.version;
  record.currency = offering_.definition->currency;
  record.lines = lines;
  records_[id.low] = std::move(record);
}

void SagaOffering::record_ended(
    ReservationId id,
    ReservationStatus status,
    Cause cause,
    const std::string& key,
    Timestamp now) {
  auto& record = touch(id, cause, now);
  const bool was_sold = record.status == ReservationStatus::confirmed;
  record.status = status;
  for (auto& line : record.lines) {
    if (line.given_back) continue;
    given_back_.push_back({record.id, line.place, line.price, was_sold, cause, now, key});
    // An expired record keeps its lines as they were, as the store does.
    line.given_back = status == ReservationStatus::cancelled;
  }
  tell_saga(record.id, key);
}

Reservation& SagaOffering::touch(ReservationId id, Cause cause, Timestamp now) {
  auto& record = records_.at(id.low);
  record.cause = cause;
  record.changed_at = now;
  record.version = offering_.version;
  return record;
}

void SagaOffering::tell_saga(ReservationId id, const std::string& key) {
  const auto saga = saga_of_.find(id.low);
  if (saga != saga_of_.end() && key.empty()) on_lost(saga->second, view(id).value());
}

void SagaOffering::check() const {
  offering_.places.check_invariants();
  std::uint32_t taken = 0;
  for (const auto& [low, record] : records_) {
    const auto holder = offering_.places.find(record.id);
    const bool is_held = record.status == ReservationStatus::held;
    CAVEA_ASSERT(holder.has_value() == (is_held || record.status == ReservationStatus::confirmed));
    if (!holder) continue;
    CAVEA_ASSERT(holder->is_held == is_held);
    for (const auto& line : record.lines) {
      const auto owner = offering_.places.reservation_at(line.place);
      CAVEA_ASSERT(line.given_back || owner == low);
      taken += line.given_back ? 0 : 1;
    }
  }
  CAVEA_ASSERT(taken == offering_.places.counts().held + offering_.places.counts().sold);
}

}  // namespace cavea::engine::testing
