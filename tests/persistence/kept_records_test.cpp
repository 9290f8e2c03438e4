#include "fixtures.hpp"
#include "golden.hpp"
#include "persistence/keys.hpp"
#include "persistence/memory_store.hpp"
#include "persistence/record.hpp"
#include "persistence/state_reader.hpp"
#include "persistence/turn_codec.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace cavea::persistence {

namespace {

constexpr engine::ShardId records_shard{3};
constexpr RecordKind apples{250};
constexpr RecordKind pears{251};

RecordsChange writes_of(std::vector<RecordWrite> writes) {
  return {.at = test::new_year, .writes = std::move(writes), .idempotency = {}};
}

Turn turn_of_records() {
  Turn turn;
  turn.changes.emplace_back(writes_of({{apples, "a", "\x01red"}, {pears, "b\xff", std::nullopt}}));
  auto second = writes_of({{apples, std::string(record_key_size_max, 'k'), ""}});
  second.at.ms += 5;
  Outcome outcome;
  outcome.id = "b";
  second.idempotency = IdempotencyRecord{{"ada", "key", {1, 2}}, outcome};
  turn.changes.emplace_back(std::move(second));
  return turn;
}

std::vector<std::string> keys_in(const StateReader& reader, const RecordRange& range) {
  const auto records = reader.records(records_shard, range);
  REQUIRE_MESSAGE(records.has_value(), records.error().text);
  std::vector<std::string> keys;
  for (const auto& record : *records) keys.push_back(record.key);
  return keys;
}

}  // namespace

TEST_CASE("A turn with records comes back as it was encoded, and is read for ever") {
  std::string bytes;
  encode(turn_of_records(), bytes);
  test::expect_golden("turn-1-records", bytes);
  const auto turn = decode_turn(bytes);
  REQUIRE_MESSAGE(turn.has_value(), turn.error().text);
  REQUIRE(turn->changes.size() == 2);
  const auto& first = std::get<RecordsChange>(turn->changes[0]);
  CHECK(first.at == test::new_year);
  CHECK(first.writes == std::get<RecordsChange>(turn_of_records().changes[0]).writes);
  CHECK_FALSE(first.idempotency.has_value());
  const auto& second = std::get<RecordsChange>(turn->changes[1]);
  CHECK(second.writes == std::get<RecordsChange>(turn_of_records().changes[1]).writes);
  REQUIRE(second.idempotency.has_value());
  CHECK(second.idempotency->outcome.id == "b");
}

TEST_CASE("A record with an empty or an overlong key is no turn") {
  for (const auto& key : {std::string(), std::string(record_key_size_max + 1, 'k')}) {
    Turn turn;
    turn.changes.emplace_back(writes_of({{apples, key, "x"}}));
    std::string bytes;
    encode(turn, bytes);
    CHECK_FALSE(decode_turn(bytes).has_value());
  }
}

TEST_CASE("Records are written, changed and removed by turns, each kind for itself") {
  MemoryStore store;
  test::ShardDriver driver(store, records_shard);
  const StateReader reader(store, 4);
  driver.commit({{writes_of({{apples, "a", "1"}, {apples, "b", "2"}, {pears, "a", "3"}})}});
  driver.commit({{writes_of({{apples, "a", "4"}, {apples, "b", std::nullopt}})}});

  CHECK(*reader.record(records_shard, apples, "a") == "4");
  CHECK_FALSE(reader.record(records_shard, apples, "b")->has_value());
  CHECK(*reader.record(records_shard, pears, "a") == "3");
  CHECK_FALSE(reader.record({2}, pears, "a")->has_value());
}

TEST_CASE("Records are read in pages, forwards and backwards, within their prefix") {
  MemoryStore store;
  test::ShardDriver driver(store, records_shard);
  const StateReader reader(store, 4);
  driver.commit({{writes_of(
      {{apples, "ada/1", "x"},
       {apples, "ada/2", "x"},
       {apples, "ada/3", "x"},
       {apples, "bob/1", "x"},
       {pears, "ada/2", "x"}})}});

  using Keys = std::vector<std::string>;
  CHECK(keys_in(reader, {.kind = apples}) == Keys{"ada/1", "ada/2", "ada/3", "bob/1"});
  CHECK(keys_in(reader, {.kind = apples, .prefix = "ada/"}) == Keys{"ada/1", "ada/2", "ada/3"});
  CHECK(keys_in(reader, {.kind = apples, .prefix = "ada/", .limit = 2}) == Keys{"ada/1", "ada/2"});
  CHECK(keys_in(reader, {.kind = apples, .prefix = "ada/", .after = "ada/2"}) == Keys{"ada/3"});
  CHECK(keys_in(reader, {.kind = apples, .prefix = "ada/", .after = "ada/3"}).empty());
  CHECK(
      keys_in(reader, {.kind = apples, .prefix = "ada/", .newest_first = true, .limit = 2})
      == Keys{"ada/3", "ada/2"});
  CHECK(
      keys_in(reader, {.kind = apples, .prefix = "ada/", .after = "ada/2", .newest_first = true})
      == Keys{"ada/1"});
  CHECK(keys_in(reader, {.kind = apples, .prefix = "eve/"}).empty());
}

}  // namespace cavea::persistence
