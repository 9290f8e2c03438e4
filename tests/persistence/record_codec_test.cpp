#include "persistence/record_codec.hpp"

#include "fixtures.hpp"
#include "golden.hpp"
#include "persistence/format_mark.hpp"
#include "persistence/memory_store.hpp"
#include "persistence/saga_codec.hpp"
#include "persistence/seal.hpp"
#include "persistence/waiting_codec.hpp"
#include "samples.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <random>
#include <string>
#include <vector>

namespace cavea::persistence {

namespace {

constexpr std::string_view key = "key";

/// A record, and whether bytes are one: written again, they are the same bytes.
struct Sample {
  const char* name;
  std::string bytes;
  std::function<std::optional<std::string>(std::string_view)> write_again;
};

template <class Record, class Decode>
Sample sample_of(const char* name, const Record& record, Decode decode) {
  Sample sample{.name = name, .bytes = {}, .write_again = {}};
  encode(sample.bytes, record);
  sample.write_again = [decode](std::string_view bytes) -> std::optional<std::string> {
    auto read = decode(key, bytes);
    if (!read) return std::nullopt;
    std::string again;
    encode(again, *read);
    return again;
  };
  return sample;
}

std::vector<Sample> all_samples() {
  std::vector<Sample> samples;
  samples.push_back(sample_of(
      "shard",
      ShardRecord{.applied = 1'000, .oldest_bucket = 41'000, .newest_bucket = 41'002},
      decode_shard));
  samples.push_back(sample_of(
      "counters",
      CountersRecord{.version = {300}, .counts = {.free = 5, .held = 6, .sold = 700, .blocked = 8}},
      decode_counters));
  samples.push_back(sample_of(
      "claim-held",
      ClaimRecord{
          .person = {0x1122334455667788},
          .is_held = true,
          .until = test::new_year,
          .places = {{5}, {4}, {300}}},
      decode_claim));
  samples.push_back(sample_of(
      "claim-sold",
      ClaimRecord{.person = {7}, .is_held = false, .until = {}, .places = {{49'999'999}}},
      decode_claim));
  samples.push_back(sample_of(
      "reservation", test::sample_reservation(), [](std::string_view at, std::string_view bytes) {
        return decode_reservation(at, bytes, test::sample_id);
      }));
  auto carried = test::sample_reservation();
  carried.saga = test::sample_saga().id;
  samples.push_back(
      sample_of("reservation-2", carried, [](std::string_view at, std::string_view bytes) {
        return decode_reservation(at, bytes, test::sample_id);
      }));
  samples.push_back(
      sample_of("saga", test::sample_saga(), [](std::string_view at, std::string_view bytes) {
        return decode_saga_record(at, bytes, test::sample_saga().id);
      }));
  samples.push_back(sample_of(
      "saga-exchanging",
      test::sample_exchanging_saga(),
      [](std::string_view at, std::string_view bytes) {
        return decode_saga_record(at, bytes, test::sample_saga().id);
      }));
  samples.push_back(sample_of("outcome", test::sample_outcome(), [](auto at, auto bytes) {
    return decode_outcome(at, bytes);
  }));
  samples.push_back(sample_of(
      "waiting", test::sample_waiting_record(), [](std::string_view at, std::string_view bytes) {
        return decode_waiting(at, bytes, test::sample_id);
      }));
  samples.push_back(sample_of(
      "waiting-mark", WaitingMark{.id = test::sample_id, .party_size = 300}, decode_waiting_mark));
  samples.push_back(
      sample_of("hard-state", HardState{.term = 300, .voted_for = 1}, decode_hard_state));
  samples.push_back(sample_of(
      "snapshot",
      SnapshotMark{
          .index = 900, .term = 3, .configuration_index = 1, .configuration = "configuration"},
      decode_snapshot));
  samples.push_back(
      sample_of("kept-log", KeptLog{.first = 900, .removed_before = 700}, decode_kept_log));
  samples.push_back(sample_of(
      "entry",
      StoredEntry{
          .index = 12,
          .term = 3,
          .type = turn_entry_type,
          .data = std::make_shared<const std::string>("a turn")},
      [](auto at, auto bytes) { return decode_entry(at, bytes, 12); }));
  return samples;
}

Read<engine::SeatMapRef> small_map(const MapDigest& /*digest*/) {
  return test::make_map(2, 3, 1);
}

}  // namespace

TEST_CASE("Records of every earlier version are still read, and written as the same bytes") {
  for (const auto& sample : all_samples()) {
    CAPTURE(sample.name);
    test::expect_golden(sample.name, sample.bytes);
    CHECK(sample.write_again(test::golden(sample.name)) == sample.bytes);
  }
}

TEST_CASE("Records with definitions are still read, and written as the same bytes") {
  const auto map = test::make_map(2, 3, 1);
  const auto record = test::sample_offering_record();
  std::string bytes;
  encode(bytes, record, test::performance_definition(map, 2500));
  test::expect_golden("offering", bytes);
  auto offering = decode_offering(key, test::golden("offering"), small_map);
  REQUIRE(offering.has_value());
  CHECK(offering->status == engine::OfferingStatus::cancelled);
  CHECK(offering->cancel_reason == "the lead is ill");
  CHECK(offering->map == record.map);
  std::string again;
  encode(again, *offering, offering->definition);
  CHECK(again == bytes);
  CHECK(decode_offering_head(key, bytes)->cancelled_at == test::new_year);

  bytes.clear();
  encode(bytes, VenueRecord{.revision = {3}, .map = *record.map}, test::venue_definition(map));
  test::expect_golden("venue", bytes);
  auto venue = decode_venue(key, test::golden("venue"), small_map);
  REQUIRE(venue.has_value());
  again.clear();
  encode(again, *venue, venue->definition);
  CHECK(again == bytes);

  std::string encoded_map;
  Encoder to(encoded_map);
  encode_seat_map(to, *map);
  bytes.clear();
  encode_map_record(bytes, encoded_map);
  test::expect_golden("seat-map", bytes);
  auto read = decode_map_record(key, test::golden("seat-map"));
  REQUIRE(read.has_value());
  CHECK((*read)->seats() == map->seats());
  CHECK((*read)->rows() == map->rows());
  CHECK((*read)->zones() == map->zones());
  CHECK((*read)->sections() == map->sections());
  CHECK((*read)->focal_point() == map->focal_point());
}

TEST_CASE("The mark of the format is still read") {
  MemoryStore store;
  REQUIRE_FALSE(claim_store(store, {.shard_count = 16, .node = "node-1"}).has_value());
  const auto stored = store.get(Column::meta, keys::format_mark());
  test::expect_golden("format-mark", stored->value());
}

TEST_CASE("Keys are still the same") {
  using namespace keys;
  const engine::ShardId shard_id{0x0102};
  const auto offering_id = test::offering_id("yoga");
  std::string all;
  for (const auto& one :
       {entry(shard_id, 7),
        hard_state(shard_id),
        keys::snapshot(shard_id),
        format_mark(),
        shard_record(shard_id),
        counters(shard_id, offering_id),
        offering(shard_id, offering_id),
        block(shard_id, offering_id, {5}),
        claim(shard_id, offering_id, test::sample_id),
        ended(shard_id, offering_id, test::sample_id),
        venue(shard_id, test::venue_id("studio")),
        seat_map(shard_id, digest_of("a map")),
        seat_map_uses(shard_id, digest_of("a map")),
        reservation(shard_id, test::sample_id),
        user_reservation(shard_id, engine::PersonKey::of("ada"), test::sample_id),
        start(shard_id, engine::OfferingKind::klass, test::new_year, offering_id),
        deadline(shard_id, test::new_year, offering_id, test::sample_id),
        idempotency(shard_id, 41'000, idempotency_hash("ada", "key-1"))}) {
    Encoder(all).text(one);
  }
  test::expect_golden("keys", all);
}

TEST_CASE("Keys of waiting lists are still the same") {
  const engine::ShardId shard_id{0x0102};
  const auto offering_id = test::offering_id("yoga");
  std::string all;
  for (const auto& one :
       {keys::waiting_mark(shard_id, offering_id, 300),
        keys::waiting_party(shard_id, test::sample_id),
        keys::user_waiting(shard_id, engine::PersonKey::of("ada"), test::sample_id),
        keys::deadline(shard_id, test::new_year, offering_id, waiting_wake)}) {
    Encoder(all).text(one);
  }
  test::expect_golden("keys-waiting", all);
}

TEST_CASE("The key of what is kept of a log is still the same") {
  test::expect_golden("kept-log-key", keys::kept_log({0x0102}).view());
}

TEST_CASE("Seals are still the same") {
  const auto seal = seal_of(Column::state, "key", "value");
  test::expect_golden("seal", {seal.data(), seal.size()});
}

TEST_CASE("Damaged records are refused or have one encoding, and never harm") {
  constexpr std::uint64_t seed = 99;
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (const auto& sample : all_samples()) {
    CAPTURE(sample.name);
    for (int i = 0; i < 3'000; ++i) {
      auto bytes = sample.bytes;
      for (auto edits = 1 + random() % 3; edits > 0; --edits) {
        bytes[random() % bytes.size()] = static_cast<char>(random());
      }
      if (random() % 4 == 0) bytes.resize(random() % (bytes.size() + 1));
      const auto again = sample.write_again(bytes);
      if (again) CHECK(sample.write_again(*again) == again);
    }
  }
}

TEST_CASE("Damaged seat maps are refused or whole, and never harm") {
  constexpr std::uint64_t seed = 100;
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  std::string bytes;
  Encoder to(bytes);
  encode_seat_map(to, *test::make_map(3, 5, 2));
  for (int i = 0; i < 5'000; ++i) {
    auto damaged = bytes;
    for (auto edits = 1 + random() % 3; edits > 0; --edits) {
      damaged[random() % damaged.size()] = static_cast<char>(random());
    }
    Decoder in(damaged);
    const auto map = decode_seat_map(in);
    CHECK((map != nullptr) == in.ok());
  }
}

TEST_CASE("A record of a newer program is named as that") {
  std::string bytes;
  encode(bytes, HardState{.term = 1, .voted_for = 1});
  bytes[0] = 2;
  const auto record = decode_hard_state(key, bytes);
  REQUIRE_FALSE(record.has_value());
  CHECK(record.error().kind == StoreError::Kind::newer_format);
}

TEST_CASE("The caller is part of what an idempotency key stands for") {
  CHECK(idempotency_hash("ada", "key") != idempotency_hash("grace", "key"));
  CHECK(idempotency_hash("ab", "c") != idempotency_hash("a", "bc"));
  CHECK(idempotency_hash("ada", "key") == idempotency_hash("ada", "key"));
}

}  // namespace cavea::persistence
