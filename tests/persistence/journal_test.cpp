#include "persistence/journal.hpp"

#include "fixtures.hpp"
#include "persistence/keys.hpp"
#include "persistence/memory_store.hpp"
#include "persistence/rocks_store.hpp"
#include "persistence/state_reader.hpp"
#include "samples.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace cavea::persistence {

namespace {

StoredEntry entry(std::uint64_t index, std::string data) {
  return {
      .index = index,
      .term = 1,
      .type = turn_entry_type,
      .data = std::make_shared<const std::string>(std::move(data))};
}

ShardWrite entries(engine::ShardId shard, std::vector<std::uint64_t> indices) {
  ShardWrite write;
  write.shard = shard;
  for (const auto index : indices) write.entries.push_back(entry(index, std::to_string(index)));
  return write;
}

void ignore_failure(const StoreError& /*error*/) {}

/// A write that goes through the log's thread in its turn and leaves nothing behind.
ShardWrite mark(std::function<void()> persisted) {
  ShardWrite write;
  write.truncate_from = UINT64_MAX;
  write.persisted = std::move(persisted);
  return write;
}

/// Waits until everything that was handed in is carried out, by both threads.
void drain(Journal& journal) {
  std::promise<void> log;
  std::promise<void> state;
  journal.write(mark([&log] { log.set_value(); }));
  journal.after_queued([&state] { state.set_value(); });
  log.get_future().wait();
  state.get_future().wait();
}

/// Keeps both writers busy until they are let go, so that what is handed in meanwhile becomes one
/// batch.
class Pause {
 public:
  explicit Pause(Journal& journal) {
    const auto stay = [go_on = go_on_.get_future().share()](std::promise<void>& is_paused) {
      is_paused.set_value();
      go_on.wait();
    };
    journal.write(mark([this, stay] { stay(log_is_paused_); }));
    journal.after_queued([this, stay] { stay(state_is_paused_); });
    log_is_paused_.get_future().wait();
    state_is_paused_.get_future().wait();
  }

  void end() { go_on_.set_value(); }

 private:
  std::promise<void> log_is_paused_;
  std::promise<void> state_is_paused_;
  std::promise<void> go_on_;
};

std::string indices_of(const ShardStart& start) {
  std::string text;
  for (const auto& one : start.entries) text += std::to_string(one.index) + " ";
  return text;
}

}  // namespace

TEST_CASE("What shards hand in together is written in one batch with one fsync, in order") {
  MemoryStore store;
  JournalProbe probe;
  Journal journal(store, probe, ignore_failure);
  Pause pause(journal);
  std::vector<int> order;
  for (std::uint16_t number = 0; number < 8; ++number) {
    auto write = entries({number}, {1, 2, 3});
    write.persisted = [&order, number] { order.push_back(number); };
    journal.write(std::move(write));
  }
  CHECK(probe.queue_depth.value() == 8);
  pause.end();
  drain(journal);
  CHECK(order == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7});
  CHECK(probe.batches.value() == 1);
  CHECK(probe.synced_batches.value() == 1);
  CHECK(probe.queue_depth.value() == 0);
  CHECK(probe.bytes.value() > 0);
  CHECK(store.size(Column::log) == 24);
}

TEST_CASE("Only entries and hard states are worth an fsync") {
  MemoryStore store;
  JournalProbe probe;
  Journal journal(store, probe, ignore_failure);
  ShardWrite committed;
  committed.shard = {1};
  committed.committed.push_back({.index = 1, .turn = nullptr});
  journal.write(committed);
  drain(journal);
  CHECK(probe.batches.value() == 0);
  CHECK(probe.state.batches.value() == 1);

  ShardWrite vote;
  vote.shard = {1};
  vote.hard_state = HardState{.term = 4, .voted_for = 2};
  journal.write(std::move(vote));
  drain(journal);
  CHECK(probe.synced_batches.value() == 1);
}

TEST_CASE("Once a write is reported as done, a crash does not lose it") {
  MemoryStore store;
  JournalProbe probe;
  {
    Journal journal(store, probe, ignore_failure);
    for (std::uint64_t index = 1; index <= 20; ++index) {
      auto write = entries({3}, {index});
      write.hard_state = HardState{.term = index, .voted_for = 1};
      std::promise<void> done;
      write.persisted = [&] { done.set_value(); };
      journal.write(std::move(write));
      done.get_future().wait();
      CHECK(store.unsynced_bytes() == 0);
    }
  }
  store.crash();
  const auto start = StateReader(store, 4).shard_start({3});
  REQUIRE(start.has_value());
  CHECK(start->entries.size() == 20);
  CHECK(start->hard_state.term == 20);
  CHECK(*start->entries.front().data == "1");
}

