#pragma once

#include "persistence/check.hpp"
#include "persistence/materialise.hpp"
#include "persistence/record_codec.hpp"
#include "persistence/recovered_state.hpp"
#include "persistence/saga_codec.hpp"
#include "persistence/state_reader.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace cavea::persistence {

/// The steps of `check_store`, over a snapshot of one moment and what the next start will add to
/// it. An error that a step returns ends the check; what is wrong with the data goes into the
/// report.
class StoreCheck {
 public:
  StoreCheck(const Store& store, CheckProgress progress);

  [[nodiscard]] Read<CheckReport> run();

 private:
  using Failure = std::optional<StoreError>;

  /// How many records lie between two reports of progress.
  static constexpr std::uint64_t progress_every = 50'000;

  // check.cpp
  Failure check_checksums();
  Failure check_shard(engine::ShardId shard);
  Failure check_offerings(engine::ShardId shard);
  void check_offering(engine::ShardId shard, std::string_view key, std::string_view value);

  // check_records.cpp: what must be somewhere because a record says so.
  Failure check_reservations(engine::ShardId shard);
  void check_reservation(
      engine::ShardId shard, std::string_view key, const engine::Reservation& reservation);
  void check_claim(engine::ShardId shard, const engine::Reservation& reservation, bool is_live);
  Failure check_lists(engine::ShardId shard);
  void check_part(engine::ShardId shard, std::string_view key);
  void check_deadline(engine::ShardId shard, std::string_view key);
  void check_user(engine::ShardId shard, std::string_view key);
  void check_start(engine::ShardId shard, std::string_view key);
  void check_open_saga(engine::ShardId shard, std::string_view key);
  Failure check_sagas(engine::ShardId shard);
  Failure check_maps(engine::ShardId shard);

  // check_waiting.cpp
  void check_wakes(
      engine::ShardId shard, const engine::Offering& offering, bool is_somebody_waiting);
  void check_waiting_mark(
      engine::ShardId shard,
      const engine::OfferingId& offering,
      std::string_view key,
      std::uint64_t order);
  void check_waiting_wake(
      engine::ShardId shard,
      std::string_view key,
      engine::Timestamp at,
      const engine::OfferingId& offering);
  Failure check_waiting(engine::ShardId shard);
  void check_waiting_party(
      engine::ShardId shard, std::string_view key, std::string_view value, engine::WaitingId id);

  // check_replay.cpp
  std::optional<ShardStart> check_log(engine::ShardId shard);
  void check_kept_log(engine::ShardId shard, const ShardStart& start);
  void carry_out_rest(engine::ShardId shard, ShardStart& start);
  bool carry_out(engine::ShardId shard, const StoredEntry& entry, Materialiser& materialiser);
  Failure check_replay(engine::ShardId shard, const ShardStart& start);
  Failure compare_replayed(
      engine::ShardId shard,
      const std::map<std::string, std::optional<std::string>, std::less<>>& replayed,
      bool is_whole);

  /// Walks over a range, damaged records left out: `check_checksums` has named those.
  Failure walk(
      Column column,
      std::string_view from,
      std::string_view to,
      const std::function<void(std::string_view key, std::string_view value)>& visit);
  [[nodiscard]] std::optional<std::string> value_at(std::string_view key) const;

  [[nodiscard]] bool has(std::string_view key) const { return value_at(key).has_value(); }

  [[nodiscard]] std::optional<engine::Reservation> reservation_at(
      engine::ShardId shard, engine::ReservationId id) const;

  [[nodiscard]] std::optional<engine::Saga> saga_at(
      engine::ShardId shard, engine::ReservationId id) const;

  void expect(bool is_so, std::string_view key, std::string_view what);
  void problem(std::string_view key, std::string_view what, Column column = Column::state);
  void step(std::string_view name);

  RecoveredState view_;
  CheckProgress progress_;
  std::optional<StateReader> reader_;
  CheckReport report_;
  std::string step_;
  std::uint64_t done_ = 0;
  std::uint64_t log_first_ = 0;  ///< Of the shard at hand: its oldest entry; 0: there is none.
  std::uint64_t log_bytes_ = 0;
  std::map<MapDigest, std::uint64_t> map_uses_;  ///< Of the shard at hand, as its records say.
};

}  // namespace cavea::persistence
