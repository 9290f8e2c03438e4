#include "persistence/check.hpp"

#include "fixtures.hpp"
#include "persistence/keys.hpp"
#include "persistence/memory_store.hpp"
#include "persistence/record_codec.hpp"
#include "persistence/rocks_store.hpp"
#include "persistence/turn_codec.hpp"
#include "samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace cavea::persistence {

namespace {

constexpr engine::ShardId shard{1};

void sell(Store& store, std::uint64_t seed, int turns, bool cut) {
  REQUIRE_FALSE(claim_store(store, {.shard_count = 2, .node = "node-1"}).has_value());
  test::RandomSales sales(seed, shard);
  test::ShardDriver driver(store, shard);
  driver.commit(sales.open());
  for (int i = 0; i < turns; ++i) {
    driver.commit(sales.turn(12));
    if (cut && i == turns / 2) driver.cut_log();
  }
}

CheckReport check(const Store& store) {
  auto report = check_store(store);
  REQUIRE_MESSAGE(report.has_value(), report.error().text);
  return std::move(report).value();
}

void expect_sound(const CheckReport& report) {
  CHECK(report.is_sound());
  for (const auto& problem : report.problems) MESSAGE(problem.where << ": " << problem.what);
}

/// A store after a crash: its log is whole, its state as it was after half of the turns.
void sell_and_crash(MemoryStore& store, std::uint64_t seed, int turns) {
  REQUIRE_FALSE(claim_store(store, {.shard_count = 2, .node = "node-1"}).has_value());
  {
    test::RandomSales sales(seed, shard);
    test::ShardDriver driver(store, shard);
    driver.commit(sales.open());
    for (int i = 0; i < turns; ++i) {
      driver.commit(sales.turn(12));
      if (i == turns / 2) REQUIRE_FALSE(store.persist(Column::state).has_value());
    }
  }
  store.crash();
}

bool names(const CheckReport& report, std::string_view what) {
  return std::any_of(report.problems.begin(), report.problems.end(), [&](const auto& problem) {
    return problem.what.find(what) != std::string::npos;
  });
}

std::vector<std::string> keys_of(const Store& store, Column column) {
  std::vector<std::string> keys;
  const auto cursor = store.cursor(column, {}, {}, Direction::forward);
  for (; cursor->valid(); cursor->next()) keys.emplace_back(cursor->key());
  return keys;
}

}  // namespace

TEST_CASE("A sound store has no problems, and its whole log gives its state") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    INFO("seed " << seed);
    MemoryStore store;
    sell(store, seed, 50, false);
    const auto report = check(store);
    expect_sound(report);
    CHECK(report.offerings == 4);
    CHECK(report.reservations > 20);
    CHECK(report.entries == 51);
    CHECK(report.turns_replayed == 51);
    CHECK(report.shards_replayed_whole == 1);
  }
}

TEST_CASE("The rest of a log that was cut gives the state that it touches") {
  for (std::uint64_t seed = 21; seed <= 40; ++seed) {
    INFO("seed " << seed);
    MemoryStore store;
    sell(store, seed, 60, true);
    const auto report = check(store);
    expect_sound(report);
    CHECK(report.turns_replayed == 29);
    CHECK(report.shards_replayed_whole == 0);
  }
}

TEST_CASE("Outcomes that were purged are not missed by the check, and others are") {
  MemoryStore store;
  REQUIRE_FALSE(claim_store(store, {.shard_count = 2, .node = "node-1"}).has_value());
  test::RandomSales sales(5, shard);
  test::ShardDriver driver(store, shard);
  driver.commit(sales.open());
  for (int i = 0; i < 40; ++i) {
    auto turn = sales.turn(12);
    for (auto& change : turn.changes) {
      const auto two_days = engine::Duration{48 * 3'600'000};
      auto& sale = std::get<OfferingChange>(change);
      if (i >= 5) sale.at = sale.at + two_days;
    }
    driver.commit(turn);
  }
  const auto outcomes = [&store] {
    auto all = keys_of(store, Column::state);
    std::erase_if(all, [](const std::string& key) {
      return !key.starts_with(keys::all(shard, keys::Tag::idempotency).view());
    });
    return all;
  };
  const auto before = outcomes().size();
  ShardWrite purge;
  purge.shard = shard;
  purge.purge_idempotency_before = test::new_year + engine::Duration{24 * 3'600'000};
  driver.write(std::move(purge));
  const auto left = outcomes();
  REQUIRE(left.size() < before);
  REQUIRE_FALSE(left.empty());
  expect_sound(check(store));

  const auto batch = store.make_batch();
  batch->remove(Column::state, left.front());
  REQUIRE_FALSE(store.write(*batch, Durability::synced).has_value());
  CHECK_FALSE(check(store).is_sound());
}

