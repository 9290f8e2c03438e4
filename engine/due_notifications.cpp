#include "engine/due_notifications.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace cavea::engine {

namespace {

/// Goes over the events of one change; what a party is granted shows in the event that follows.
class OfferingWalk {
 public:
  std::vector<DueNotification> walk(const OfferingEvents& events) {
    for (const auto& event : events) {
      std::visit([this](const auto& one) { on(one); }, event);
      ++number_;
    }
    return std::move(due_);
  }

 private:
  void on(const PlacesSold& event) {
    auto& due = tell(NotificationKind::reservation_confirmed, event.reservation);
    due.user = event.user;
    due.is_sold_at_once = true;
  }

  void on(const PlacesHeld& event) {
    if (granted_ != event.reservation) return;
    auto& due = tell(NotificationKind::waiting_offer, event.reservation);
    due.user = event.user;
    due.until = event.until;
  }

  void on(const ReservationConfirmed& event) {
    tell(NotificationKind::reservation_confirmed, event.reservation);
  }

  void on(const HoldExpired& event) {
    tell(NotificationKind::reservation_expired, event.reservation);
  }

  void on(const PlacesGivenBack& event) {
    tell(NotificationKind::reservation_cancelled, event.reservation);
  }

  void on(const ReservationCancelled& event) {
    tell(NotificationKind::reservation_cancelled, event.reservation);
  }

  void on(const WaitingGranted& event) { granted_ = event.id; }

  void on(const WaitingLeft& event) {
    const bool is_known = event.end == WaitingEnd::user || event.end == WaitingEnd::none
                          || event.end == WaitingEnd::granted_elsewhere;
    if (!is_known) tell(NotificationKind::waiting_ended, event.id);
  }

  // The definition is read where it is needed; a closed list says who waited in its records.
  void on(const OfferingCreated&) {}

  void on(const OfferingChanged&) {}

  void on(const OfferingCancelled&) {}

  void on(const OfferingDeleted&) {}

  void on(const HoldPinned&) {}

  void on(const PlacesBlocked&) {}

  void on(const PlacesUnblocked&) {}

  void on(const WaitingJoined&) {}

  void on(const WaitingPassedOver&) {}

  void on(const WaitingClosed&) {}

  DueNotification& tell(NotificationKind kind, ReservationId about) {
    DueNotification due;
    due.kind = kind;
    due.about = about;
    due.event = number_;
    return due_.emplace_back(std::move(due));
  }

  std::vector<DueNotification> due_;
  std::uint32_t number_ = 0;
  ReservationId granted_;
};

std::uint32_t places_of(const Saga& saga) {
  std::uint32_t places = 0;
  for (const auto& leg : saga.legs) {
    places += static_cast<std::uint32_t>(
        std::count_if(leg.lines.begin(), leg.lines.end(), [&](const ReservationLine& line) {
          return is_kept(leg, line);
        }));
  }
  return places;
}

bool has_ended(SagaStatus status) {
  return status == SagaStatus::cancelled || status == SagaStatus::expired
         || status == SagaStatus::refund_pending || status == SagaStatus::refunded;
}

}  // namespace

std::vector<DueNotification> due_for(const OfferingEvents& events) {
  return OfferingWalk().walk(events);
}

std::vector<DueNotification> due_for(const Saga& saga, SagaEvents events, SagaTold& told) {
  std::vector<DueNotification> due;
  const auto tell = [&](NotificationKind kind) -> DueNotification& {
    DueNotification one;
    one.kind = kind;
    one.about = saga.id;
    one.user = saga.user;
    one.event = static_cast<std::uint32_t>(due.size());
    one.currency = saga.currency;
    return due.emplace_back(std::move(one));
  };

  const auto status = status_of(saga);
  const auto places = places_of(saga);
  if (status == SagaStatus::confirmed) {
    if (!std::exchange(told.is_confirmed, true)) {
      // One that begins with an exchange was sold before, and that was told.
      if (!saga.exchange) tell(NotificationKind::reservation_confirmed);
    } else if (events.has(SagaEvent::exchanged)) {
      tell(NotificationKind::reservation_changed);
    } else if (places < told.places) {
      tell(NotificationKind::reservation_cancelled);
    }
    if (events.has(SagaEvent::exchange_expired)) tell(NotificationKind::exchange_expired);
    told.has_ended = false;
    told.places = places;
  } else if (has_ended(status) && !std::exchange(told.has_ended, true)) {
    const bool is_expiry = !told.is_confirmed && saga.cause == Cause::deadline;
    const auto kind =
        is_expiry ? NotificationKind::reservation_expired : NotificationKind::reservation_cancelled;
    // What ended before the saga had taken it over, its offering told of.
    const bool is_told = saga.was_confirmed && refusal_of(saga);
    if (!is_told) tell(kind);
    told.is_confirmed = false;
    told.places = 0;
  }
  const auto refunded = saga.refunded();
  if (refunded.minor > told.refunded.minor) {
    tell(NotificationKind::reservation_refunded).refunded = {refunded.minor - told.refunded.minor};
    told.refunded = refunded;
  }
  return due;
}

bool is_in_record(ReservationId id, Timestamp sold_at) noexcept {
  // The id of a wish that was granted is older than what it got.
  constexpr unsigned shard_bits = 16;
  return id.high >> shard_bits == static_cast<std::uint64_t>(sold_at.ms);
}

NotificationId id_in_record(ReservationId id) noexcept {
  return {.shard = id.shard(), .index = 0, .ordinal = 0, .of_reservation = id.low};
}

std::optional<InboxItem> item_of(const Reservation& reservation) {
  const auto& id = reservation.id;
  const bool was_held = reservation.held_until != Timestamp{};
  // Under its own id a saga may have taken over what was sold and told before.
  const bool is_leg = reservation.saga && *reservation.saga != id;
  if (was_held || is_leg || !is_in_record(id, reservation.created_at)) return std::nullopt;
  InboxItem item;
  item.id = id_in_record(id);
  item.kind = NotificationKind::reservation_confirmed;
  item.at = reservation.created_at;
  item.about = id;
  return item;
}

}  // namespace cavea::engine
