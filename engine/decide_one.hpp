#pragma once

#include "engine/best_available.hpp"
#include "engine/decide.hpp"
#include "engine/result.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cavea::engine {

// What the files `decide_*.cpp` share: one overload a command, so that a forgotten one does not
// compile, and the guards that several commands have in common. INTERNAL to the engine.

Decision decide_one(const Offering& offering, const CreateOffering& command, Timestamp now);
Decision decide_one(const Offering& offering, const ChangeOffering& command, Timestamp now);
Decision decide_one(const Offering& offering, const CancelOffering& command, Timestamp now);
Decision decide_one(const Offering& offering, const DeleteOffering& command, Timestamp now);
Decision decide_one(const Offering& offering, const HoldPlaces& command, Timestamp now);
Decision decide_one(const Offering& offering, const PinHold& command, Timestamp now);
Decision decide_one(const Offering& offering, const ConfirmReservation& command, Timestamp now);
Decision decide_one(const Offering& offering, const ExpireHold& command, Timestamp now);
Decision decide_one(const Offering& offering, const CancelReservation& command, Timestamp now);
Decision decide_one(const Offering& offering, const BlockPlaces& command, Timestamp now);
Decision decide_one(const Offering& offering, const UnblockPlaces& command, Timestamp now);
Decision decide_one(const Offering& offering, const SweepCancelled& command, Timestamp now);
Decision decide_one(const Offering& offering, const JoinWaitingList& command, Timestamp now);
Decision decide_one(const Offering& offering, const LeaveWaitingList& command, Timestamp now);
Decision decide_one(const Offering& offering, const AcceptOffer& command, Timestamp now);
Decision decide_one(const Offering& offering, const MatchWaiting& command, Timestamp now);

/// A decision of one event.
[[nodiscard]] Decision happened(OfferingEvent event);

/// A refusal with the places it is about, how they stand, and the definition that labels them.
[[nodiscard]] Refusal refuse_places(
    Rejection reason, const Offering& offering, const std::vector<Place>& places);

[[nodiscard]] Refusal refuse_with_available(Rejection reason, std::uint32_t available);
[[nodiscard]] Refusal refuse_with_time(Rejection reason, Timestamp at);
[[nodiscard]] Refusal refuse_with_faults(Rejection reason, Faults faults);

/// Deadlines are kept in whole seconds; a hold never gets less time than was promised.
[[nodiscard]] Timestamp whole_second(Timestamp t);

/// How long a saga that begins now may need a hold.
[[nodiscard]] Timestamp pinned_until(const OfferingDefinition& definition, Timestamp now);

/// Whether `expected` is zero (any) or the revision that `current` is.
[[nodiscard]] bool is_expected(Revision expected, Revision current);

/// Whether seats are named for a performance and a quantity for a class, not the other way round.
[[nodiscard]] bool fits_kind(
    const Offering& offering, const std::vector<std::string>& seats, std::uint32_t quantity);

/// The places behind the labels of a performance's seats, in their order.
/// Errors: `place_unknown` with all unknown names, `place_named_twice` with all such places.
[[nodiscard]] Result<std::vector<Place>, Refusal> find_named(
    const Offering& offering, const std::vector<std::string>& seats);

/// Those of `places` that do not stand as `state`.
[[nodiscard]] std::vector<Place> not_in_state(
    const Offering& offering, const std::vector<Place>& places, PlaceState state);

/// Why nothing is sold at `now`; nothing when something is.
[[nodiscard]] std::optional<Refusal> refuse_by_sale(
    const OfferingDefinition& definition, Timestamp now);

/// `person_limit_reached` when the person would have too many places with `asked` more in place of
/// `replaced` that it gives up.
[[nodiscard]] std::optional<Refusal> refuse_by_person_limit(
    const Offering& offering, PersonKey person, std::size_t asked, std::size_t replaced = 0);

/// The places with what they cost.
[[nodiscard]] std::vector<ReservationLine> lines_for(
    const OfferingDefinition& definition, const std::vector<Place>& places);

/// Errors: `zone_unknown`, `section_unknown` with all such names.
[[nodiscard]] Result<SeatFilter, Refusal> filter_of(
    const SeatMap& map,
    const std::vector<std::string>& zone_ids,
    const std::vector<std::string>& section_ids,
    bool accessible);

/// Whether a place is kept for who waits.
[[nodiscard]] bool is_kept(const Offering& offering, Place place);

/// The events in front of one after which nobody can wait any more.
[[nodiscard]] OfferingEvents close_waiting(const Offering& offering, WaitingEnd end);

/// What is wrong with the reason of a command: the field is "/reason".
[[nodiscard]] Faults check_command_reason(const std::string& reason);

}  // namespace cavea::engine
