#pragma once

#include "engine/command_bus.hpp"
#include "engine/diary.hpp"
#include "engine/offering.hpp"
#include "engine/reservation.hpp"
#include "persistence/record_codec.hpp"
#include "persistence/seat_map_codec.hpp"
#include "persistence/shard_write.hpp"
#include "persistence/state_copy.hpp"
#include "persistence/store.hpp"
#include "persistence/turn.hpp"
#include "persistence/turn_log.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cavea::persistence {

/// When an offering must be woken: a hold ends, or (reservation zero) a cancelled offering still
/// has reservations to give back, or (reservation `waiting_wake`) something is to be done for those
/// who wait.
struct Deadline {
  engine::Timestamp at;
  engine::OfferingId offering;
  engine::ReservationId reservation;
};

/// What a shard's raft group starts from.
struct ShardStart {
  HardState hard_state;
  std::optional<SnapshotMark> snapshot;
  std::optional<KeptLog> kept;  ///< Nothing: all that is in the log.
  /// After the snapshot, and up to `entries_before_mark` before it, without a gap.
  std::vector<StoredEntry> entries;
  std::uint64_t applied = 0;  ///< Index whose changes are in the state.
  bool lacks_state = false;   ///< It is only part of a copy: see `StateInstall`.
};

/// Reads the committed, materialised state. From any thread; sees whole batches only.
class StateReader {
 public:
  /// A list looks at no more offerings or reservations than this for one page. Where few match, a
  /// page may be short and still have a `next`: the time of a request stays bounded.
  static constexpr std::size_t candidates_max = 5'000;

  /// `store` must outlive the reader.
  StateReader(const LiveView& store, std::uint16_t shard_count);

  /// Of the log only what consensus needs: it may be kept for much longer.
  [[nodiscard]] Read<ShardStart> shard_start(engine::ShardId shard) const;

  /// Entries of a log from `first` on, committed or not, without a gap: at most `count`, and none
  /// after the one that goes beyond `bytes_max`. Fewer, or none, where the log has no more.
  [[nodiscard]] Read<std::vector<StoredEntry>> log_entries(
      engine::ShardId shard, std::uint64_t first, std::size_t count, std::size_t bytes_max) const;

  /// The state of a shard as it is now, for another node.
  [[nodiscard]] StateCopy state_copy(engine::ShardId shard) const {
    return StateCopy(store_.snapshot(), shard);
  }

  /// The logs as they are now, for whoever reads again what was committed.
  [[nodiscard]] TurnLog turn_log() const { return TurnLog(store_); }

  /// The whole state of an offering, as its actor keeps it; `absent` when there is none.
  [[nodiscard]] Read<engine::Offering> offering(
      engine::ShardId shard, const engine::OfferingId& id) const;

  /// `exists()` is false when there is none.
  [[nodiscard]] Read<engine::Venue> venue(engine::ShardId shard, const engine::VenueId& id) const;

  [[nodiscard]] Read<std::optional<engine::Reservation>> reservation(
      engine::ShardId shard, engine::ReservationId id) const;

  [[nodiscard]] Read<std::optional<engine::Saga>> saga(
      engine::ShardId shard, engine::ReservationId id) const;

  /// All sagas of a shard, by their ids, behind `after`.
  [[nodiscard]] Read<std::vector<engine::Saga>> sagas_after(
      engine::ShardId shard, engine::ReservationId after, std::size_t limit) const;

  /// The sagas of a shard that are not finished.
  [[nodiscard]] Read<std::vector<engine::Saga>> open_sagas(engine::ShardId shard) const;

  /// The reservations of an offering that have places and are carried by sagas, at most `limit`.
  [[nodiscard]] Read<std::vector<engine::Reservation>> carried_by_sagas(
      engine::ShardId shard, const engine::OfferingId& offering, std::size_t limit) const;

  /// Nothing when there is none.
  [[nodiscard]] Read<std::optional<std::string>> record(
      engine::ShardId shard, RecordKind kind, std::string_view key) const;

  [[nodiscard]] Read<std::vector<KeptRecord>> records(
      engine::ShardId shard, const RecordRange& range) const;

  /// Parties of a shard that wait or waited, by their ids, behind `after`.
  [[nodiscard]] Read<std::vector<engine::WaitingRecord>> waiting_parties(
      engine::ShardId shard, engine::WaitingId after, std::size_t limit) const;

  /// The ids of all reservations that an offering ever had.
  [[nodiscard]] Read<std::vector<engine::ReservationId>> reservation_ids(
      engine::ShardId shard, const engine::OfferingId& id) const;

  /// How far the state of a shard is, and which buckets of idempotency records it has.
  [[nodiscard]] Read<ShardRecord> shard_record(engine::ShardId shard) const;

  /// What was remembered under a caller's key; for at least 24 and at most 36 hours.
  [[nodiscard]] Read<std::optional<IdempotencyRecord>> idempotency(
      engine::ShardId shard, std::string_view caller, std::string_view key) const;

  /// The same in the buckets that `record` names, for who knows them without reading.
  [[nodiscard]] Read<std::optional<IdempotencyRecord>> idempotency(
      engine::ShardId shard,
      const ShardRecord& record,
      std::string_view caller,
      std::string_view key) const;

  /// Visits all keys under which a shard remembers something; ends when `visit` says false.
  [[nodiscard]] std::optional<StoreError> each_idempotency_key(
      engine::ShardId shard, const std::function<bool(const IdempotencyHash&)>& visit) const;