TEST_CASE("A store on disk is checked while nobody may start on it") {
  const test::ScratchFolder folder;
  {
    auto store = RocksStore::open({.path = folder.path()});
    REQUIRE(store.has_value());
    sell(**store, 7, 30, false);
  }
  auto store = RocksStore::open({.path = folder.path(), .read_only = true});
  REQUIRE_MESSAGE(store.has_value(), store.error().text);
  expect_sound(check(**store));
  const auto second = RocksStore::open({.path = folder.path()});
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().kind == StoreError::Kind::in_use);
}

TEST_CASE("A flipped bit in any record is found by the check") {
  MemoryStore store;
  sell(store, 3, 12, false);
  std::mt19937_64 random(3);
  for (const auto column : {Column::log, Column::meta, Column::state}) {
    for (const auto& key : keys_of(store, column)) {
      CAPTURE(name_of(column));
      const auto bit = random() % 4096;
      if (!store.flip_bit(column, key, bit)) continue;
      const auto report = check(store);
      CHECK_FALSE(report.is_sound());
      CHECK(names(report, "checksum"));
      store.flip_bit(column, key, bit);
    }
  }
  expect_sound(check(store));
}

TEST_CASE("A record that is missing, or one too many, is found by the check") {
  MemoryStore store;
  sell(store, 5, 25, false);
  for (const auto& key : keys_of(store, Column::state)) {
    // How far the state is, and when outcomes are forgotten, is only known to the record itself.
    if (key.substr(2) == "A") continue;
    const auto value = store.get(Column::state, key);
    const auto batch = store.make_batch();
    batch->remove(Column::state, key);
    REQUIRE_FALSE(store.write(*batch, Durability::synced).has_value());
    CAPTURE(key);
    CHECK_FALSE(check(store).is_sound());
    batch->clear();
    batch->put(Column::state, key, **value);
    REQUIRE_FALSE(store.write(*batch, Durability::synced).has_value());
  }
  expect_sound(check(store));

  const auto batch = store.make_batch();
  const auto offering = test::offering_id("yoga");
  std::string claim;
  encode(claim, ClaimRecord{.person = {7}, .is_held = false, .until = {}, .places = {{0}}});
  batch->put(Column::state, keys::claim(shard, offering, {77, 77}), claim);
  REQUIRE_FALSE(store.write(*batch, Durability::synced).has_value());
  CHECK_FALSE(check(store).is_sound());
}

TEST_CASE("A place with two owners is found by the check, also when nothing else is wrong") {
  MemoryStore store;
  sell(store, 13, 10, true);
  const auto offering = test::offering_id("yoga");
  const auto claims = keys::offering_part(shard, offering, keys::OfferingTag::claim);
  std::optional<StoreError> error;
  std::vector<std::pair<std::string, std::string>> found;
  error = store.scan(Column::state, claims, claims.end(), [&](auto key, auto value) {
    found.emplace_back(key, value);
    return found.size() < 2;
  });
  REQUIRE_FALSE(error.has_value());
  REQUIRE(found.size() == 2);
  const auto batch = store.make_batch();
  batch->put(Column::state, found[0].first, found[1].second);
  REQUIRE_FALSE(store.write(*batch, Durability::synced).has_value());
  const auto report = check(store);
  CHECK(names(report, "not free"));
}

TEST_CASE("A log that lost its end behind the state is found by the check") {
  MemoryStore store;
  sell(store, 8, 10, false);
  const auto batch = store.make_batch();
  batch->remove(Column::log, keys::entry(shard, 11));
  REQUIRE_FALSE(store.write(*batch, Durability::synced).has_value());
  CHECK_FALSE(check(store).is_sound());
}

