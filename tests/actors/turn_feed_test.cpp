#include "actors/turn_feed.hpp"

#include "actors/limits.hpp"
#include "actors/turn_queue.hpp"
#include "persistence/memory_store.hpp"
#include "tests/actors/node_fixture.hpp"

#include <chrono>
#include <future>
#include <string>
#include <variant>
#include <vector>

namespace cavea::tests {

namespace {

using actors::TurnFeed;

constexpr engine::ShardId only_shard{0};

persistence::TurnPage read(
    NodeFixture& node, std::uint64_t after, persistence::TurnLimit limit = {}) {
  std::promise<persistence::TurnPage> promise;
  node.node->feed().read(
      only_shard, after, limit, [&](persistence::TurnPage page) { promise.set_value(page); });
  return promise.get_future().get();
}

/// Waits until the feed has something behind `index`.
TurnFeed::Woken wait(NodeFixture& node, std::uint64_t index, std::int64_t until_ms = INT64_MAX) {
  std::promise<TurnFeed::Woken> promise;
  node.node->feed().wake_after(
      {{only_shard, index}}, until_ms, [&](TurnFeed::Woken why) { promise.set_value(why); });
  return promise.get_future().get();
}

std::vector<std::string> offerings_of(const persistence::TurnPage& page) {
  std::vector<std::string> offerings;
  for (const auto& turn : page.turns) {
    for (const auto& change : turn.turn.changes) {
      offerings.push_back(std::get<persistence::OfferingChange>(change).offering.str());
    }
  }
  return offerings;
}

/// Reads until exactly these offerings are shown, which are made by then.
persistence::TurnPage read_when_shown(NodeFixture& node, const std::vector<std::string>& wanted) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  for (;;) {
    auto page = read(node, 0);
    if (offerings_of(page) == wanted) return page;
    REQUIRE(std::chrono::steady_clock::now() < until);
  }
}

}  // namespace

TEST_CASE("A consumer is woken by what is committed and reads it") {
  persistence::MemoryStore store;
  NodeFixture node(store, 1);
  node.config.tells_people = false;  // Nobody else reads, or writes in between.
  node.start();
  CHECK(read(node, 0).turns.empty());

  std::promise<TurnFeed::Woken> promise;
  auto woken = promise.get_future();
  const auto begin = node.node->feed().readable(only_shard);
  node.node->feed().wake_after(
      {{only_shard, begin}}, INT64_MAX, [&](TurnFeed::Woken why) { promise.set_value(why); });
  CHECK(node.node->feed().waiting() == 1);
  node.create("yoga", sample_class());
  CHECK(woken.get() == TurnFeed::Woken::by_more);
  CHECK(node.node->feed().waiting() == 0);
  const auto page = read(node, begin);
  CHECK(offerings_of(page) == std::vector<std::string>{"yoga"});

  // What is there already needs no further commit.
  CHECK(wait(node, begin) == TurnFeed::Woken::by_more);
  CHECK(read(node, page.read_to).turns.empty());
}

TEST_CASE("A consumer that waits in vain is told when its time is over, and at the end") {
  persistence::MemoryStore store;
  NodeFixture node(store, 1);
  node.config.tells_people = false;  // Nobody else reads, or writes in between.
  node.start();
  CHECK(wait(node, 1'000, actors::steady_ms()) == TurnFeed::Woken::by_time);
  std::promise<TurnFeed::Woken> promise;
  auto woken = promise.get_future();
  node.node->feed().wake_after(
      {{only_shard, 1'000}}, INT64_MAX, [&](TurnFeed::Woken why) { promise.set_value(why); });
  node.node->stop();
  CHECK(woken.get() == TurnFeed::Woken::by_stop);
  CHECK(wait(node, 1'000) == TurnFeed::Woken::by_stop);
}

TEST_CASE("All that was committed is read after a crash, in the same order") {
  persistence::MemoryStore store;
  NodeFixture node(store, 1);
  node.config.tells_people = false;  // Nobody else reads, or writes in between.
  std::vector<std::string> made;
  for (int run = 0; run < 3; ++run) {
    node.start();
    for (int i = 0; i < 4; ++i) {
      made.push_back("yoga-" + std::to_string(run) + "-" + std::to_string(i));
      node.create(made.back(), sample_class());
    }
    node.stop();
    store.crash();
  }
  node.start();
  CHECK(offerings_of(read(node, 0)) == made);
  // The positions hold, too.
  auto page = read(node, 0, {.turns = 5});
  const auto middle = page.read_to;
  node.stop();
  store.crash();
  node.start();
  page = read(node, middle);
  CHECK(offerings_of(page) == std::vector<std::string>(made.begin() + 5, made.end()));
}

TEST_CASE("Turns are let go of when they have been kept for long enough, but not what is held") {
  persistence::MemoryStore store;
  NodeFixture node(store, 1);
  node.config.tells_people = false;  // Nobody else reads, or writes in between.
  node.config.turns_kept = std::chrono::milliseconds(1'000);
  node.start();
  node.create("old", sample_class());
  node.clock += 10'000;
  node.create("newer", sample_class());
  auto page = read_when_shown(node, {"newer"});
  CHECK(page.is_cut);
  CHECK(node.node->feed().oldest_kept() == engine::Timestamp{node.clock.load()});

  // A start shows no more, and nothing is lost of the state.
  node.stop();
  store.crash();
  node.start();
  read_when_shown(node, {"newer"});
  node.carry_out(NodeFixture::claim("old", "ada", engine::Quantity{1}));

  const auto held = page.read_to;
  node.node->feed().keep_after("letters", only_shard, held);
  node.clock += 10'000;
  node.create("newest", sample_class());
  page = read_when_shown(node, {"old", "newest"});
  CHECK(page.kept.first == held + 1);
  node.node->feed().keep_after("letters", only_shard, held + 1);
  read_when_shown(node, {"newest"});
}

TEST_CASE("A log is cut on the disk when neither consensus nor readers need it") {
  persistence::MemoryStore store;
  NodeFixture node(store, 1);
  node.config.tells_people = false;  // Nobody else reads, or writes in between.
  node.config.turns_kept = std::chrono::milliseconds(1'000);
  node.start();
  node.create("yoga", sample_class(10));
  const auto cycles =
      (actors::limits::entries_between_snapshots + actors::limits::entries_between_cuts_min) / 2
      + 2;
  for (std::uint64_t i = 0; i < cycles; ++i) {
    const auto made =
        reservation_of(node.carry_out(NodeFixture::claim("yoga", "alice", engine::Quantity{1})));
    node.carry_out(NodeFixture::cancel(made.reservation.id, "alice"));
  }
  REQUIRE(node.probe->snapshots.value() > 0);
  // Readers may still want all of it.
  CHECK(store.size(persistence::Column::log) > 2 * cycles);
  node.clock += 10'000;
  CHECK(read_when_shown(node, {}).is_cut);
  node.stop();
  CHECK(
      store.size(persistence::Column::log)
      < actors::limits::entries_between_cuts_min + 2 * actors::limits::trailing_entries);

  store.crash();
  node.start();
  node.carry_out(NodeFixture::claim("yoga", "alice", engine::Quantity{1}));
  CHECK(read_when_shown(node, {"yoga"}).is_cut);
}

}  // namespace cavea::tests