TEST_CASE("The log tells of every write that it has, the state of the newest that it has") {
  MemoryStore store;
  JournalProbe probe;
  Journal journal(store, probe, ignore_failure);
  Pause pause(journal);
  std::vector<std::string> persisted;
  std::vector<std::string> settled;
  for (const std::string name : {"1", "2", "3"}) {
    auto write = entries({1}, {std::stoull(name)});
    write.committed.push_back({.index = std::stoull(name), .turn = nullptr});
    write.persisted = [&persisted, name] { persisted.push_back(name); };
    write.settled = [&settled, name] { settled.push_back(name); };
    journal.write(std::move(write));
  }
  pause.end();
  drain(journal);
  CHECK(persisted == std::vector<std::string>{"1", "2", "3"});
  CHECK(settled == std::vector<std::string>{"3"});
}

TEST_CASE("What nobody waits for is settled all the same") {
  MemoryStore store;
  JournalProbe probe;
  Journal journal(store, probe, ignore_failure);
  ShardWrite write;
  write.shard = {1};
  write.committed.push_back({.index = 1, .turn = nullptr});
  std::promise<void> settled;
  write.settled = [&settled] { settled.set_value(); };
  journal.write(std::move(write));
  settled.get_future().wait();
  CHECK(StateReader(store, 4).shard_start({1})->applied == 1);
}

TEST_CASE("The state that a crash leaves is older than its log, and both say from where to go on") {
  MemoryStore store;
  JournalProbe probe;
  {
    Journal journal(store, probe, ignore_failure);
    const auto commit = [&journal](std::uint64_t index) {
      auto write = entries({1}, {index});
      write.committed.push_back({.index = index, .turn = nullptr});
      journal.write(std::move(write));
      drain(journal);
    };
    commit(1);
    commit(2);
    CHECK(*journal.persisted_applied({1}) == 0);
    journal.persist_state();
    drain(journal);
    CHECK(*journal.persisted_applied({1}) == 2);
    commit(3);
    CHECK(*journal.persisted_applied({1}) == 2);
    CHECK(*journal.persisted_applied({2}) == 0);
  }
  CHECK(StateReader(store, 4).shard_start({1})->applied == 3);
  store.crash();
  const auto start = StateReader(store, 4).shard_start({1});
  CHECK(start->applied == 2);
  CHECK(indices_of(*start) == "1 2 3 ");
}

TEST_CASE("What was handed in is written before the journal ends") {
  MemoryStore store;
  JournalProbe probe;
  {
    Journal journal(store, probe, ignore_failure);
    for (std::uint64_t index = 1; index <= 100; ++index) journal.write(entries({1}, {index}));
  }
  CHECK(store.size(Column::log) == 100);
}

TEST_CASE("Each thread finds its own writes in its own order") {
  MemoryStore store;
  JournalProbe probe;
  std::vector<std::vector<std::uint64_t>> done(4);
  {
    Journal journal(store, probe, ignore_failure);
    std::vector<std::thread> threads;
    for (std::uint16_t number = 0; number < 4; ++number) {
      threads.emplace_back([&, number] {
        for (std::uint64_t index = 1; index <= 500; ++index) {
          auto write = entries({number}, {index});
          write.persisted = [&done, number, index] { done[number].push_back(index); };
          journal.write(std::move(write));
        }
      });
    }
    for (auto& thread : threads) thread.join();
  }
  const StateReader reader(store, 4);
  for (std::uint16_t number = 0; number < 4; ++number) {
    CHECK(done[number].size() == 500);
    CHECK(std::is_sorted(done[number].begin(), done[number].end()));
    CHECK(reader.shard_start({number})->entries.size() == 500);
  }
}

