#include "persistence/turn_log.hpp"

#include "fixtures.hpp"
#include "node_of_shards.hpp"
#include "persistence/keys.hpp"
#include "persistence/memory_store.hpp"
#include "persistence/rocks_store.hpp"
#include "persistence/state_reader.hpp"
#include "persistence/turn_codec.hpp"
#include "samples.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace cavea::persistence {

namespace {

constexpr engine::ShardId shard{1};

/// A turn of one change, an hour after that of the number before.
Turn turn_of(std::uint64_t number) {
  auto change = test::created(
      test::offering_id("yoga-" + std::to_string(number)), test::class_definition(10, 0));
  change.at = test::new_year + engine::Duration{static_cast<std::int64_t>(number) * 3'600'000};
  Turn turn;
  turn.changes.emplace_back(std::move(change));
  return turn;
}

engine::Timestamp hour(std::int64_t number) {
  return test::new_year + engine::Duration{number * 3'600'000};
}

StoredEntry entry_of(std::uint64_t index, const Turn& turn) {
  std::string data;
  encode(turn, data);
  return {index, 1, turn_entry_type, std::make_shared<const std::string>(std::move(data))};
}

/// What consensus writes for itself.
StoredEntry barrier(std::uint64_t index) {
  return {index, 1, 2, std::make_shared<const std::string>()};
}

/// Logs entries; those up to `applied` are carried out.
void log(MemoryStore& store, std::vector<StoredEntry> entries, std::uint64_t applied) {
  test::ShardDriver driver(store, shard);
  ShardWrite state;
  state.shard = shard;
  for (const auto& entry : entries) {
    if (entry.index > applied) continue;
    CommittedTurn committed{entry.index, nullptr};
    if (entry.type == turn_entry_type) {
      committed.turn = std::make_shared<const Turn>(*decode_turn(*entry.data));
    }
    state.committed.push_back(std::move(committed));
  }
  ShardWrite write;
  write.shard = shard;
  write.entries = std::move(entries);
  driver.write(std::move(write));
  driver.write(std::move(state));
}

void log_turns(MemoryStore& store, std::uint64_t first, std::uint64_t last) {
  std::vector<StoredEntry> entries;
  for (auto i = first; i <= last; ++i) entries.push_back(entry_of(i, turn_of(i)));
  log(store, std::move(entries), last);
}

void keep(MemoryStore& store, KeptLog kept, std::uint64_t cut_from = 1) {
  test::ShardDriver driver(store, shard);
  ShardWrite write;
  write.shard = shard;
  write.kept = kept;
  write.cut_from = cut_from;
  write.snapshot = SnapshotMark{
      .index = kept.removed_before - 1,
      .term = 1,
      .configuration_index = 1,
      .configuration = "members"};
  driver.write(std::move(write));
}

TurnPage turns_after(const Store& store, std::uint64_t after, TurnLimit limit = {}) {
  auto page = TurnLog(store).turns_after(shard, after, limit);
  REQUIRE_MESSAGE(page.has_value(), page.error().text);
  return std::move(page).value();
}

std::string indices_of(const TurnPage& page) {
  std::string text;
  for (const auto& turn : page.turns) text += std::to_string(turn.index) + " ";
  return text;
}

}  // namespace

TEST_CASE("Turns are read again in the order of the log, page by page") {
  MemoryStore store;
  log_turns(store, 1, 7);
  auto page = turns_after(store, 0, {.turns = 3});
  CHECK(indices_of(page) == "1 2 3 ");
  CHECK(page.read_to == 3);
  CHECK(page.kept.first == 1);
  CHECK(page.kept.applied == 7);
  CHECK_FALSE(page.is_cut);
  const auto& change = std::get<OfferingChange>(page.turns[1].turn.changes.at(0));
  CHECK(change.offering == test::offering_id("yoga-2"));
  CHECK(change.at == hour(2));

  // A turn that goes beyond the bytes is read all the same, so that every page moves on.
  page = turns_after(store, page.read_to, {.bytes = 1});
  CHECK(indices_of(page) == "4 ");
  page = turns_after(store, page.read_to);
  CHECK(indices_of(page) == "5 6 7 ");
  page = turns_after(store, page.read_to);
  CHECK(page.turns.empty());
  CHECK(page.read_to == 7);
  // Another shard has nothing yet.
  const auto other = TurnLog(store).turns_after({2}, 0, {});
  REQUIRE(other.has_value());
  CHECK(other->turns.empty());
  CHECK(other->kept.applied == 0);
}

