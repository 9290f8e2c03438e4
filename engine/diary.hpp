#pragma once

#include "engine/commands.hpp"
#include "engine/events.hpp"
#include "engine/ids.hpp"
#include "engine/offering.hpp"

#include <vector>

// A person's diary: what they have reserved, held or confirmed, and when it takes place. Offerings
// that refuse overlaps (`OfferingDefinition::refuse_overlaps`) give places only to who has no other
// reservation at that time. An offering knows its own places alone, so `decide` asks instead of
// giving them; who looks the diary up lets no two claims of one person pass side by side.

namespace cavea::engine {

/// Whether a person has nothing else at the time of an offering.
struct DiaryQuestion {
  PersonKey person;
  OfferingId offering;        ///< Its own reservations do not count.
  ReservationId reservation;  ///< It is about this one, which may be there and does not count.
  Timestamp starts_at;
  Timestamp ends_at;                    ///< What begins then is in no way.
  std::vector<ReservationId> gives_up;  ///< Do not count either.
};

/// The answer to a command that would succeed if the diary is free: nothing happened yet. The same
/// command with `diary_is_free` is decided anew.
struct AskDiary {
  DiaryQuestion question;
};

/// Whether both take place at one time, if only in part.
[[nodiscard]] constexpr bool overlaps(
    const DiaryQuestion& question, Timestamp starts_at, Timestamp ends_at) {
  return question.starts_at < ends_at && starts_at < question.ends_at;
}

/// What has to be asked before `person` gets `reservation`.
[[nodiscard]] DiaryQuestion diary_question(
    const OfferingId& offering,
    const OfferingDefinition& definition,
    PersonKey person,
    ReservationId reservation);

/// Of parties that wanted to be booked at once: what they are offered instead by `granted`, which
/// is not applied yet, because their diary has to be asked first.
[[nodiscard]] std::vector<AcceptOffer> offers_to_accept(
    const Offering& offering, const OfferingEvents& granted);

}  // namespace cavea::engine
