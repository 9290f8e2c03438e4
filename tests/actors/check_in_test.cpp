#include "node_fixture.hpp"
#include "persistence/memory_store.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace cavea::tests {

namespace {

constexpr int doors = 64;

engine::CommandRequest scan(const std::string& nonce, engine::Passage passage) {
  engine::CheckIn check_in;
  check_in.offering = *engine::OfferingId::from("hamlet");
  check_in.booking = engine::ReservationId{0x0196f0a1b2c30003, 0x1122334455667788};
  check_in.place = engine::Place{7};
  check_in.scan.nonce = nonce;
  check_in.scan.passage = passage;
  return {engine::RecordRequest{std::move(check_in)}, {}};
}

}  // namespace

TEST_CASE("Of many doors that scan copies of a ticket at once, one lets somebody in") {
  persistence::MemoryStore store;
  NodeFixture world(store);
  world.start();
  std::vector<std::uint64_t> asked;
  for (int i = 0; i < doors; ++i) {
    asked.push_back(world.send(scan("door-" + std::to_string(i), engine::Passage::entry)));
  }
  int let_in = 0;
  for (const auto ticket : asked) {
    const auto answer = world.sink.wait_for(ticket);
    if (std::holds_alternative<engine::CheckInView>(answer)) {
      ++let_in;
    } else {
      CHECK(rejection_of(answer) == engine::Rejection::ticket_is_inside);
    }
  }
  CHECK(let_in == 1);
}

TEST_CASE("Who came in is inside after a restart, and the same scan has the same answer") {
  persistence::MemoryStore store;
  NodeFixture world(store);
  world.start();
  const auto first =
      std::get<engine::CheckInView>(world.carry_out(scan("north-1", engine::Passage::entry)));
  CHECK_FALSE(first.replayed);
  CHECK(first.check_ins == engine::CheckIns{.inside = 1, .entered = 1});
  world.stop();

  world.start();
  const auto again =
      std::get<engine::CheckInView>(world.carry_out(scan("north-1", engine::Passage::entry)));
  CHECK(again.replayed);
  CHECK(again.scan == first.scan);
  CHECK(again.check_ins == first.check_ins);
  CHECK(
      rejection_of(world.carry_out(scan("north-2", engine::Passage::entry)))
      == engine::Rejection::ticket_is_inside);
  const auto left =
      std::get<engine::CheckInView>(world.carry_out(scan("north-3", engine::Passage::exit)));
  CHECK(left.check_ins == engine::CheckIns{.inside = 0, .entered = 1});
}

}  // namespace cavea::tests
