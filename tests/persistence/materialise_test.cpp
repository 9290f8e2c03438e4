#include "fixtures.hpp"
#include "persistence/keys.hpp"
#include "persistence/memory_store.hpp"
#include "persistence/rocks_store.hpp"
#include "persistence/state_reader.hpp"

#include <doctest/doctest.h>

#include <variant>
#include <vector>

namespace cavea::persistence {

namespace {

/// Every offering as the store has it against every offering in memory.
void compare(const Store& store, const test::RandomSales& sales, engine::ShardId shard) {
  const StateReader reader(store, 4);
  for (const auto& [id, live] : sales.offerings()) {
    CAPTURE(id.str());
    const auto stored = reader.offering(shard, id);
    REQUIRE_MESSAGE(stored.has_value(), stored.error().text);
    stored->places.check_invariants();
    CHECK(stored->version == live.version);
    CHECK(stored->revision == live.revision);
    CHECK(same_state(*stored, live));

    const auto view = reader.offering_view(shard, id);
    REQUIRE(view.has_value());
    CHECK(view->has_value() == live.exists());
    if (view->has_value()) CHECK((*view)->counts == live.places.counts());
  }
}

void compare_reservations(
    const Store& store, const test::RandomSales& sales, engine::ShardId shard) {
  const StateReader reader(store, 4);
  for (const auto id : sales.reservations()) {
    CAPTURE(id.str());
    const auto stored = reader.reservation(shard, id);
    REQUIRE(stored.has_value());
    REQUIRE(stored->has_value());
    const auto& record = **stored;
    const auto held = sales.offerings().at(record.offering).places.find(id);
    const bool is_alive = record.status == engine::ReservationStatus::held
                          || record.status == engine::ReservationStatus::confirmed;
    REQUIRE(held.has_value() == is_alive);
    if (!held) continue;
    CHECK(held->is_held == (record.status == engine::ReservationStatus::held));
    CHECK(held->person == engine::PersonKey::of(record.user));
    std::vector<engine::Place> left;
    for (const auto& line : record.lines) {
      if (!line.given_back) left.push_back(line.place);
    }
    CHECK(left == held->places);
  }
}

void run_random_sales(Store& store, std::uint64_t seed, int turns) {
  const engine::ShardId shard{3};
  test::RandomSales sales(seed, shard);
  test::ShardDriver driver(store, shard);
  driver.commit(sales.open());
  for (int i = 0; i < turns; ++i) {
    driver.commit(sales.turn(1 + static_cast<std::size_t>(i) % 23));
    if (i % 8 == 0) compare(store, sales, shard);
  }
  compare(store, sales, shard);
  compare_reservations(store, sales, shard);
}

}  // namespace

TEST_CASE("Random sales contain every event that an offering knows") {
  std::vector<int> seen(std::variant_size_v<engine::OfferingEvent>);
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    test::RandomSales sales(seed, {3});
    const auto count = [&seen](const Turn& turn) {
      for (const auto& change : turn.changes) {
        for (const auto& event : std::get<OfferingChange>(change).events) ++seen[event.index()];
      }
    };
    count(sales.open());
    for (int i = 0; i < 60; ++i) count(sales.turn(1 + static_cast<std::size_t>(i) % 23));
  }
  for (std::size_t i = 0; i < seen.size(); ++i) {
    CAPTURE(i);
    CHECK(seen[i] > 10);
  }
}

TEST_CASE("Whatever is sold, the store in memory has the same offerings as the engine") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    INFO("seed " << seed);
    MemoryStore store;
    run_random_sales(store, seed, 60);
  }
}

TEST_CASE("Whatever is sold, RocksDB has the same offerings as the engine, also after a restart") {
  for (std::uint64_t seed = 101; seed <= 104; ++seed) {
    INFO("seed " << seed);
    const test::ScratchFolder folder;
    const engine::ShardId shard{3};
    test::RandomSales sales(seed, shard);
    for (int start = 0; start < 3; ++start) {
      auto store = RocksStore::open({.path = folder.path()});
      REQUIRE_MESSAGE(store.has_value(), store.error().text);
      if (start > 0) compare(**store, sales, shard);
      test::ShardDriver driver(**store, shard);
      if (start == 0) driver.commit(sales.open());
      for (int i = 0; i < 30; ++i) driver.commit(sales.turn(20));
      compare(**store, sales, shard);
      compare_reservations(**store, sales, shard);
    }
  }
}

}  // namespace cavea::persistence
