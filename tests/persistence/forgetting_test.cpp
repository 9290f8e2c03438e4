#include "node_of_shards.hpp"
#include "persistence/keys.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>

// What must not stay: outcomes, deadlines, logs, claims.

namespace cavea::persistence {

using test::created;
using test::Node;
using test::sale;
using test::shard_count;

TEST_CASE("Outcomes are found by caller and key, and forgotten after a day") {
  Node node;
  const engine::ShardId shard{0};
  node.commit(0, created(test::offering_id("yoga-0"), test::class_definition(1'000, 0)));
  const auto change = sale(1, shard, "ada");
  node.commit(0, change);
  const auto& key = change.idempotency->key;
  const auto found = node.reader.idempotency(shard, "ada", key.key);
  REQUIRE(found.has_value());
  REQUIRE(found->has_value());
  CHECK((*found)->outcome == change.idempotency->outcome);
  CHECK((*found)->key.fingerprint == key.fingerprint);
  CHECK_FALSE(node.reader.idempotency(shard, "grace", key.key)->has_value());
  CHECK_FALSE(node.reader.idempotency({1}, "ada", key.key)->has_value());

  const auto later = [&](std::uint64_t number, std::int64_t hours) {
    auto next = sale(number, shard, "ada");
    next.at = change.at + engine::Duration{hours * 3'600'000};
    node.commit(0, next);
    return node.reader.idempotency(shard, "ada", key.key)->has_value();
  };
  CHECK(later(2, 13));
  CHECK(later(3, 23));
  CHECK_FALSE(later(4, 37));
}

TEST_CASE("Outcomes of a shard where nothing happens are forgotten when it is told so") {
  Node node;
  const engine::ShardId shard{0};
  node.commit(0, created(test::offering_id("yoga-0"), test::class_definition(1'000, 0)));
  const auto old = sale(1, shard, "ada");
  auto recent = sale(2, shard, "ada");
  recent.at.ms += 20 * 3'600'000;
  node.commit(0, old);
  node.commit(0, recent);
  const auto purge = [&](engine::Timestamp before) {
    ShardWrite write;
    write.shard = shard;
    write.purge_idempotency_before = before;
    node.shards[0]->write(std::move(write));
  };
  const auto is_known = [&](const OfferingChange& change) {
    return node.reader.idempotency(shard, "ada", change.idempotency->key.key)->has_value();
  };
  purge(old.at);
  CHECK(is_known(old));
  purge(old.at + engine::Duration{13 * 3'600'000});
  CHECK_FALSE(is_known(old));
  CHECK(is_known(recent));
}

TEST_CASE(
    "Deadlines are those of holds, earliest first, and of cancelled offerings until they are "
    "swept") {
  Node node;
  const engine::ShardId shard{2};
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    INFO("seed " << seed);
    MemoryStore store;
    test::RandomSales sales(seed, shard);
    {
      test::ShardDriver driver(store, shard);
      driver.commit(sales.open());
      for (int i = 0; i < 30; ++i) driver.commit(sales.turn(20));
    }
    std::set<engine::ReservationId> held;
    std::set<engine::OfferingId> to_sweep;
    const StateReader reader(store, shard_count);
    for (const auto id : sales.reservations()) {
      const auto reservation = reader.reservation(shard, id);
      if ((*reservation)->status == engine::ReservationStatus::held) held.insert(id);
    }
    for (const auto& [id, offering] : sales.offerings()) {
      const auto& counts = offering.places.counts();
      if (offering.status == engine::OfferingStatus::cancelled && counts.held + counts.sold > 0) {
        to_sweep.insert(id);
      }
    }
    const auto deadlines = reader.deadlines(shard);
    REQUIRE(deadlines.has_value());
    CHECK(deadlines->size() == held.size() + to_sweep.size());
    engine::Timestamp last{};
    for (const auto& deadline : *deadlines) {
      CHECK(last <= deadline.at);
      last = deadline.at;
      if (deadline.reservation == engine::ReservationId{}) {
        CHECK(to_sweep.contains(deadline.offering));
      } else {
        CHECK(held.contains(deadline.reservation));
      }
    }
    engine::PlaceCounts sum;
    for (const auto& [id, offering] : sales.offerings()) {
      sum.free += offering.places.counts().free;
      sum.held += offering.places.counts().held;
      sum.sold += offering.places.counts().sold;
      sum.blocked += offering.places.counts().blocked;
    }
    CHECK(*reader.place_totals(shard) == sum);
  }
}

TEST_CASE("Endless holds and cancellations leave nothing behind but the ended reservations") {
  MemoryStore store;
  const engine::ShardId shard{0};
  test::ShardDriver driver(store, shard);
  Turn open;
  open.changes.emplace_back(created(test::offering_id("yoga-0"), test::class_definition(1'000, 0)));
  driver.commit(open);
  std::size_t log_max = 0;
  const auto records_before = store.size(Column::state);
  constexpr std::uint64_t rounds = 3'000;
  for (std::uint64_t i = 0; i < rounds; ++i) {
    auto hold = sale(0, shard, "ada");
    auto& sold = std::get<engine::PlacesSold>(hold.events[0]);
    sold.reservation.low = i;
    // A second behind the other: in the end two days of keys were used.
    hold.at = test::new_year + engine::Duration{static_cast<std::int64_t>(i) * 60'000};
    hold.idempotency->key.key = "key-" + std::to_string(i);
    hold.version = {2 * i + 2};
    auto cancel = hold;
    cancel.events = {engine::ReservationCancelled{sold.reservation, engine::Cause::user}};
    cancel.counts.free += cancel.counts.sold;
    cancel.counts.sold = 0;
    cancel.idempotency.reset();
    cancel.version = {2 * i + 3};
    Turn turn;
    turn.changes.emplace_back(std::move(hold));
    turn.changes.emplace_back(std::move(cancel));
    driver.commit(turn);
    if (i % 50 == 49) driver.cut_log();
    log_max = std::max(log_max, store.size(Column::log));
  }
  CHECK(log_max <= 51);
  // The record, the line in its user's list and the mark in its offering's list.
  const auto ended = 3 * rounds;
  const auto left = store.size(Column::state) - records_before - ended;
  // Outcomes of at most 36 hours.
  CHECK(left <= 36 * 60);
  const auto claims =
      keys::offering_part(shard, test::offering_id("yoga-0"), keys::OfferingTag::claim);
  CHECK_FALSE(store.cursor(Column::state, claims, claims.end(), Direction::forward)->valid());
  CHECK(store.size(Column::meta) == 1);
}

}  // namespace cavea::persistence
