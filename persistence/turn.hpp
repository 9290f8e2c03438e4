#pragma once

#include "engine/command_bus.hpp"
#include "engine/events.hpp"
#include "engine/ids.hpp"
#include "engine/place_table.hpp"
#include "engine/saga.hpp"
#include "engine/saga_event.hpp"
#include "persistence/record.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace cavea::persistence {

/// What a command came to, as it is remembered for 24 hours under its idempotency key.
/// Only commands that changed something are remembered.
struct Outcome {
  enum class Kind : std::uint8_t {
    reservation = 1,  ///< A reservation was made.
    offering = 2,
    venue = 3,
    done = 4,
    reservation_changed = 5,  ///< A reservation was confirmed or given back, whole or in part.
    waiting_joined = 8,       ///< A party waits; `reservation` is its id.
    waiting_left = 9,
  };

  Kind kind = Kind::done;
  engine::ReservationId reservation;   ///< Of a reservation.
  std::string id;                      ///< Of an offering or venue.
  engine::Version version;             ///< The offering's, after the command.
  engine::ReservationStatus status{};  ///< Of a reservation, right after the command.

  bool operator==(const Outcome&) const = default;
};

struct IdempotencyRecord {
  engine::IdempotencyKey key;
  Outcome outcome;
};

/// What one command did to one offering. Everything that the state needs is in it, so that a
/// replica that never ran `decide` writes the same bytes.
struct OfferingChange {
  engine::OfferingId offering;
  engine::Timestamp at;
  engine::OfferingEvents events;
  engine::Version version;     ///< After the events.
  engine::Revision revision;   ///< After the events.
  engine::PlaceCounts counts;  ///< After the events.
  std::optional<IdempotencyRecord> idempotency;
};

struct VenueChange {
  engine::VenueId venue;
  engine::Timestamp at;
  engine::VenueEvent event;
  engine::Revision revision;
  std::optional<IdempotencyRecord> idempotency;
};

/// A saga as a step of its life left it. Sagas are small and change few times.
struct SagaChange {
  engine::Timestamp at;
  engine::Saga saga;
  std::optional<IdempotencyRecord> idempotency;
  engine::SagaEvents events{};  ///< What the step did; none from a program that did not say so.
};

/// Records that one step of a part of the node writes: all of them, or none.
struct RecordsChange {
  engine::Timestamp at;
  std::vector<RecordWrite> writes;
  std::optional<IdempotencyRecord> idempotency;
};

using Change = std::variant<OfferingChange, VenueChange, SagaChange, RecordsChange>;

/// Everything that a shard did in one turn: the payload of one raft entry.
struct Turn {
  std::vector<Change> changes;
};

}  // namespace cavea::persistence
