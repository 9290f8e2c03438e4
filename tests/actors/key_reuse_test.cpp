#include "persistence/memory_store.hpp"
#include "tests/actors/node_fixture.hpp"

#include <string>
#include <vector>

namespace cavea::tests {

TEST_CASE("One key sent for many offerings at once is used for one of them") {
  persistence::MemoryStore store;
  NodeFixture node(store, 8);
  node.start();
  for (int i = 0; i < 16; ++i) node.create("yoga-" + std::to_string(i), sample_class(10));

  std::vector<std::uint64_t> tickets;
  for (int i = 0; i < 16; ++i) {
    auto request =
        NodeFixture::claim("yoga-" + std::to_string(i), "alice", engine::Quantity{1}, "one key");
    request.idempotency->fingerprint.low = static_cast<std::uint64_t>(i + 1);
    tickets.push_back(node.send(std::move(request)));
  }
  int made = 0;
  for (const auto ticket : tickets) {
    const auto answer = node.sink.wait_for(ticket);
    if (std::holds_alternative<engine::ReservationView>(answer)) {
      ++made;
      continue;
    }
    const auto reason = rejection_of(answer);
    CHECK(
        (reason == engine::Rejection::idempotency_key_reused
         || reason == engine::Rejection::idempotency_key_running));
  }
  CHECK(made == 1);
}

TEST_CASE("After a restart a key that was used for one offering is still refused for all others") {
  persistence::MemoryStore store;
  NodeFixture node(store, 8);
  node.start();
  for (int i = 0; i < 16; ++i) node.create("yoga-" + std::to_string(i), sample_class(10));
  const auto used = NodeFixture::claim("yoga-0", "alice", engine::Quantity{1}, "one key");
  const auto first = reservation_of(node.carry_out(used));
  node.stop();
  node.start();

  // Also while the keys of the store are still being read.
  for (int i = 1; i < 16; ++i) {
    auto request =
        NodeFixture::claim("yoga-" + std::to_string(i), "alice", engine::Quantity{1}, "one key");
    request.idempotency->fingerprint.low = static_cast<std::uint64_t>(i + 1);
    CHECK(rejection_of(node.carry_out(request)) == engine::Rejection::idempotency_key_reused);
  }
  const auto again = reservation_of(node.carry_out(used));
  CHECK(again.replayed);
  CHECK(again.reservation.id == first.reservation.id);
  CHECK_FALSE(reservation_of(node.carry_out(NodeFixture::claim(
                                 "yoga-1", "alice", engine::Quantity{1}, "another key")))
                  .replayed);
}

TEST_CASE("A request that was refused stays refused when it comes again, another one is free") {
  persistence::MemoryStore store;
  NodeFixture node(store);
  node.start();
  node.create("yoga", sample_class(1));
  const auto first =
      reservation_of(node.carry_out(NodeFixture::claim("yoga", "alice", engine::Quantity{1})));
  const auto request = NodeFixture::claim("yoga", "bob", engine::Quantity{1}, "bob-1");
  CHECK(rejection_of(node.carry_out(request)) == engine::Rejection::sold_out);
  node.carry_out(NodeFixture::cancel(first.reservation.id, "alice"));

  // It may be the request that bob gave up before he was told that it is sold out.
  CHECK(rejection_of(node.carry_out(request)) == engine::Rejection::sold_out);
  auto other = request;
  other.idempotency->fingerprint.low = 2;
  CHECK_FALSE(reservation_of(node.carry_out(other)).replayed);
}

}  // namespace cavea::tests
