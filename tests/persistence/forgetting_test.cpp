#include "node_of_shards.hpp"
#include "persistence/keys.hpp"
#include "persistence/waiting_codec.hpp"
#include "watched_store.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

// What must not stay: outcomes, deadlines, logs, claims.

namespace cavea::persistence {

using test::created;
using test::Node;
using test::sale;
using test::shard_count;

namespace {

constexpr std::int64_t hour_ms = 3'600'000;

/// Forgets the outcomes in shard 0 that are older than `before`.
void purge(Node& node, engine::Timestamp before) {
  ShardWrite write;
  write.shard = {0};
  write.purge_idempotency_before = before;
  node.shards[0]->write(std::move(write));
}

/// A sale by Ada in shard 0, `hours` after the samples' time.
OfferingChange sale_after(std::uint64_t number, std::int64_t hours) {
  auto change = sale(number, {0}, "ada");
  change.at = change.at + engine::Duration{hours * hour_ms};
  return change;
}

bool is_known(const StateReader& reader, const OfferingChange& change) {
  const auto found = reader.idempotency({0}, "ada", change.idempotency->key.key);
  REQUIRE(found.has_value());
  return found->has_value();
}

}  // namespace

TEST_CASE("Outcomes are found by caller and key until they are purged, however long that is") {
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

  for (std::uint64_t days = 1; days <= 20; ++days) {
    const auto hours = static_cast<std::int64_t>(24 * days);
    node.commit(0, sale_after(days + 1, hours));
    CHECK(is_known(node.reader, change));
  }
  purge(node, change.at);
  CHECK(is_known(node.reader, change));
  purge(node, change.at + engine::Duration{13 * hour_ms});
  CHECK_FALSE(is_known(node.reader, change));
}

TEST_CASE("The newest outcomes of a shard are not purged") {
  Node node;
  node.commit(0, created(test::offering_id("yoga-0"), test::class_definition(1'000, 0)));
  const auto old = sale_after(1, 0);
  const auto recent = sale_after(2, 20);
  node.commit(0, old);
  node.commit(0, recent);
  purge(node, old.at + engine::Duration{1'000 * hour_ms});
  CHECK_FALSE(is_known(node.reader, old));
  CHECK(is_known(node.reader, recent));
}

TEST_CASE("A clock that was wrong for a moment makes no look-up longer and loses no outcome") {
  constexpr std::int64_t ten_years = 10 * 365 * 24;
  std::int64_t wrong_by = 0;
  SUBCASE("It was ten years ahead") {
    wrong_by = ten_years;
  }
  SUBCASE("It was ten years behind") {
    wrong_by = -ten_years;
  }
  SUBCASE("It was in 1970") {
    wrong_by = -test::new_year.ms / hour_ms;
  }
  Node node;
  node.commit(0, created(test::offering_id("yoga-0"), test::class_definition(1'000, 0)));
  const auto before = sale_after(1, 0);
  const auto meanwhile = sale_after(2, wrong_by);
  const auto after = sale_after(3, 1);
  for (const auto& change : {before, meanwhile, after}) node.commit(0, change);

  test::WatchedStore watched(node.store);
  const StateReader reader(watched, shard_count);
  for (const auto& change : {before, meanwhile, after}) CHECK(is_known(reader, change));
  watched.lookups = 0;
  CHECK_FALSE(is_known(reader, sale_after(4, 1)));
  CHECK(watched.lookups <= 8);

  purge(node, after.at - engine::Duration{24 * hour_ms});
  CHECK(is_known(reader, before));
  CHECK(is_known(reader, after));
  watched.lookups = 0;
  CHECK_FALSE(is_known(reader, sale_after(4, 1)));
  CHECK(watched.lookups <= 8);
}

TEST_CASE("Outcomes of a shard whose first clock was in 1970 are found when it is right") {
  Node node;
  node.commit(0, created(test::offering_id("yoga-0"), test::class_definition(1'000, 0)));
  const auto first = sale_after(1, -test::new_year.ms / hour_ms);
  node.commit(0, first);
  node.commit(0, sale_after(2, 0));
  CHECK(is_known(node.reader, first));
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
    std::set<engine::OfferingId> waited_for;
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
      if (offering.waiting && offering.waiting->size() > 0) waited_for.insert(id);
    }
    const auto deadlines = reader.deadlines(shard);
    REQUIRE(deadlines.has_value());
    CHECK(deadlines->size() == held.size() + to_sweep.size() + 2 * waited_for.size());
    engine::Timestamp last{};
    for (const auto& deadline : *deadlines) {
      CHECK(last <= deadline.at);
      last = deadline.at;
      if (deadline.reservation == engine::ReservationId{}) {
        CHECK(to_sweep.contains(deadline.offering));
      } else if (deadline.reservation == waiting_wake) {
        CHECK(waited_for.contains(deadline.offering));
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
    if (i % 50 == 49) {
      driver.cut_log();
      ShardWrite write;
      write.shard = shard;
      write.purge_idempotency_before =
          test::new_year + engine::Duration{static_cast<std::int64_t>(i) * 60'000 - 24 * hour_ms};
      driver.write(std::move(write));
    }
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
  // The snapshot mark, and what is kept of the log.
  CHECK(store.size(Column::meta) == 2);
}

}  // namespace cavea::persistence