TEST_CASE("After a crash the check says of the store what will be true after the next start") {
  for (std::uint64_t seed = 51; seed <= 62; ++seed) {
    INFO("seed " << seed);
    MemoryStore whole;
    sell(whole, seed, 40, false);
    const auto expected = check(whole);
    MemoryStore crashed;
    sell_and_crash(crashed, seed, 40);
    const auto report = check(crashed);
    expect_sound(report);
    CHECK(report.offerings == expected.offerings);
    CHECK(report.reservations == expected.reservations);
    CHECK(report.live_reservations == expected.live_reservations);
    CHECK(report.entries == 41);
    CHECK(report.entries_to_carry_out == 19);
    CHECK(report.turns_replayed == 41);
    CHECK(expected.entries_to_carry_out == 0);
  }
}

TEST_CASE("An entry that a start after a crash cannot carry out is found by the check") {
  MemoryStore store;
  sell_and_crash(store, 9, 20);
  SUBCASE("because it cannot be read") {
    std::string entry;
    encode(entry, {.index = 21, .term = 1, .type = turn_entry_type, .data = nullptr});
    const auto batch = store.make_batch();
    batch->put(Column::log, keys::entry(shard, 21), entry + "no turn");
    REQUIRE_FALSE(store.write(*batch, Durability::synced).has_value());
  }
  SUBCASE("because the state lacks what it changes") {
    const auto batch = store.make_batch();
    for (const auto& key : keys_of(store, Column::state)) {
      const auto range = keys::all(shard, keys::Tag::offering);
      if (key.starts_with(range.view())) batch->remove(Column::state, key);
    }
    REQUIRE_FALSE(store.write(*batch, Durability::synced).has_value());
  }
  const auto report = check(store);
  REQUIRE_FALSE(report.is_sound());
  CHECK(std::any_of(report.problems.begin(), report.problems.end(), [](const auto& problem) {
    return problem.where.starts_with("log ");
  }));
}

TEST_CASE("A place that the log sells twice behind the state is found by the check") {
  MemoryStore store;
  sell_and_crash(store, 14, 20);
  const auto yoga = test::offering_id("yoga");
  const auto claims = keys::offering_part(shard, yoga, keys::OfferingTag::claim);
  std::optional<engine::Place> taken;
  const auto failure = store.scan(Column::state, claims, claims.end(), [&](auto key, auto value) {
    taken = decode_claim(key, value)->places.front();
    return false;
  });
  REQUIRE_FALSE(failure.has_value());
  REQUIRE(taken.has_value());

  // Whether or not it was given back meanwhile, one of the two comes too late.
  auto data = std::make_shared<std::string>();
  Turn turn;
  for (const std::uint64_t number : {1, 2}) {
    auto sale = test::sample_sale(number);
    sale.offering = yoga;
    std::get<engine::PlacesSold>(sale.events.front()).lines.front().place = *taken;
    turn.changes.emplace_back(std::move(sale));
  }
  encode(turn, *data);
  std::string entry;
  encode(entry, {.index = 22, .term = 1, .type = turn_entry_type, .data = data});
  const auto batch = store.make_batch();
  batch->put(Column::log, keys::entry(shard, 22), entry);
  REQUIRE_FALSE(store.write(*batch, Durability::synced).has_value());
  CHECK(names(check(store), "not free"));
}

TEST_CASE("A state that lost what the log no longer has is found by the check") {
  MemoryStore store;
  REQUIRE_FALSE(claim_store(store, {.shard_count = 2, .node = "node-1"}).has_value());
  {
    test::RandomSales sales(11, shard);
    test::ShardDriver driver(store, shard);
    driver.commit(sales.open());
    REQUIRE_FALSE(store.persist(Column::state).has_value());
    for (int i = 0; i < 10; ++i) driver.commit(sales.turn(12));
    driver.cut_log();
    for (int i = 0; i < 10; ++i) driver.commit(sales.turn(12));
  }
  store.crash();
  CHECK(names(check(store), "what lies between is lost"));
}

}  // namespace cavea::persistence
