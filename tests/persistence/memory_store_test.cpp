#include "persistence/memory_store.hpp"

#include "fixtures.hpp"
#include "persistence/keys.hpp"
#include "persistence/seal.hpp"
#include "persistence/state_reader.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

// The faults of the twin, and that what stands on it survives them.

namespace cavea::persistence {

namespace {

std::optional<StoreError> put(
    Store& store, std::string_view key, std::string_view value, bool sync) {
  const auto batch = store.make_batch();
  batch->put(Column::state, key, value);
  batch->put(Column::meta, key, value);
  return store.write(*batch, sync ? Durability::synced : Durability::logged);
}

}  // namespace

TEST_CASE("A crash loses what was not synced, and nothing else") {
  MemoryStore store;
  REQUIRE_FALSE(put(store, "a", "1", true).has_value());
  REQUIRE_FALSE(put(store, "b", "2", false).has_value());
  CHECK(store.unsynced_bytes() > 0);
  store.crash();
  CHECK(store.get(Column::state, "a")->value() == "1");
  CHECK_FALSE(store.get(Column::state, "b")->has_value());
  CHECK(store.unsynced_bytes() == 0);
}

TEST_CASE("A crash loses unlogged writes that were not persisted, whatever was synced") {
  MemoryStore store;
  const auto put_unlogged = [&store](std::string_view key) {
    const auto batch = store.make_batch();
    batch->put(Column::state, key, "value");
    REQUIRE_FALSE(store.write(*batch, Durability::unlogged).has_value());
  };
  put_unlogged("a");
  CHECK(store.get(Column::state, "a")->has_value());
  CHECK_FALSE(store.get_persisted(Column::state, "a")->has_value());
  REQUIRE_FALSE(store.persist(Column::state).has_value());
  CHECK(store.get_persisted(Column::state, "a")->has_value());

  put_unlogged("b");
  const auto batch = store.make_batch();
  batch->put(Column::log, "entry", "value");
  REQUIRE_FALSE(store.write(*batch, Durability::synced).has_value());
  store.crash();
  CHECK(store.get(Column::log, "entry")->has_value());
  CHECK(store.get(Column::state, "a")->has_value());
  CHECK_FALSE(store.get(Column::state, "b")->has_value());
}

TEST_CASE("A batch that a crash tears is gone as a whole") {
  for (std::size_t bytes = 0;; ++bytes) {
    MemoryStore store;
    REQUIRE_FALSE(put(store, "a", "1", false).has_value());
    const auto first = store.unsynced_bytes();
    REQUIRE_FALSE(put(store, "b", "2", false).has_value());
    const auto both = store.unsynced_bytes();
    if (bytes > both) break;
    store.crash(bytes);
    for (const auto column : {Column::state, Column::meta}) {
      CHECK(store.get(column, "a")->has_value() == (bytes >= first));
      CHECK(store.get(column, "b")->has_value() == (bytes >= both));
    }
  }
}

TEST_CASE("A damaged end of the log is dropped from the damage on") {
  MemoryStore store;
  REQUIRE_FALSE(put(store, "a", "1", false).has_value());
  const auto first = store.unsynced_bytes();
  REQUIRE_FALSE(put(store, "b", "2", false).has_value());
  store.flip_unsynced_bit(first * 8 + 100);
  store.crash(store.unsynced_bytes());
  CHECK(store.get(Column::state, "a")->has_value());
  CHECK_FALSE(store.get(Column::state, "b")->has_value());
}

TEST_CASE("Every flipped bit of a stored value is found and never read") {
  MemoryStore store;
  REQUIRE_FALSE(put(store, "key", "value", true).has_value());
  for (std::size_t bit = 0; bit < (5 + 4) * 8; ++bit) {
    REQUIRE(store.flip_bit(Column::state, "key", bit));
    const auto read = store.get(Column::state, "key");
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().kind == StoreError::Kind::corrupt);
    const auto error = store.scan(Column::state, {}, {}, [](auto, auto) { return true; });
    CHECK(error.has_value());
    store.flip_bit(Column::state, "key", bit);
  }
  CHECK(store.get(Column::state, "key")->value() == "value");
}

TEST_CASE("A value under a wrong key, or in a wrong column, is found") {
  const auto seal = seal_of(Column::state, "a", "value");
  const auto stored = "value" + std::string(seal.data(), seal.size());
  CHECK(unseal(Column::state, "a", stored) == "value");
  CHECK_FALSE(unseal(Column::state, "b", stored).has_value());
  CHECK_FALSE(unseal(Column::log, "a", stored).has_value());
}

