#include "engine/changes.hpp"

#include <algorithm>
#include <array>

namespace cavea::engine {

namespace {

constexpr std::array<std::string_view, change_type_count> names{
    "cavea.offering.created",
    "cavea.offering.changed",
    "cavea.offering.cancelled",
    "cavea.offering.deleted",
    "cavea.reservation.held",
    "cavea.reservation.sold",
    "cavea.reservation.confirmed",
    "cavea.reservation.expired",
    "cavea.reservation.places_given_back",
    "cavea.reservation.cancelled",
    "cavea.places.blocked",
    "cavea.places.unblocked",
    "cavea.venue.created",
    "cavea.venue.changed",
    "cavea.venue.deleted",
    "cavea.reservation.pinned",
    "cavea.waiting.joined",
    "cavea.waiting.left",
    "cavea.waiting.granted",
    "cavea.waiting.passed_over",
    "cavea.waiting.closed",
    "cavea.order.held",
    "cavea.order.extended",
    "cavea.order.payment_started",
    "cavea.order.payment_failed",
    "cavea.order.paid",
    "cavea.order.rescued",
    "cavea.order.confirmed",
    "cavea.order.places_given_back",
    "cavea.order.rejected",
    "cavea.order.expired",
    "cavea.order.cancelled",
    "cavea.order.rescue_failed",
    "cavea.order.refund_asked",
    "cavea.order.refunded",
    "cavea.order.exchanged",
    "cavea.order.exchange_expired",
};

// One overload an event; a forgotten one does not compile.

constexpr ChangeType type_of(const OfferingCreated&) {
  return ChangeType::offering_created;
}

constexpr ChangeType type_of(const OfferingChanged&) {
  return ChangeType::offering_changed;
}

constexpr ChangeType type_of(const OfferingCancelled&) {
  return ChangeType::offering_cancelled;
}

constexpr ChangeType type_of(const OfferingDeleted&) {
  return ChangeType::offering_deleted;
}

constexpr ChangeType type_of(const PlacesHeld&) {
  return ChangeType::reservation_held;
}

constexpr ChangeType type_of(const PlacesSold&) {
  return ChangeType::reservation_sold;
}

constexpr ChangeType type_of(const ReservationConfirmed&) {
  return ChangeType::reservation_confirmed;
}

constexpr ChangeType type_of(const HoldExpired&) {
  return ChangeType::reservation_expired;
}

constexpr ChangeType type_of(const PlacesGivenBack&) {
  return ChangeType::reservation_places_given_back;
}

constexpr ChangeType type_of(const ReservationCancelled&) {
  return ChangeType::reservation_cancelled;
}

constexpr ChangeType type_of(const PlacesBlocked&) {
  return ChangeType::places_blocked;
}

constexpr ChangeType type_of(const PlacesUnblocked&) {
  return ChangeType::places_unblocked;
}

constexpr ChangeType type_of(const HoldPinned&) {
  return ChangeType::reservation_pinned;
}

constexpr ChangeType type_of(const WaitingJoined&) {
  return ChangeType::waiting_joined;
}

constexpr ChangeType type_of(const WaitingLeft&) {
  return ChangeType::waiting_left;
}

constexpr ChangeType type_of(const WaitingGranted&) {
  return ChangeType::waiting_granted;
}

constexpr ChangeType type_of(const WaitingPassedOver&) {
  return ChangeType::waiting_passed_over;
}

constexpr ChangeType type_of(const WaitingClosed&) {
  return ChangeType::waiting_closed;
}

constexpr ChangeType type_of(const VenueCreated&) {
  return ChangeType::venue_created;
}

constexpr ChangeType type_of(const VenueChanged&) {
  return ChangeType::venue_changed;
}

constexpr ChangeType type_of(const VenueDeleted&) {
  return ChangeType::venue_deleted;
}

template <class Event>
auto* find_reservation(Event& event) {
  return std::visit(
      [](auto& one) {
        if constexpr (requires { one.reservation; }) {
          return &one.reservation;
        } else {
          using Id = std::conditional_t<std::is_const_v<Event>, const ReservationId, ReservationId>;
          return static_cast<Id*>(nullptr);
        }
      },
      event);
}

}  // namespace

std::string_view name_of(ChangeType type) {
  return names.at(static_cast<std::size_t>(type));
}

std::optional<ChangeTypes> ChangeTypes::named(std::string_view name) {
  const bool is_family = name.ends_with(".*");
  const auto stem = is_family ? name.substr(0, name.size() - 1) : name;
  ChangeTypes types;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool fits = is_family ? names[i].starts_with(stem) : names[i] == stem;
    if (fits) types.bits |= std::uint64_t{1} << i;
  }
  if (types.bits == 0) return std::nullopt;
  return types;
}

ChangeType change_type_of(const OfferingEvent& event) {
  return std::visit([](const auto& one) { return type_of(one); }, event);
}

ChangeType change_type_of(const VenueEvent& event) {
  return std::visit([](const auto& one) { return type_of(one); }, event);
}

ChangeType change_type_of(SagaEvent event) {
  switch (event) {
    case SagaEvent::held:
      return ChangeType::order_held;
    case SagaEvent::extended:
      return ChangeType::order_extended;
    case SagaEvent::payment_started:
      return ChangeType::order_payment_started;
    case SagaEvent::payment_failed:
      return ChangeType::order_payment_failed;
    case SagaEvent::paid:
      return ChangeType::order_paid;
    case SagaEvent::rescued:
      return ChangeType::order_rescued;
    case SagaEvent::confirmed:
      return ChangeType::order_confirmed;
    case SagaEvent::places_given_back:
      return ChangeType::order_places_given_back;
    case SagaEvent::rejected:
      return ChangeType::order_rejected;
    case SagaEvent::expired:
      return ChangeType::order_expired;
    case SagaEvent::cancelled:
      return ChangeType::order_cancelled;
    case SagaEvent::rescue_failed:
      return ChangeType::order_rescue_failed;
    case SagaEvent::refund_asked:
      return ChangeType::order_refund_asked;
    case SagaEvent::refunded:
      return ChangeType::order_refunded;
    case SagaEvent::exchanged:
      return ChangeType::order_exchanged;
    case SagaEvent::exchange_expired:
      return ChangeType::order_exchange_expired;
  }
  return ChangeType::order_cancelled;
}

const ReservationId* reservation_in(const OfferingEvent& event) {
  return find_reservation(event);
}

ReservationId* reservation_in(OfferingEvent& event) {
  return find_reservation(event);
}

const std::string* user_in(const OfferingEvent& event) {
  return std::visit(
      [](const auto& one) -> const std::string* {
        if constexpr (requires { one.user; }) {
          return &one.user;
        } else {
          return nullptr;
        }
      },
      event);
}

bool ChangeFilter::wants(const OfferingId& offering) const {
  return offerings.empty()
         || std::find(offerings.begin(), offerings.end(), offering) != offerings.end();
}

}  // namespace cavea::engine