TEST_CASE("Entries without a turn are passed over and counted as read") {
  MemoryStore store;
  log(store,
      {barrier(1),
       entry_of(2, turn_of(2)),
       barrier(3),
       barrier(4),
       entry_of(5, turn_of(5)),
       barrier(6)},
      6);
  auto page = turns_after(store, 0, {.turns = 1});
  CHECK(indices_of(page) == "2 ");
  CHECK(page.read_to == 2);
  page = turns_after(store, 2);
  CHECK(indices_of(page) == "5 ");
  CHECK(page.read_to == 6);
}

TEST_CASE("What is not committed is never shown, nor what is taken back and written anew") {
  MemoryStore store;
  log(store,
      {entry_of(1, turn_of(1)),
       entry_of(2, turn_of(2)),
       entry_of(3, turn_of(3)),
       entry_of(4, turn_of(4))},
      2);
  CHECK(indices_of(turns_after(store, 0)) == "1 2 ");
  CHECK(turns_after(store, 0).read_to == 2);

  // Consensus takes the end back.
  {
    test::ShardDriver driver(store, shard);
    ShardWrite write;
    write.shard = shard;
    write.truncate_from = 3;
    write.entries = {entry_of(3, turn_of(33))};
    driver.write(std::move(write));
    CHECK(indices_of(turns_after(store, 0)) == "1 2 ");
    ShardWrite state;
    state.shard = shard;
    state.committed.push_back({3, std::make_shared<const Turn>(turn_of(33))});
    driver.write(std::move(state));
  }
  const auto page = turns_after(store, 2);
  CHECK(indices_of(page) == "3 ");
  const auto& change = std::get<OfferingChange>(page.turns[0].turn.changes.at(0));
  CHECK(change.offering == test::offering_id("yoga-33"));
}

TEST_CASE("Who comes too late is told so, and gets what is kept") {
  MemoryStore store;
  log_turns(store, 1, 9);
  keep(store, {.first = 5, .removed_before = 3});
  auto page = turns_after(store, 3);
  CHECK(page.is_cut);
  CHECK(page.kept.first == 5);
  CHECK(indices_of(page) == "5 6 7 8 9 ");
  page = turns_after(store, 4);
  CHECK_FALSE(page.is_cut);
  CHECK(indices_of(page) == "5 6 7 8 9 ");
  CHECK(store.size(Column::log) == 7);

  // All of it is let go of; what comes then is shown.
  keep(store, {.first = 10, .removed_before = 10}, 3);
  CHECK(store.size(Column::log) == 0);
  CHECK(turns_after(store, 9).turns.empty());
  CHECK_FALSE(turns_after(store, 9).is_cut);
  CHECK(turns_after(store, 8).is_cut);
  CHECK(turns_after(store, 8).read_to == 9);
  log_turns(store, 10, 10);
  CHECK(indices_of(turns_after(store, 9)) == "10 ");
}

TEST_CASE("A committed entry that is missing or damaged is an error, not a shorter page") {
  MemoryStore store;
  log_turns(store, 1, 4);
  REQUIRE(store.flip_bit(Column::log, keys::entry(shard, 3), 40));
  CHECK(TurnLog(store).turns_after(shard, 0, {}).error().kind == StoreError::Kind::corrupt);
  CHECK(indices_of(turns_after(store, 0, {.turns = 2})) == "1 2 ");

  MemoryStore other;
  log_turns(other, 1, 4);
  keep(other, {.first = 1, .removed_before = 3}, 2);
  CHECK(TurnLog(other).turns_after(shard, 0, {}).error().kind == StoreError::Kind::corrupt);
}

