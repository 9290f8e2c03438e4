#pragma once

#include "engine/ids.hpp"
#include "engine/limits.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::engine {

/// Names a party on a waiting list. When the party gets places, it is the id of their reservation.
using WaitingId = ReservationId;

/// What a party waits for.
struct WaitingWish {
  std::uint32_t party_size = 0;    ///< All of them or nothing.
  bool together = false;           ///< Neighbours in one row, no aisle between them. Performances.
  bool accessible = false;         ///< As `BestAvailable::accessible`.
  std::vector<std::string> zones;  ///< Ids; empty: any.
  std::vector<std::string> sections;  ///< Ids; empty: any.

  auto operator<=>(const WaitingWish&) const = default;
};

/// Says of a party that it waits for any one of several offerings: on each of them it waits as a
/// party of its own. What is granted on one is withdrawn from the others.
struct AnyOf {
  WaitingId wish;                     ///< The party's id on the first offering; all share it.
  std::vector<OfferingId> offerings;  ///< At least two, as the person named them.
  std::uint32_t rank = 0;             ///< Which of them this party waits for.

  bool operator==(const AnyOf&) const = default;
};

/// A party that waits. Its wish is the key of the queue that it is in.
struct WaitingParty {
  WaitingId id;
  std::uint64_t order = 0;  ///< The offering's version when it joined: earlier is smaller.
  std::string user;
  PersonKey person;
  bool book_at_once = false;      ///< Places that cost nothing are booked, not offered.
  std::uint32_t passed_over = 0;  ///< Later parties that were served before it, as counted.
  std::optional<AnyOf> any_of;

  bool operator==(const WaitingParty&) const = default;
};

/// Stored and served: the numbers never change.
enum class WaitingStatus : std::uint8_t { waiting = 1, granted = 2, ended = 3 };

/// Why a party does not wait any more without having been granted places.
enum class WaitingEnd : std::uint8_t {
  none = 0,  ///< It waits, or was granted places.
  user = 1,  ///< Left.
  administrator = 2,
  sale_closed = 3,
  offering_cancelled = 4,
  offering_deleted = 5,
  offering_changed = 6,  ///< To another kind or venue.
  person_limit = 7,      ///< The person has as many places as one person may have.
  granted_elsewhere = 8,
};

/// The record of a party, kept after it stopped waiting.
struct WaitingRecord {
  WaitingParty party;
  OfferingId offering;
  WaitingWish wish;
  WaitingStatus status = WaitingStatus::waiting;
  WaitingEnd end = WaitingEnd::none;
  Timestamp changed_at;
  Version version;  ///< The offering's, after the last event of this party.

  bool operator==(const WaitingRecord&) const = default;
};

/// When the party joined: the time in its id.
[[nodiscard]] inline Timestamp joined_at(WaitingId id) {
  return {static_cast<std::int64_t>(id.high >> 16)};
}

/// The reason of the blocks that keep places free for a party that was passed over. No
/// administrator may use it.
inline constexpr std::string_view kept_for_waiting = "kept for the waiting list";

}  // namespace cavea::engine
