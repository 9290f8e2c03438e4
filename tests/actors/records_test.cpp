#include "node_fixture.hpp"
#include "persistence/memory_store.hpp"
#include "persistence/state_reader.hpp"

#include <doctest/doctest.h>

#include <future>
#include <string>
#include <vector>

namespace cavea::tests {

namespace {

using persistence::RecordKind;
using persistence::RecordWrite;
using Writes = std::vector<RecordWrite>;

constexpr engine::ShardId shard{2};
constexpr RecordKind counters{250};

/// Waits until the step is kept, or given up.
bool keep(NodeFixture& world, std::function<Writes(const actors::RecordLookup&)> decide) {
  std::promise<bool> kept;
  world.node->keep(
      shard, {.decide = std::move(decide), .then = [&](bool is_kept) { kept.set_value(is_kept); }});
  return kept.get_future().get();
}

/// A counter that is one higher than everybody before has left it.
Writes count(const actors::RecordLookup& lookup) {
  const auto before = lookup.find(counters, "n");
  return {{counters, "n", std::to_string((before ? std::stoi(*before) : 0) + 1)}};
}

std::string stored(const persistence::Store& store) {
  const persistence::StateReader reader(store, 4);
  return reader.record(shard, counters, "n")->value_or("nothing");
}

}  // namespace

TEST_CASE("A step that writes records sees every step before it, committed or not") {
  persistence::MemoryStore store;
  NodeFixture world(store);
  world.start();
  constexpr int steps = 500;
  std::promise<void> last;
  for (int i = 1; i <= steps; ++i) {
    world.node->keep(shard, {.decide = count, .then = [&, i](bool is_kept) {
                               CHECK(is_kept);
                               if (i == steps) last.set_value();
                             }});
  }
  last.get_future().wait();
  std::string seen;
  CHECK(keep(world, [&](const actors::RecordLookup& lookup) -> Writes {
    seen = lookup.find(counters, "n").value_or("nothing");
    CHECK(lookup.shard == shard);
    CHECK(lookup.now == sample_now);
    return {};
  }));
  CHECK(seen == std::to_string(steps));
}

TEST_CASE("Records that are kept are there after the node was stopped and started") {
  persistence::MemoryStore store;
  {
    NodeFixture world(store);
    world.start();
    CHECK(keep(world, count));
  }
  CHECK(stored(store) == "1");
  NodeFixture world(store);
  world.start();
  CHECK(keep(world, count));
  world.stop();
  CHECK(stored(store) == "2");
}

TEST_CASE("A record that is removed is gone for the next step") {
  persistence::MemoryStore store;
  NodeFixture world(store);
  world.start();
  CHECK(keep(world, count));
  CHECK(keep(world, [](const auto&) { return Writes{{counters, "n", std::nullopt}}; }));
  CHECK(keep(world, count));
  world.stop();
  CHECK(stored(store) == "1");
}

TEST_CASE("A node that does not run keeps nothing, and says so") {
  persistence::MemoryStore store;
  NodeFixture world(store);
  world.start();
  world.node->stop();
  CHECK_FALSE(keep(world, count));
  CHECK(stored(store) == "nothing");
}

}  // namespace cavea::tests