TEST_CASE("The first turn that is young enough is found by halves") {
  MemoryStore store;
  log_turns(store, 1, 100);
  const TurnLog turns(store);
  for (std::uint64_t i = 1; i <= 100; ++i) {
    const auto found = turns.first_since(shard, hour(static_cast<std::int64_t>(i)));
    REQUIRE(found.has_value());
    CHECK(found->index == i);
    CHECK(found->at == hour(static_cast<std::int64_t>(i)));
  }
  CHECK(turns.first_since(shard, hour(-5))->index == 1);
  const auto none = turns.first_since(shard, hour(101));
  CHECK(none->index == 101);
  CHECK_FALSE(none->at.has_value());
  CHECK(turns.first_since({2}, hour(1))->index == 1);

  keep(store, {.first = 50, .removed_before = 40});
  CHECK(TurnLog(store).first_since(shard, hour(10))->index == 50);
  CHECK(TurnLog(store).first_since(shard, hour(10))->at == hour(50));
}

TEST_CASE("Entries without a turn, and a clock that was wrong for a while, do not mislead it") {
  MemoryStore store;
  std::vector<StoredEntry> entries;
  for (std::uint64_t i = 1; i <= 40; ++i) {
    const bool was_ahead = i >= 10 && i < 14;
    entries.push_back(i % 3 == 0 ? barrier(i) : entry_of(i, turn_of(was_ahead ? i + 100'000 : i)));
  }
  log(store, std::move(entries), 40);
  const auto found = TurnLog(store).first_since(shard, hour(30));
  REQUIRE(found.has_value());
  CHECK(found->index == 31);
  CHECK(found->at == hour(31));
  // Behind the last turn there are none, whatever consensus has written.
  CHECK_FALSE(TurnLog(store).first_since(shard, hour(41))->at.has_value());
}

TEST_CASE("The time of a turn is read without the rest of it") {
  std::string bytes;
  encode(test::sample_turn(), bytes);
  CHECK(*time_of_turn(bytes) == test::new_year);
  bytes.clear();
  encode(turn_of(7), bytes);
  CHECK(*time_of_turn(bytes) == hour(7));
  bytes.clear();
  encode(Turn{}, bytes);
  CHECK_FALSE(time_of_turn(bytes)->has_value());
  bytes[0] ^= 1;
  CHECK(time_of_turn(bytes).error().kind == StoreError::Kind::corrupt);
}

TEST_CASE("A start reads of a long log only what consensus needs") {
  const test::ScratchFolder folder;
  auto opened = RocksStore::open({.path = folder.path()});
  REQUIRE(opened.has_value());
  auto& store = **opened;
  {
    test::ShardDriver driver(store, shard);
    ShardWrite write;
    write.shard = shard;
    for (std::uint64_t i = 1; i <= 2'000; ++i) write.entries.push_back(barrier(i));
    write.snapshot = SnapshotMark{
        .index = 1'900, .term = 1, .configuration_index = 1, .configuration = "members"};
    write.kept = KeptLog{.first = 1, .removed_before = 1};
    driver.write(std::move(write));
  }
  const StateReader reader(store, 2);
  auto start = reader.shard_start(shard);
  REQUIRE(start.has_value());
  CHECK(start->entries.front().index == 1'900 + 1 - entries_before_mark);
  CHECK(start->entries.back().index == 2'000);
  CHECK(start->kept == KeptLog{.first = 1, .removed_before = 1});

  // Where less is kept than consensus would like, it takes what there is.
  test::ShardDriver driver(store, shard);
  ShardWrite write;
  write.shard = shard;
  write.kept = KeptLog{.first = 1'850, .removed_before = 1'800};
  driver.write(std::move(write));
  start = reader.shard_start(shard);
  REQUIRE(start.has_value());
  CHECK(start->entries.front().index == 1'800);
}

}  // namespace cavea::persistence