TEST_CASE("A store that was told to fail fails, and goes on failing") {
  MemoryStore store;
  store.fail_write(1, StoreError::Kind::io);
  CHECK_FALSE(put(store, "a", "1", true).has_value());
  CHECK(put(store, "b", "2", true)->kind == StoreError::Kind::io);
  CHECK(put(store, "c", "3", true)->kind == StoreError::Kind::io);
  store.crash();
  CHECK(store.get(Column::state, "a")->has_value());
  CHECK_FALSE(store.get(Column::state, "b")->has_value());
}

TEST_CASE("A sync that fails promises nothing") {
  MemoryStore store;
  store.fail_sync();
  CHECK_FALSE(put(store, "a", "1", false).has_value());
  CHECK(put(store, "b", "2", true).has_value());
  CHECK(put(store, "c", "3", false).has_value());
  store.crash();
  CHECK_FALSE(store.get(Column::state, "a")->has_value());
}

TEST_CASE("A full disk says so and keeps what it has") {
  MemoryStore store;
  store.set_space(100);
  REQUIRE_FALSE(put(store, "a", "1", true).has_value());
  CHECK(put(store, "b", std::string(200, 'x'), true)->kind == StoreError::Kind::no_space);
  CHECK(store.get(Column::state, "a")->has_value());
}

TEST_CASE("Whenever the power fails, the state is one that was, and the log goes at least as far") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    const engine::ShardId shard{2};
    MemoryStore store;
    test::RandomSales sales(seed, shard);
    // Versions of the offerings after each entry, by index.
    std::vector<std::map<engine::OfferingId, engine::Version>> versions(1);
    {
      test::ShardDriver driver(store, shard);
      for (std::uint64_t i = 0; i < 5 + random() % 20; ++i) {
        driver.commit(i == 0 ? sales.open() : sales.turn(8));
        auto& now = versions.emplace_back();
        for (const auto& [id, offering] : sales.offerings()) now[id] = offering.version;
      }
    }
    store.crash(random() % (store.unsynced_bytes() + 1));

    const StateReader reader(store, 4);
    const auto start = reader.shard_start(shard);
    REQUIRE(start.has_value());
    REQUIRE_FALSE(start->entries.empty());
    // Entries are synced, so all are there; their changes may have to be carried out again.
    CHECK(start->entries.back().index == versions.size() - 1);
    REQUIRE(start->applied < versions.size());
    for (const auto& [id, version] : versions[start->applied]) {
      const auto offering = reader.offering(shard, id);
      REQUIRE(offering.has_value());
      CHECK(offering->version == version);
    }
  }
}

TEST_CASE("A flipped bit in what an offering consists of is never read as an offering") {
  constexpr std::uint64_t seed = 5;
  INFO("seed " << seed);
  const engine::ShardId shard{2};
  MemoryStore store;
  test::RandomSales sales(seed, shard);
  {
    test::ShardDriver driver(store, shard);
    driver.commit(sales.open());
    for (int i = 0; i < 10; ++i) driver.commit(sales.turn(10));
  }
  const StateReader reader(store, 4);
  engine::OfferingId id;
  std::uint32_t most = 0;
  for (const auto& [name, offering] : sales.offerings()) {
    const auto& counts = offering.places.counts();
    if (counts.held + counts.sold <= most) continue;
    most = counts.held + counts.sold;
    id = name;
  }
  std::vector<std::string> keys;
  const auto range = keys::offering_part(shard, id, keys::OfferingTag::record);
  const auto claims = keys::offering_part(shard, id, keys::OfferingTag::claim);
  const auto error = store.scan(Column::state, range, claims.end(), [&](auto key, auto) {
    keys.emplace_back(key);
    return true;
  });
  REQUIRE_FALSE(error.has_value());
  keys.emplace_back(keys::counters(shard, id).view());
  CHECK(keys.size() > 3);
  std::mt19937_64 random(seed);
  for (const auto& key : keys) {
    const auto bit = random() % 1024;
    REQUIRE(store.flip_bit(Column::state, key, bit));
    const auto read = reader.offering(shard, id);
    CHECK_FALSE(read.has_value());
    store.flip_bit(Column::state, key, bit);
    CHECK(reader.offering(shard, id).has_value());
  }
}

}  // namespace cavea::persistence
