#pragma once

#include "engine/definition.hpp"
#include "engine/offering.hpp"
#include "engine/seat_map.hpp"
#include "engine/venue.hpp"
#include "persistence/journal.hpp"
#include "persistence/store.hpp"
#include "persistence/turn.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace cavea::test {

/// 2027-01-01T00:00:00Z.
inline constexpr engine::Timestamp new_year{1'798'761'600'000};

engine::OfferingId offering_id(std::string_view text);
engine::VenueId venue_id(std::string_view text);

/// Rows of `seats` seats in two zones ("best", "rest") and one section; the first seats of the map
/// named in `retired` are retired.
engine::SeatMapRef make_map(std::uint32_t rows, std::uint32_t seats, std::uint32_t retired = 0);

engine::OfferingDefinition performance_definition(engine::SeatMapRef map, std::int64_t price);
engine::OfferingDefinition class_definition(std::uint32_t capacity, std::int64_t price);
engine::DefinitionRef share(engine::OfferingDefinition definition);
engine::VenueDefinition venue_definition(engine::SeatMapRef map);

/// A folder that is removed at the end.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

/// A shard of one node without consensus: what is decided is encoded, logged, decoded, committed
/// and written through a journal.
class ShardDriver {
 public:
  ShardDriver(persistence::Store& store, engine::ShardId shard);

  /// Logs the turn, then commits it; returns when it is in the store.
  void commit(const persistence::Turn& turn);

  /// Writes and waits until it is done.
  void write(persistence::ShardWrite&& write);

  [[nodiscard]] std::uint64_t index() const { return index_; }

  /// What a shard would do after a while: lets the log begin after everything applied.
  void cut_log();

  persistence::JournalProbe probe;

 private:
  engine::ShardId shard_;
  std::uint64_t index_ = 0;
  persistence::Journal journal_;
};

/// Random offerings and commands to them, decided by the engine and applied to memory.
class RandomSales {
 public:
  RandomSales(std::uint64_t seed, engine::ShardId shard);

  /// Creates the offerings: two performances that share a map, a free class, a class with a price.
  persistence::Turn open();

  /// Up to `changes_max` changes; those that were refused are left out.
  persistence::Turn turn(std::size_t changes_max);

  [[nodiscard]] const std::map<engine::OfferingId, engine::Offering>& offerings() const {
    return offerings_;
  }

  [[nodiscard]] const std::vector<engine::ReservationId>& reservations() const { return ids_; }

  /// Parties that joined a waiting list.
  [[nodiscard]] const std::vector<engine::WaitingId>& waiting() const { return waiting_; }

  [[nodiscard]] engine::Timestamp now() const { return now_; }

 private:
  std::uint64_t pick(std::uint64_t n);
  engine::OfferingCommand random_command(engine::Offering& offering);
  engine::OfferingCommand hold_for_saga(engine::Offering& offering);
  engine::OfferingCommand random_join(const engine::Offering& offering);
  engine::Claim random_claim(const engine::Offering& offering);
  std::vector<std::string> random_seats(const engine::Offering& offering, std::size_t count_max);
  engine::ReservationId random_reservation(const engine::Offering& offering);
  engine::OfferingDefinition random_definition(const engine::Offering& offering);
  std::optional<persistence::OfferingChange> carry_out(
      engine::Offering& offering, const engine::OfferingCommand& command);

  std::mt19937_64 random_;
  engine::ShardId shard_;
  engine::Timestamp now_ = new_year;
  std::map<engine::OfferingId, engine::Offering> offerings_;
  std::vector<engine::ReservationId> ids_;
  std::vector<engine::WaitingId> waiting_;
  std::map<engine::OfferingId, std::vector<engine::ReservationId>> ids_of_;
  std::map<engine::ReservationId, engine::ReservationId> sagas_;  ///< Of holds made for one.
};

}  // namespace cavea::test
