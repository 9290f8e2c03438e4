#include "persistence/state_copy.hpp"

#include "fixtures.hpp"
#include "persistence/check.hpp"
#include "persistence/keys.hpp"
#include "persistence/memory_store.hpp"
#include "persistence/state_reader.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <future>
#include <string>
#include <utility>
#include <vector>

namespace cavea::persistence {

namespace {

constexpr engine::ShardId copied{1};
constexpr std::size_t part_bytes = 500;

using Records = std::vector<std::pair<std::string, std::string>>;

/// What a shard has in the state.
Records state_of(const View& store) {
  Records all;
  const auto range = keys::shard(copied);
  const auto error = store.scan(
      Column::state, range, range.end(), [&](std::string_view key, std::string_view value) {
        all.emplace_back(key, value);
        return true;
      });
  REQUIRE_FALSE(error.has_value());
  return all;
}

void sell(Store& store, std::uint64_t seed, int turns) {
  REQUIRE_FALSE(claim_store(store, {.shard_count = 2, .node = "node-1"}).has_value());
  test::RandomSales sales(seed, copied);
  test::ShardDriver driver(store, copied);
  driver.commit(sales.open());
  for (int i = 0; i < turns; ++i) driver.commit(sales.turn(12));
}

/// The steps of an installation, in order.
std::vector<StateInstall> steps_from(const Store& source) {
  const StateCopy copy(source.snapshot(), copied);
  std::vector<StateInstall> steps;
  std::string next;
  do {
    auto part = copy.part_from(next, part_bytes);
    REQUIRE(part.has_value());
    next = part->next;
    steps.push_back({copied, std::move(*part), steps.empty()});
  } while (!next.empty());
  return steps;
}

/// Carries out the first `count` steps and returns when they are in the state.
void install(Store& store, const std::vector<StateInstall>& steps, std::size_t count) {
  JournalProbe probe;
  Journal journal(store, probe, [](const StoreError& error) { FAIL(error.text); });
  for (std::size_t i = 0; i < count; ++i) journal.install(steps[i], [] {});
  std::promise<void> done;
  journal.after_queued([&] { done.set_value(); });
  done.get_future().wait();
}

bool lacks_state(const Store& store) {
  const auto start = StateReader(store, 2).shard_start(copied);
  REQUIRE(start.has_value());
  return start->lacks_state;
}

}  // namespace

TEST_CASE("A copy in parts makes the state of another store, whatever that had before") {
  MemoryStore source;
  sell(source, 5, 40);
  const auto steps = steps_from(source);
  REQUIRE(steps.size() > 4);
  for (const auto& step : steps) {
    CHECK(step.part.applied == steps.front().part.applied);
    CHECK_FALSE(step.part.records.empty());
  }

  MemoryStore target;
  sell(target, 6, 10);
  install(target, steps, steps.size());
  CHECK(state_of(target) == state_of(source));
  CHECK_FALSE(lacks_state(target));
}

TEST_CASE("A copy is of one moment, whatever is sold while it is read") {
  MemoryStore source;
  test::RandomSales sales(5, copied);
  test::ShardDriver driver(source, copied);
  driver.commit(sales.open());
  for (int i = 0; i < 20; ++i) driver.commit(sales.turn(12));
  const auto before = state_of(source);

  const StateCopy copy(source.snapshot(), copied);
  Records got;
  std::string next;
  do {
    auto part = copy.part_from(next, part_bytes);
    REQUIRE(part.has_value());
    CHECK(part->applied == 21);
    next = part->next;
    for (auto& record : part->records) got.push_back(std::move(record));
    driver.commit(sales.turn(12));
  } while (!next.empty());
  CHECK(got == before);
}

TEST_CASE("After a crash in a copy there is the mark of it, or what was there before") {
  MemoryStore source;
  sell(source, 5, 40);
  const auto steps = steps_from(source);
  for (std::size_t count = 1; count <= steps.size(); ++count) {
    CAPTURE(count);
    MemoryStore target;
    sell(target, 6, 10);
    REQUIRE_FALSE(target.persist(Column::state).has_value());
    const auto before = state_of(target);
    install(target, steps, count);
    if (count % 2 == 0) {
      target.crash();
      CHECK(state_of(target) == before);
      CHECK_FALSE(lacks_state(target));
    } else {
      REQUIRE_FALSE(target.persist(Column::state).has_value());
      target.crash();
      CHECK(lacks_state(target) == (count < steps.size()));
      // That is no damage; the log, which is of other sales here, is not held against a whole copy.
      const auto checked = check_store(target, {});
      REQUIRE(checked.has_value());
      CHECK((checked->problems.empty() || count == steps.size()));
    }
    // It is begun again, whatever is there.
    install(target, steps, steps.size());
    CHECK(state_of(target) == state_of(source));
    CHECK_FALSE(lacks_state(target));
  }
}

TEST_CASE("What is only part of a copy is not copied, nor what is not there") {
  MemoryStore source;
  sell(source, 5, 40);
  const auto steps = steps_from(source);
  MemoryStore target;
  CHECK_FALSE(StateCopy(target.snapshot(), copied).part_from({}, part_bytes).has_value());
  install(target, steps, 2);
  CHECK_FALSE(StateCopy(target.snapshot(), copied).part_from({}, part_bytes).has_value());
  install(target, steps, steps.size());
  CHECK(StateCopy(target.snapshot(), copied).part_from({}, part_bytes).has_value());
}

}  // namespace cavea::persistence
