#include "actors/limits.hpp"
#include "persistence/memory_store.hpp"
#include "tests/actors/node_fixture.hpp"

#include <chrono>
#include <string>
#include <vector>

// What a crash leaves behind, and how the log keeps what the state needs after it.

namespace cavea::tests {

TEST_CASE(
    "After a crash the state is made again from the log, with everything that was acknowledged") {
  persistence::MemoryStore store;
  NodeFixture node(store, 1);
  std::vector<engine::Reservation> acknowledged;
  for (int round = 0; round < 3; ++round) {
    node.start();
    if (round == 0) node.create("yoga", sample_class(100));
    for (int i = 0; i < 5; ++i) {
      const auto key = "k" + std::to_string(round) + std::to_string(i);
      acknowledged.push_back(reservation_of(node.carry_out(NodeFixture::claim(
                                                "yoga", "alice", engine::Quantity{2}, key)))
                                 .reservation);
    }
    node.stop();
    // The second crash finds a state that the log is ahead of.
    if (round == 0) REQUIRE_FALSE(store.persist(persistence::Column::state).has_value());
    store.crash();
  }
  node.start();
  for (const auto& one : acknowledged) {
    CHECK(reservation_of(node.ask(engine::GetReservation{one.id, "alice"})).reservation == one);
  }
  const auto again = reservation_of(
      node.carry_out(NodeFixture::claim("yoga", "alice", engine::Quantity{2}, "k24")));
  CHECK(again.replayed);
  CHECK(again.reservation.id == acknowledged.back().id);
}

TEST_CASE("A log that has grown is cut, but never of what the state would need after a crash") {
  persistence::MemoryStore store;
  NodeFixture node(store, 1);
  node.config.turns_kept = std::chrono::milliseconds(0);
  node.start();
  node.create("yoga", sample_class(10));
  // Two entries each: up to the first look, and from there to the second, when the state is safe.
  const auto cycles =
      (actors::limits::entries_between_snapshots + actors::limits::entries_between_cuts_min) / 2
      + 2;
  for (std::uint64_t i = 0; i < cycles; ++i) {
    const auto made =
        reservation_of(node.carry_out(NodeFixture::claim("yoga", "alice", engine::Quantity{1})));
    node.carry_out(NodeFixture::cancel(made.reservation.id, "alice"));
  }
  const auto last =
      reservation_of(node.carry_out(NodeFixture::claim("yoga", "alice", engine::Quantity{1})));
  node.stop();
  CHECK(node.probe->snapshots.value() > 0);
  CHECK(
      store.size(persistence::Column::log) < actors::limits::entries_between_snapshots
                                                 + actors::limits::entries_between_cuts_min
                                                 + 2 * actors::limits::trailing_entries);

  store.crash();
  node.start();
  CHECK(
      reservation_of(node.ask(engine::GetReservation{last.reservation.id, "alice"})).reservation
      == last.reservation);
}

}  // namespace cavea::tests
