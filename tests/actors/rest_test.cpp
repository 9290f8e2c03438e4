#include "persistence/memory_store.hpp"
#include "tests/actors/node_fixture.hpp"

#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace cavea::tests {

TEST_CASE("An idle offering rests without an actor, and goes on where it was") {
  persistence::MemoryStore store;
  NodeFixture node(store);
  node.config.idle_before_rest = std::chrono::milliseconds(0);
  node.start();
  node.create("yoga", sample_class(3));
  for (const auto* user : {"alice", "bob", "carol"}) {
    while (node.probe->offerings_at_rest.value() < 1) std::this_thread::yield();
    CHECK(node.probe->offerings_loaded.value() == 1);
    reservation_of(node.carry_out(NodeFixture::claim("yoga", user, engine::Quantity{1})));
  }
  CHECK(
      rejection_of(node.carry_out(NodeFixture::claim("yoga", "dave", engine::Quantity{1})))
      == engine::Rejection::sold_out);
  CHECK(node.probe->offerings_activated.value() == 1);
  CHECK(node.probe->offerings_restarted.value() == 0);
}

TEST_CASE("Claims that come while an offering goes to rest are decided, each once") {
  persistence::MemoryStore store;
  NodeFixture node(store, 1);
  node.config.idle_before_rest = std::chrono::milliseconds(0);
  node.start();
  constexpr int offerings = 200;
  for (int i = 0; i < offerings; ++i) node.create("yoga-" + std::to_string(i), sample_class(1'000));
  // From the moment at which the first rest, others are on their way there.
  while (node.probe->offerings_at_rest.value() == 0) std::this_thread::yield();
  std::vector<std::uint64_t> tickets;
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < offerings; ++i) {
      tickets.push_back(
          node.send(NodeFixture::claim("yoga-" + std::to_string(i), "alice", engine::Quantity{1})));
    }
  }
  for (const auto ticket : tickets) reservation_of(node.sink.wait_for(ticket));
  CHECK(node.probe->places_sold.value() == 5 * offerings);
  CHECK(node.probe->offerings_restarted.value() == 0);
  CHECK(node.sink.answered_twice() == 0);
}

}  // namespace cavea::tests