  /// All deadlines of a shard, earliest first.
  [[nodiscard]] Read<std::vector<Deadline>> deadlines(engine::ShardId shard) const;

  /// The places of all offerings of a shard by state, summed from the counters records.
  [[nodiscard]] Read<engine::PlaceCounts> place_totals(engine::ShardId shard) const;

  /// Nothing when there is none or when it was deleted.
  [[nodiscard]] Read<std::optional<engine::OfferingView>> offering_view(
      engine::ShardId shard, const engine::OfferingId& id) const;

  // Over all shards of the node, merged in order.
  [[nodiscard]] Read<engine::OfferingPage> offerings(const engine::ListOfferings& query) const;
  /// Sagas come without the definitions of their legs, which may be on other shards.
  [[nodiscard]] Read<engine::ReservationPage> reservations(
      const engine::ListReservations& query) const;
  [[nodiscard]] Read<engine::VenuePage> venues(const engine::ListVenues& query) const;

  /// A reservation of the person, held or confirmed, that takes place at the time in question; of
  /// all shards, whatever offering it is of, but of none that was cancelled. Looks through all that
  /// the person ever reserved. Nothing: the diary is free.
  [[nodiscard]] Read<std::optional<engine::Overlap>> overlap(
      const engine::DiaryQuestion& question) const;

  /// The record of a party that waits or waited.
  [[nodiscard]] Read<std::optional<engine::WaitingRecord>> waiting(
      engine::ShardId shard, engine::WaitingId id) const;

  /// A wish as its person sees it: a party for each offering that was named. Nothing when `id` is
  /// not the id of a wish.
  [[nodiscard]] Read<std::optional<engine::WaitingView>> waiting_view(engine::WaitingId id) const;

  [[nodiscard]] Read<engine::WaitingPage> waiting(const engine::ListWaiting& query) const;
  [[nodiscard]] Read<engine::WaitingPage> waiting(const engine::ListWaitingParties& query) const;

  /// The definition of an offering alone (labels of a reservation's seats); also of a
  /// deleted offering; null when there never was one.
  [[nodiscard]] Read<engine::DefinitionRef> definition(
      engine::ShardId shard, const engine::OfferingId& id) const;

 private:
  [[nodiscard]] Read<std::optional<engine::OfferingView>> view_of(
      const View& view, engine::ShardId shard, const engine::OfferingId& id) const;
  [[nodiscard]] Read<std::optional<engine::Reservation>> reservation_of(
      const View& view, engine::ShardId shard, engine::ReservationId id) const;
  [[nodiscard]] Read<std::optional<engine::Saga>> saga_of(
      const View& view, engine::ShardId shard, engine::ReservationId id) const;
  [[nodiscard]] Read<std::optional<engine::ReservationView>> listed(
      const View& view, engine::ShardId shard, engine::ReservationId id) const;
  [[nodiscard]] Read<engine::DefinitionRef> definition_of(
      const View& view, engine::ShardId shard, const engine::OfferingId& id) const;
  [[nodiscard]] Read<engine::SeatMapRef> find_map(
      const View& view, engine::ShardId shard, const MapDigest& digest) const;
  [[nodiscard]] Read<engine::Venue> venue_of(
      const View& view, engine::ShardId shard, const engine::VenueId& id) const;
  [[nodiscard]] std::optional<StoreError> read_entries(
      const View& view, engine::ShardId shard, ShardStart& start) const;
  [[nodiscard]] std::optional<StoreError> load_places(
      const View& view, engine::ShardId shard, engine::Offering& offering) const;

  [[nodiscard]] Read<std::optional<engine::Overlap>> overlap_with(
      const View& view,
      const std::optional<engine::Reservation>& reservation,
      const engine::DiaryQuestion& question) const;
  [[nodiscard]] Read<std::optional<engine::Overlap>> overlap_with_listed(
      const View& view,
      engine::ShardId shard,
      engine::ReservationId id,
      const engine::DiaryQuestion& question) const;

  [[nodiscard]] std::optional<StoreError> load_waiting(
      const View& view, engine::ShardId shard, engine::Offering& offering) const;
  [[nodiscard]] Read<std::optional<engine::WaitingRecord>> waiting_of(
      const View& view, engine::ShardId shard, engine::WaitingId id) const;
  [[nodiscard]] Read<engine::WaitingRecord> waiting_at(
      const View& view,
      engine::ShardId shard,
      std::string_view mark_key,
      std::string_view mark) const;
  [[nodiscard]] Read<engine::WaitingItem> waiting_item(
      const View& view, engine::ShardId shard, engine::WaitingRecord record) const;
  [[nodiscard]] Read<std::optional<engine::WaitingView>> waiting_view_of(
      const View& view, engine::WaitingId id) const;

  /// The bucket to ask after `bucket`, older than it; zero when that was the last.
  [[nodiscard]] Read<std::uint32_t> bucket_before(
      engine::ShardId shard, const ShardRecord& record, std::uint32_t bucket) const;

  /// Where there may be no more buckets of idempotency records than this, each is asked; keys are
  /// kept for 24 hours and lie in three.
  static constexpr std::uint32_t buckets_asked_max = 8;

  const LiveView& store_;
  std::uint16_t shard_count_;
  mutable SeatMapCache maps_;
};

}  // namespace cavea::persistence
