#pragma once

#include "engine/definition.hpp"
#include "engine/ids.hpp"
#include "engine/reservation.hpp"
#include "engine/venue.hpp"
#include "engine/waiting.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace cavea::engine {

struct OfferingCreated {
  DefinitionRef definition;
};

struct OfferingChanged {
  DefinitionRef definition;
};

struct OfferingCancelled {
  std::string reason;
};

struct OfferingDeleted {};

/// Places were taken until a deadline, to be paid for.
struct PlacesHeld {
  ReservationId reservation;
  std::string user;
  PersonKey person;
  std::vector<ReservationLine> lines;  ///< In the order of the claim, or by place.
  Timestamp until;                     ///< A whole second.
  Currency currency;
};

/// Places that cost nothing were taken for good.
struct PlacesSold {
  ReservationId reservation;
  std::string user;
  PersonKey person;
  std::vector<ReservationLine> lines;
  Currency currency;
};

/// A saga took a hold over, or what was sold already.
struct HoldPinned {
  ReservationId reservation;
  ReservationId saga;
  Timestamp until;  ///< A whole second, not before the hold's own; zero of what was sold already.
};

struct ReservationConfirmed {
  ReservationId reservation;
};

struct HoldExpired {
  ReservationId reservation;
};

/// Some places of a reservation are free again.
struct PlacesGivenBack {
  ReservationId reservation;
  std::vector<Place> places;
  Cause cause = Cause::user;
};

/// All that was left of a reservation is free again.
struct ReservationCancelled {
  ReservationId reservation;  ///< Of a sweep (`Cause::offering_cancelled`): high half zero.
  Cause cause = Cause::user;
};

struct PlacesBlocked {
  std::vector<Place> places;
  std::string reason;
};

struct PlacesUnblocked {
  std::vector<Place> places;
};

/// A party waits from now on; its order is the version after this event.
struct WaitingJoined {
  WaitingId id;
  std::string user;
  PersonKey person;
  WaitingWish wish;
  bool book_at_once = false;
  std::optional<AnyOf> any_of;
};

/// A party does not wait any more. One that did not wait here now says so for all of its wish.
struct WaitingLeft {
  WaitingId id;
  WaitingEnd end = WaitingEnd::user;
};

/// A party gets places: the event that follows takes them, for a reservation with the same id.
struct WaitingGranted {
  WaitingId id;
};

/// Later parties were served before this one: so many so far.
struct WaitingPassedOver {
  WaitingId id;
  std::uint32_t times = 0;
};

/// Nobody waits any more.
struct WaitingClosed {
  WaitingEnd end = WaitingEnd::sale_closed;
};

using OfferingEvent = std::variant<
    OfferingCreated,
    OfferingChanged,
    OfferingCancelled,
    OfferingDeleted,
    PlacesHeld,
    PlacesSold,
    ReservationConfirmed,
    HoldExpired,
    PlacesGivenBack,
    ReservationCancelled,
    PlacesBlocked,
    PlacesUnblocked,
    HoldPinned,
    WaitingJoined,
    WaitingLeft,
    WaitingGranted,
    WaitingPassedOver,
    WaitingClosed>;

using OfferingEvents = std::vector<OfferingEvent>;

struct VenueCreated {
  VenueDefinition definition;
};

struct VenueChanged {
  VenueDefinition definition;
};

struct VenueDeleted {};

using VenueEvent = std::variant<VenueCreated, VenueChanged, VenueDeleted>;

}  // namespace cavea::engine
