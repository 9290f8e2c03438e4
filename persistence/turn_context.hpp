#pragma once

#include "engine/ids.hpp"
#include "engine/money.hpp"
#include "engine/place_table.hpp"
#include "persistence/turn.hpp"
#include "persistence/wire.hpp"

#include <cstdint>
#include <vector>

// What the encoder and the decoder of turns share: the numbers of the format, and what both know
// from the change before, against which the next one is written.

namespace cavea::persistence {

inline constexpr std::uint8_t turn_version = 1;

/// The first byte of a change.
enum ChangeBit : std::uint8_t {
  venue_change = 1,   ///< Otherwise of an offering.
  same_offering = 2,  ///< As the offering change before.
  has_idempotency = 4,
  saga_change = 8,       ///< Neither of an offering nor of a venue.
  records_change = 16,   ///< The same.
  has_saga_events = 32,  ///< Of a saga: what the step did.
  change_bits = 63,
};

/// The first byte of an event. Never change or reuse a number.
enum class EventTag : std::uint8_t {
  offering_created = 1,
  offering_changed = 2,
  offering_cancelled = 3,
  offering_deleted = 4,
  places_held = 5,
  places_sold = 6,
  reservation_confirmed = 7,
  hold_expired = 8,
  places_given_back = 9,
  reservation_cancelled = 10,
  places_blocked = 11,
  places_unblocked = 12,
  venue_created = 13,
  venue_changed = 14,
  venue_deleted = 15,
  waiting_joined = 16,
  waiting_left = 17,
  waiting_granted = 18,
  waiting_passed_over = 19,
  waiting_closed = 20,
  hold_pinned = 24,
};

/// The byte after the tag of an event that takes places.
enum TakeBit : std::uint8_t {
  own_person = 1,    ///< The person's key is not the hash of the user's name.
  own_currency = 2,  ///< Not the currency of the event before that took places.
  take_bits = 3,
};

/// The byte after the tag of a party that joins a waiting list.
enum JoinBit : std::uint8_t {
  join_own_person = 1,    ///< As `own_person`.
  join_book_at_once = 2,  ///< Free places are booked, not offered.
  join_any_of = 4,        ///< It waits for any of several offerings.
  join_bits = 7,
};

/// The byte in front of an idempotency record.
enum IdempotencyBit : std::uint8_t {
  own_caller = 1,  ///< The caller is not the user of the event that took places.
  uuid_key = 2,    ///< The key is a lower-case UUID, written as its 16 bytes.
  idempotency_bits = 3,
};

/// How a seat map is given: nothing, here, or the nth that was given here before.
enum MapSlot : std::uint64_t { no_map = 0, new_map = 1, first_known_map = 2 };

struct TurnContext {
  engine::OfferingId offering;
  engine::Timestamp at;
  engine::Version version;
  engine::Revision revision;
  engine::PlaceCounts counts;
  engine::Currency currency;
  std::uint16_t shard = 0;  ///< The shard in the last reservation id.
  std::vector<engine::SeatMapRef> maps;

  // Of the change at hand.
  engine::ReservationId reservation;  ///< The first one that it names.
  std::string_view user;              ///< Who takes places in it.

  /// An offering's numbers are guessed from its last change; another offering's from nothing.
  void begin_change(bool same) {
    reservation = {};
    user = {};
    if (same) return;
    version = {};
    revision = {};
    counts = {};
  }

  /// What the high half of a new reservation's id is likely to be.
  [[nodiscard]] std::uint64_t likely_high() const noexcept {
    return static_cast<std::uint64_t>(at.ms) << 16 | shard;
  }

  void saw(engine::ReservationId id) noexcept {
    shard = static_cast<std::uint16_t>(id.high);
    if (reservation == engine::ReservationId{}) reservation = id;
  }
};

}  // namespace cavea::persistence
