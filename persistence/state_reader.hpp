#pragma once

#include "engine/command_bus.hpp"
#include "engine/offering.hpp"
#include "engine/reservation.hpp"
#include "persistence/journal.hpp"
#include "persistence/store.hpp"
#include "persistence/turn.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cavea::persistence {

template <class T>
using Read = engine::Result<T, StoreError>;

/// When an offering must be woken: a hold ends, or (reservation zero) a cancelled offering still has
/// reservations to give back.
struct Deadline {
  engine::Timestamp at;
  engine::OfferingId offering;
  engine::ReservationId reservation;
};

/// What a shard's raft group starts from.
struct ShardStart {
  HardState hard_state;
  std::optional<SnapshotMark> snapshot;
  std::vector<StoredEntry> entries;  ///< After the snapshot, or trailing before it, without a gap.
  std::uint64_t applied = 0;         ///< Index whose changes are in the state.
};

/// Reads the committed, materialised state. From any thread; sees whole batches only.
class StateReader {
 public:
  StateReader(const Store& store, std::uint16_t shard_count);

  [[nodiscard]] Read<ShardStart> shard_start(engine::ShardId shard) const;

  /// The whole state of an offering, as its actor keeps it; `absent` when there is none.
  [[nodiscard]] Read<engine::Offering> offering(engine::ShardId shard, const engine::OfferingId& id) const;

  /// `exists()` is false when there is none.
  [[nodiscard]] Read<engine::Venue> venue(engine::ShardId shard, const engine::VenueId& id) const;

  [[nodiscard]] Read<std::optional<engine::Reservation>> reservation(
      engine::ShardId shard, engine::ReservationId id) const;

  [[nodiscard]] Read<std::optional<IdempotencyRecord>> idempotency(
      engine::ShardId shard, std::string_view caller, std::string_view key) const;

  /// All deadlines of a shard, earliest first.
  [[nodiscard]] Read<std::vector<Deadline>> deadlines(engine::ShardId shard) const;

  /// The places of all offerings of a shard by state, summed from the counters records.
  [[nodiscard]] Read<engine::PlaceCounts> place_totals(engine::ShardId shard) const;

  [[nodiscard]] Read<std::optional<engine::OfferingView>> offering_view(
      engine::ShardId shard, const engine::OfferingId& id) const;

  // Over all shards of the node, merged in order.
  [[nodiscard]] Read<engine::OfferingPage> offerings(const engine::ListOfferings& query) const;
  [[nodiscard]] Read<engine::ReservationPage> reservations(const engine::ListReservations& query) const;
  [[nodiscard]] Read<engine::VenuePage> venues(const engine::ListVenues& query) const;

  /// The definition of an offering alone (labels of a reservation's seats); null when there is none.
  [[nodiscard]] Read<engine::DefinitionRef> definition(
      engine::ShardId shard, const engine::OfferingId& id) const;
};

}  // namespace cavea::persistence
