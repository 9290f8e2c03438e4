#include "persistence/memory_store.hpp"
#include "tests/actors/node_fixture.hpp"

#include <thread>
#include <variant>

namespace cavea::tests {

namespace {

/// Asks again while the shard is full, as a client does.
engine::Answer carry_out_when_free(NodeFixture& node, const engine::CommandRequest& request) {
  while (true) {
    auto answer = node.carry_out(request);
    const auto* refusal = std::get_if<engine::Refusal>(&answer);
    if (refusal == nullptr || refusal->reason != engine::Rejection::overloaded) return answer;
  }
}

}  // namespace

TEST_CASE("A hold ends at its deadline on a shard that takes one work at a time, too") {
  persistence::MemoryStore store;
  NodeFixture node(store, 1);
  node.config.shard_work_max = 1;
  node.start();
  carry_out_when_free(node, NodeFixture::creation("show", sample_performance(2, 6)));
  const auto held = reservation_of(carry_out_when_free(
      node, NodeFixture::claim("show", "alice", engine::NamedSeats{{"stalls-A-1", "stalls-A-2"}})));
  node.clock = held.reservation.held_until.ms;
  const auto status = [&] {
    return reservation_of(node.ask(engine::GetReservation{held.reservation.id, "alice"}))
        .reservation.status;
  };
  while (status() == engine::ReservationStatus::held) std::this_thread::yield();
  CHECK(status() == engine::ReservationStatus::expired);
}

}  // namespace cavea::tests
