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

/// These seats and no others, by their labels ("stalls-A-12").
struct NamedSeats {
  std::vector<std::string> seats;
};

/// Any places of a class.
struct Quantity {
  std::uint32_t count = 0;
};

/// The best free seats for a party: see `engine/best_available.hpp`.
struct BestAvailable {
  std::uint32_t party_size = 0;
  std::vector<std::string> zones;     ///< Ids; empty: any.
  std::vector<std::string> sections;  ///< Ids; empty: any.
  bool accessible = false;  ///< The party needs accessible seats, and companion seats beside them.
};

/// The places that a reservation had before it ended, at their old prices; when some are taken,
/// as many others: of a performance seats together in the same zones. Never asked for by people: a
/// payment that came late is rescued with it.
struct SamePlaces {
  std::vector<ReservationLine> lines;
};

using Claim = std::variant<NamedSeats, Quantity, BestAvailable, SamePlaces>;

struct CreateOffering {
  DefinitionRef definition;
};

struct ChangeOffering {
  DefinitionRef definition;
  Revision expected_revision;
};

struct CancelOffering {
  std::string reason;
  Revision expected_revision;  ///< Zero: any.
};

struct DeleteOffering {
  Revision expected_revision;
};

/// Takes places for a person: sold at once when they cost nothing, held until a deadline otherwise.
struct HoldPlaces {
  ReservationId reservation;
  std::string user;
  PersonKey person;
  Claim claim;
  /// The saga that asks: the places are held for it, whatever they cost, and long enough
  /// (`saga_limits::leg_hold_time`).
  std::optional<ReservationId> saga{};
  /// Places that the person has here and gives up for these: they do not count against what one may
  /// have.
  std::uint32_t replaces = 0;
  /// Reservations that the person gives up whole for these: they stand in no way.
  std::vector<ReservationId> gives_up{};
  /// Nothing else of the person takes place at that time (`engine/diary.hpp`).
  bool diary_is_free = false;
};

/// A saga takes over a hold: it lasts as long as the saga may need it. Or what is sold already, to
/// exchange places of it.
struct PinHold {
  ReservationId reservation;
  ReservationId saga;
  bool is_sold = false;
};

/// The places of a hold are paid for.
struct ConfirmReservation {
  ReservationId reservation;
};

/// The deadline of a hold may have come.
struct ExpireHold {
  ReservationId reservation;
};

/// Gives back a hold or a confirmed reservation, whole or some places of it.
struct CancelReservation {
  ReservationId reservation;
  std::vector<std::string>
      seats;  ///< Labels of a performance's seats; with no quantity and no seats: all.
  std::uint32_t quantity = 0;  ///< Places of a class.
  /// By number, instead: what it still has of them, whatever they are called by now.
  std::vector<Place> places{};
  std::optional<PersonKey>
      person;  ///< Whose it must be; nothing: an administrator, who may do it after the cut-off.
  std::optional<Cause> cause{};  ///< Given by a saga, which has looked at the cut-off itself.
};

/// Takes free seats (by label) or free places of a class (by quantity) off the sale.
struct BlockPlaces {
  std::vector<std::string> seats;
  std::uint32_t quantity = 0;
  std::string reason;
};

struct UnblockPlaces {
  std::vector<std::string> seats;
  std::uint32_t quantity = 0;
};

/// Gives back the next reservations of a cancelled offering; the actor repeats it until none is
/// left.
struct SweepCancelled {};

/// Puts a party on the waiting list of an offering that has no places for it now. For a person
/// who named several offerings (`any_of`), free places are no refusal but are granted at once on
/// all but the first.
struct JoinWaitingList {
  WaitingId id;
  std::string user;
  PersonKey person;
  WaitingWish wish;
  bool book_at_once = false;
  std::optional<AnyOf> any_of;
};

struct LeaveWaitingList {
  WaitingId id;
  std::optional<PersonKey> person;  ///< Whose it must be; nothing: an administrator.
};

/// Books the places of an offer that cost nothing.
struct AcceptOffer {
  ReservationId reservation;
  PersonKey person;            ///< Whose it must be.
  bool diary_is_free = false;  ///< As in `HoldPlaces`.
};

/// Time has passed: there may be something to do for those who wait.
struct MatchWaiting {};

using OfferingCommand = std::variant<
    CreateOffering,
    ChangeOffering,
    CancelOffering,
    DeleteOffering,
    HoldPlaces,
    ConfirmReservation,
    ExpireHold,
    CancelReservation,
    BlockPlaces,
    UnblockPlaces,
    SweepCancelled,
    PinHold,
    JoinWaitingList,
    LeaveWaitingList,
    AcceptOffer,
    MatchWaiting>;

struct CreateVenue {
  VenueDefinition definition;
};

struct ChangeVenue {
  VenueDefinition definition;
  Revision expected_revision;
};

struct DeleteVenue {
  Revision expected_revision;
};

using VenueCommand = std::variant<CreateVenue, ChangeVenue, DeleteVenue>;

}  // namespace cavea::engine
