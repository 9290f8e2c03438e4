#pragma once

#include "engine/definition.hpp"
#include "engine/ids.hpp"
#include "engine/place_table.hpp"
#include "engine/reservation.hpp"
#include "engine/venue.hpp"
#include "persistence/keys.hpp"
#include "persistence/shard_write.hpp"
#include "persistence/store.hpp"
#include "persistence/turn.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The records of FORMAT.md, one `encode` and one `decode` each. `encode` appends. `decode` is given
// the key only to name it in the error; the records themselves never repeat what their key says.

namespace cavea::persistence {

/// The version byte that every record begins with. A later program that changes a record's grammar
/// writes a later byte, and still reads this one.
inline constexpr std::uint8_t record_version = 1;

/// What a shard knows of itself.
struct ShardRecord {
  std::uint64_t applied = 0;  ///< The index of the last entry whose changes are in the state.
  /// Idempotency records are kept in buckets of `idempotency_bucket_ms`; these may exist. Between
  /// them there may be a wide gap, made by a clock that was wrong.
  std::uint32_t oldest_bucket = 0;
  std::uint32_t newest_bucket = 0;  ///< Zero: none.

  bool operator==(const ShardRecord&) const = default;
};

/// An offering without its places. The seat map is stored apart, under its digest.
struct OfferingRecord {
  engine::OfferingStatus status = engine::OfferingStatus::absent;
  engine::Revision revision{};
  std::string cancel_reason{};
  engine::Timestamp cancelled_at{};         ///< Zero unless cancelled.
  std::optional<MapDigest> map{};           ///< Of a performance.
  engine::OfferingDefinition definition{};  ///< `seat_map` is null until it is looked up.
};

struct CountersRecord {
  engine::Version version;
  engine::PlaceCounts counts;

  bool operator==(const CountersRecord&) const = default;
};

struct VenueRecord {
  engine::Revision revision;
  MapDigest map{};
  engine::VenueDefinition definition{};  ///< `seat_map` is null until it is looked up.
};

/// The places that a reservation has now: what an offering is loaded from.
struct ClaimRecord {
  engine::PersonKey person;
  bool is_held = false;
  engine::Timestamp until;  ///< Zero when sold.
  std::vector<engine::Place> places;

  bool operator==(const ClaimRecord&) const = default;
};

/// Its key says which 12 hours it is from.
struct StoredOutcome {
  engine::Fingerprint fingerprint;
  Outcome outcome;
};

void encode(std::string& out, const ShardRecord& record);
[[nodiscard]] Read<ShardRecord> decode_shard(std::string_view key, std::string_view value);

/// Writes `definition` instead of the record's own, so that nobody has to copy it.
void encode(
    std::string& out, const OfferingRecord& record, const engine::OfferingDefinition& definition);

/// Gives the record's terms only when a map for its digest comes from `find_map`.
using MapFinder = std::function<Read<engine::SeatMapRef>(const MapDigest&)>;
[[nodiscard]] Read<OfferingRecord> decode_offering(
    std::string_view key, std::string_view value, const MapFinder& find_map);

/// The part in front of the definition, which is cheap to read.
[[nodiscard]] Read<OfferingRecord> decode_offering_head(
    std::string_view key, std::string_view value);

void encode(std::string& out, const CountersRecord& record);
[[nodiscard]] Read<CountersRecord> decode_counters(std::string_view key, std::string_view value);

void encode(std::string& out, const VenueRecord& record, const engine::VenueDefinition& definition);
[[nodiscard]] Read<VenueRecord> decode_venue(
    std::string_view key, std::string_view value, const MapFinder& find_map);

void encode(std::string& out, const ClaimRecord& record);
[[nodiscard]] Read<ClaimRecord> decode_claim(std::string_view key, std::string_view value);

/// `id` is in the key.
void encode(std::string& out, const engine::Reservation& reservation);
[[nodiscard]] Read<engine::Reservation> decode_reservation(
    std::string_view key, std::string_view value, engine::ReservationId id);

void encode(std::string& out, const StoredOutcome& record);
[[nodiscard]] Read<StoredOutcome> decode_outcome(std::string_view key, std::string_view value);

/// A bare text (the reason of a block) or a bare number (the uses of a seat map).
void encode_text_record(std::string& out, std::string_view text);
[[nodiscard]] Read<std::string> decode_text_record(std::string_view key, std::string_view value);
void encode_number_record(std::string& out, std::uint64_t number);
[[nodiscard]] Read<std::uint64_t> decode_number_record(
    std::string_view key, std::string_view value);

/// A seat map in a record of its own.
void encode_map_record(std::string& out, std::string_view encoded_map);
[[nodiscard]] Read<engine::SeatMapRef> decode_map_record(
    std::string_view key, std::string_view value);

// ---- Consensus ----------------------------------------------------------------------------------

void encode(std::string& out, const HardState& record);
[[nodiscard]] Read<HardState> decode_hard_state(std::string_view key, std::string_view value);

void encode(std::string& out, const SnapshotMark& record);
[[nodiscard]] Read<SnapshotMark> decode_snapshot(std::string_view key, std::string_view value);

void encode(std::string& out, const KeptLog& record);
[[nodiscard]] Read<KeptLog> decode_kept_log(std::string_view key, std::string_view value);

/// The index is in the key.
void encode(std::string& out, const StoredEntry& record);
[[nodiscard]] Read<StoredEntry> decode_entry(
    std::string_view key, std::string_view value, std::uint64_t index);

// ---- Idempotency --------------------------------------------------------------------------------

/// How finely outcomes are dropped: a bucket goes as a whole once all in it are too old, so what is
/// to be kept for 24 hours vanishes after 24 to 36, and a look-up asks at most three buckets.
inline constexpr std::int64_t idempotency_bucket_ms = 12 * 3'600'000;

/// The number of a bucket; at least 1, because 0 says that there is none.
[[nodiscard]] std::uint32_t idempotency_bucket_of(engine::Timestamp at);

/// XXH3 over the length of the caller, the caller and the key, cut to 96 bits: with 4,000 million
/// keys alive two of them agree with a probability of 1e-10. To aim at another caller's key one
/// would have to know it.
[[nodiscard]] IdempotencyHash idempotency_hash(std::string_view caller, std::string_view key);

}  // namespace cavea::persistence
