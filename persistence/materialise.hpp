#pragma once

#include "engine/events.hpp"
#include "engine/ids.hpp"
#include "engine/waiting.hpp"
#include "persistence/record_codec.hpp"
#include "persistence/saga_codec.hpp"
#include "persistence/seat_map_codec.hpp"
#include "persistence/shard_write.hpp"
#include "persistence/state_overlay.hpp"
#include "persistence/turn.hpp"
#include "persistence/waiting_codec.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace cavea::persistence {

/// Turns what was decided into the records of the state column. This is the only code that writes
/// them; the leader, its followers and `cavea check` all use it, and it depends on nothing but the
/// state and the turns: no clock, no order of a hash. What it remembers between turns is only what
/// it could read again.
///
/// Every function gives the error of the store when a record could not be read, or `corrupt` when
/// one is missing that a turn refers to; the batch must not be written then.
class Materialiser {
 public:
  /// Reads from and writes to `state`, which must outlive it.
  explicit Materialiser(StateOverlay& state) : state_(state) {}

  /// Carries out a committed entry. One that the state already has is left out.
  [[nodiscard]] std::optional<StoreError> apply(engine::ShardId shard, const CommittedTurn& turn);

  /// Makes `apply` carry out entries from `index` on, though the state has them: for `cavea check`.
  /// What a later entry has removed already is then no error.
  void replay_from(engine::ShardId shard, std::uint64_t index);

  /// Drops the buckets of idempotency records in which all are older than `before`, except the
  /// newest. Nothing else drops them.
  [[nodiscard]] std::optional<StoreError> purge_idempotency(
      engine::ShardId shard, engine::Timestamp before);

  /// The state of a shard was replaced: nothing of it is remembered.
  void forget(engine::ShardId shard) { shards_.erase(shard); }

  /// Writes the applied index of every shard that changed. Call it before the overlay is flushed.
  void finish();

 private:
  using Failure = std::optional<StoreError>;

  /// The event at hand.
  struct At {
    engine::ShardId shard;
    const OfferingChange* change = nullptr;
    engine::Version version;  ///< After the event.
  };

  struct Shard {
    ShardRecord record;
    bool is_changed = false;
  };

  /// The ids of a cancelled offering's reservations, by their low half.
  using HighByLow = std::unordered_map<std::uint64_t, std::uint64_t>;

  Failure change(engine::ShardId shard, const OfferingChange& change);
  Failure change(engine::ShardId shard, const VenueChange& change);
  Failure change(engine::ShardId shard, const SagaChange& change);
  Failure change(engine::ShardId shard, const RecordsChange& change);

  Failure event(const At& at, const engine::OfferingCreated& event);
  Failure event(const At& at, const engine::OfferingChanged& event);
  Failure event(const At& at, const engine::OfferingCancelled& event);
  Failure event(const At& at, const engine::OfferingDeleted& event);
  Failure event(const At& at, const engine::PlacesHeld& event);
  Failure event(const At& at, const engine::PlacesSold& event);
  Failure event(const At& at, const engine::HoldPinned& event);
  Failure event(const At& at, const engine::ReservationConfirmed& event);
  Failure event(const At& at, const engine::HoldExpired& event);
  Failure event(const At& at, const engine::PlacesGivenBack& event);
  Failure event(const At& at, const engine::ReservationCancelled& event);
  Failure event(const At& at, const engine::PlacesBlocked& event);
  Failure event(const At& at, const engine::PlacesUnblocked& event);

  Failure event(const At& at, const engine::WaitingJoined& event);
  Failure event(const At& at, const engine::WaitingLeft& event);
  Failure event(const At& at, const engine::WaitingGranted& event);
  Failure event(const At& at, const engine::WaitingPassedOver& event);
  Failure event(const At& at, const engine::WaitingClosed& event);

  // Waiting lists (materialise_waiting.cpp).
  Read<engine::WaitingRecord> waiting_record(engine::ShardId shard, engine::WaitingId id);
  void put_waiting(const At& at, engine::WaitingRecord& record);
  Failure end_waiting(
      const At& at, engine::WaitingId id, engine::WaitingStatus status, engine::WaitingEnd end);
  Failure move_wakes(
      const At& at,
      const engine::OfferingDefinition& before,
      const engine::OfferingDefinition& after);
  void put_wakes(const At& at, const engine::OfferingDefinition& definition);
  void remove_wakes(const At& at, const engine::OfferingDefinition& definition);
  Read<std::size_t*> waiting_count(const At& at);

  // Reservations (materialise_reservations.cpp).
  template <class Taken>
  Failure take(const At& at, const Taken& event, engine::Timestamp until);
  Failure change_reservation(
      const At& at,
      engine::ReservationId id,
      engine::Cause cause,
      const std::function<void(engine::Reservation&)>& edit);
  void put_claim(const At& at, const engine::Reservation& reservation, engine::PersonKey person);
  void end_claim(const At& at, const engine::Reservation& reservation);
  Read<engine::ReservationId> whole_id(const At& at, engine::ReservationId id);

  // Definitions (materialise_definitions.cpp).
  Read<OfferingRecord> offering_record(engine::ShardId shard, const engine::OfferingId& id);
  void put_offering(
      const At& at, const OfferingRecord& record, const engine::OfferingDefinition& definition);
  Failure drop_lost_blocks(
      const At& at,
      const engine::OfferingDefinition& before,
      const engine::OfferingDefinition& after);
  Failure end_sweep(engine::ShardId shard, const OfferingChange& change);
  Failure put_venue(
      engine::ShardId shard, const VenueChange& change, const engine::VenueDefinition& definition);
  Failure release_venue_map(engine::ShardId shard, const engine::VenueId& id);

  // Seat maps are stored once per shard and counted.
  Read<MapDigest> use_map(engine::ShardId shard, const engine::SeatMapRef& map);
  Failure release_map(engine::ShardId shard, const MapDigest& digest);
  Read<std::uint64_t> map_uses(engine::ShardId shard, const MapDigest& digest);
  Read<engine::SeatMapRef> find_map(engine::ShardId shard, const MapDigest& digest);

  Failure remember(engine::ShardId shard, engine::Timestamp at, const IdempotencyRecord& record);
  void drop_old_buckets(engine::ShardId shard, ShardRecord& record, engine::Timestamp before);
  Read<Shard*> shard(engine::ShardId id);

  /// Encodes into a string whose memory is used again.
  template <class... Arguments>
  void put(std::string_view key, const Arguments&... record) {
    value_.clear();
    encode(value_, record...);
    state_.put(key, value_);
  }

  StateOverlay& state_;
  std::string value_;
  bool is_replaying_ = false;
  std::map<engine::ShardId, Shard> shards_;
  std::map<std::pair<engine::ShardId, engine::OfferingId>, HighByLow> sweeps_;
  /// How many parties wait for offerings that some wait for.
  std::map<std::pair<engine::ShardId, engine::OfferingId>, std::size_t> waiting_;
  SeatMapCache maps_;
  engine::SeatMapRef last_map_;  ///< The map that was written last, and its digest.
  MapDigest last_digest_{};
};

}  // namespace cavea::persistence
