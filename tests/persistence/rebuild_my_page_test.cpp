#include "persistence/rebuild_my_page.hpp"

#include "fixtures.hpp"
#include "persistence/keys.hpp"
#include "persistence/memory_store.hpp"
#include "samples.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace cavea::persistence {

namespace {

constexpr engine::ShardId shard{1};

void sell(Store& store) {
  REQUIRE_FALSE(claim_store(store, {.shard_count = 2, .node = "node-1"}).has_value());
  test::RandomSales sales(3, shard);
  test::ShardDriver driver(store, shard);
  driver.commit(sales.open());
  for (int i = 0; i < 40; ++i) driver.commit(sales.turn(12));
  REQUIRE_FALSE(store.persist(Column::state).has_value());
}

std::vector<std::string> keys_with(const Store& store, keys::Tag tag) {
  std::vector<std::string> all;
  const auto range = keys::all(shard, tag);
  const auto cursor = store.cursor(Column::state, range, range.end(), Direction::forward);
  for (; cursor->valid(); cursor->next()) all.emplace_back(cursor->key());
  return all;
}

/// Takes all lists away, and gives back what was in them.
std::vector<std::string> lose_lists(Store& store) {
  auto kept = keys_with(store, keys::Tag::user);
  REQUIRE(kept.size() > 20);
  const auto batch = store.make_batch();
  for (const auto& key : kept) batch->remove(Column::state, key);
  REQUIRE_FALSE(store.write(*batch, Durability::unlogged).has_value());
  REQUIRE_FALSE(store.persist(Column::state).has_value());
  REQUIRE(keys_with(store, keys::Tag::user).empty());
  return kept;
}

}  // namespace

TEST_CASE("Lists that are made again are there whole or, after a crash, not at all") {
  MemoryStore store;
  sell(store);
  const auto kept = lose_lists(store);
  REQUIRE(rebuild_my_page(store).has_value());
  CHECK(keys_with(store, keys::Tag::user) == kept);
  // The power fails before they are in a table: nothing is lost but the work.
  store.crash();
  CHECK(keys_with(store, keys::Tag::user).empty());
  REQUIRE(rebuild_my_page(store).has_value());
  REQUIRE_FALSE(store.persist(Column::state).has_value());
  store.crash();
  CHECK(keys_with(store, keys::Tag::user) == kept);
}

TEST_CASE("A full or broken disk is told of, and leaves the lists as they were") {
  for (const auto kind : {StoreError::Kind::no_space, StoreError::Kind::io}) {
    MemoryStore store;
    sell(store);
    lose_lists(store);
    store.fail_write(0, kind);
    const auto found = rebuild_my_page(store);
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().kind == kind);
    CHECK_FALSE(found.error().text.empty());
    CHECK(keys_with(store, keys::Tag::user).empty());
  }
}

TEST_CASE("Nothing is written where what is to be listed cannot be read") {
  MemoryStore store;
  sell(store);
  lose_lists(store);
  const auto reservations = keys_with(store, keys::Tag::reservation);
  REQUIRE(store.flip_bit(Column::state, reservations.at(reservations.size() / 2), 17));
  const auto found = rebuild_my_page(store);
  REQUIRE_FALSE(found.has_value());
  CHECK(found.error().kind == StoreError::Kind::corrupt);
  CHECK(found.error().text.find("cavea check") != std::string::npos);
  CHECK(keys_with(store, keys::Tag::user).empty());
}

TEST_CASE("What is no store of a node, or of a later one, is left alone") {
  MemoryStore empty;
  const auto none = rebuild_my_page(empty);
  REQUIRE_FALSE(none.has_value());
  CHECK(none.error().kind == StoreError::Kind::corrupt);
  MemoryStore later;
  REQUIRE_FALSE(
      claim_store(later, {.version = format_version + 1, .shard_count = 2, .node = "node-1"})
          .has_value());
  const auto refused = rebuild_my_page(later);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().kind == StoreError::Kind::newer_format);
}

}  // namespace cavea::persistence