TEST_CASE("A failure is told once, and nothing is written or reported behind it") {
  for (const bool at_sync : {false, true}) {
    MemoryStore store;
    JournalProbe probe;
    std::vector<StoreError> failures;
    int done = 0;
    {
      Journal journal(
          store, probe, [&failures](const StoreError& error) { failures.push_back(error); });
      auto first = entries({1}, {1});
      first.persisted = [&done] { ++done; };
      journal.write(std::move(first));
      drain(journal);
      if (at_sync) {
        store.fail_sync();
      } else {
        store.fail_write(0, StoreError::Kind::no_space);
      }
      for (std::uint64_t index = 2; index < 10; ++index) {
        auto write = entries({1}, {index});
        write.persisted = [&done] { ++done; };
        journal.write(std::move(write));
      }
    }
    CHECK(done == 1);
    REQUIRE(failures.size() == 1);
    CHECK(failures[0].kind == (at_sync ? StoreError::Kind::io : StoreError::Kind::no_space));
  }
}

TEST_CASE("A turn that the state contradicts is a failure, not a wrong state") {
  MemoryStore store;
  JournalProbe probe;
  std::vector<StoreError> failures;
  {
    Journal journal(
        store, probe, [&failures](const StoreError& error) { failures.push_back(error); });
    OfferingChange change;
    change.offering = test::offering_id("yoga");
    change.events.emplace_back(engine::ReservationConfirmed{test::sample_id});
    auto turn = std::make_shared<Turn>();
    turn->changes.emplace_back(std::move(change));
    ShardWrite write;
    write.shard = {1};
    write.committed.push_back({.index = 1, .turn = std::move(turn)});
    journal.write(std::move(write));
  }
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].kind == StoreError::Kind::corrupt);
  CHECK(store.size(Column::state) == 0);
}

TEST_CASE("Logs are overwritten from where consensus says, and cut up to where it says") {
  const test::ScratchFolder folder;
  auto store = RocksStore::open({.path = folder.path()});
  REQUIRE(store.has_value());
  JournalProbe probe;
  Journal journal(**store, probe, ignore_failure);
  journal.write(entries({1}, {1, 2, 3, 4, 5}));
  journal.write(entries({2}, {1, 2}));
  auto overwrite = entries({1}, {4, 5, 6});
  overwrite.truncate_from = 4;
  journal.write(std::move(overwrite));
  drain(journal);
  const StateReader reader(**store, 4);
  CHECK(indices_of(*reader.shard_start({1})) == "1 2 3 4 5 6 ");

  ShardWrite cut;
  cut.shard = {1};
  cut.snapshot =
      SnapshotMark{.index = 4, .term = 1, .configuration_index = 1, .configuration = "members"};
  cut.kept = KeptLog{.first = 5, .removed_before = 4};
  cut.truncate_from = 6;
  journal.write(std::move(cut));
  drain(journal);
  const auto start = reader.shard_start({1});
  REQUIRE(start.has_value());
  CHECK(indices_of(*start) == "4 5 ");
  REQUIRE(start->snapshot.has_value());
  CHECK(start->snapshot->index == 4);
  CHECK(start->snapshot->configuration == "members");
  CHECK(indices_of(*reader.shard_start({2})) == "1 2 ");
}

TEST_CASE("A log with a hole is not started from") {
  MemoryStore store;
  JournalProbe probe;
  {
    Journal journal(store, probe, ignore_failure);
    journal.write(entries({1}, {1, 2, 4}));
    journal.write(entries({2}, {7, 8}));
  }
  const StateReader reader(store, 4);
  CHECK(reader.shard_start({1}).error().kind == StoreError::Kind::corrupt);
  CHECK(reader.shard_start({2}).error().kind == StoreError::Kind::corrupt);
}

TEST_CASE("An entry that is committed again after a restart changes nothing") {
  MemoryStore store;
  const engine::ShardId shard{1};
  test::RandomSales sales(1, shard);
  auto open = std::make_shared<const Turn>(sales.open());
  auto sold = std::make_shared<const Turn>(sales.turn(20));
  for (int start = 0; start < 3; ++start) {
    JournalProbe probe;
    Journal journal(store, probe, ignore_failure);
    ShardWrite write;
    write.shard = shard;
    write.committed = {{1, open}, {2, sold}};
    journal.write(std::move(write));
  }
  const StateReader reader(store, 4);
  CHECK(reader.shard_start(shard)->applied == 2);
  for (const auto& [id, live] : sales.offerings())
    CHECK(same_state(*reader.offering(shard, id), live));
}

}  // namespace cavea::persistence
