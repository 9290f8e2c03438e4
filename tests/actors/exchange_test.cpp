#include "persistence/memory_store.hpp"
#include "tests/actors/saga_fixture.hpp"

#include <string>
#include <utility>
#include <vector>

namespace cavea::tests {

namespace {

using engine::Rejection;
using engine::SagaStatus;

/// A performance and two classes, and a reservation of two seats that is paid.
struct ExchangeFixture : SagaFixture {
  explicit ExchangeFixture(persistence::Store& store) : SagaFixture(store) {
    start();
    create("show", sample_performance(4, 10));
    create("yoga", paid_class(3));
    id = hold("alice", {"stalls-A-1", "stalls-A-2"}).reservation.id;
    reservation_of(start_payment(id, "alice"));
    notice(id, till.pay(id));
    saga_when(id, SagaStatus::confirmed);
  }

  engine::Answer exchange(
      std::vector<std::string> seats, const std::string& offering, engine::Claim claim) {
    engine::BeginExchange begin;
    begin.gives.push_back({.leg = 0, .seats = std::move(seats), .quantity = 0, .places = {}});
    begin.legs.push_back(leg(offering, std::move(claim)));
    return carry_out({engine::SagaRequest{id, "alice", std::move(begin)}, {}});
  }

  engine::ReservationId id;
};

}  // namespace

TEST_CASE("A seat is exchanged for two cheaper places, and the rest of its price goes back") {
  persistence::MemoryStore store;
  ExchangeFixture node(store);
  const auto answer = reservation_of(node.exchange({"stalls-A-2"}, "yoga", engine::Quantity{2}));
  // Answered when all is done.
  const auto& saga = answer.saga->saga;
  CHECK_FALSE(saga.exchange.has_value());
  REQUIRE(saga.legs.size() == 2);
  CHECK(saga.total().minor == 9'000 + 2 * 1'500);
  CHECK(node.counts("show", engine::OfferingKind::performance).sold == 1);
  CHECK(node.counts("yoga", engine::OfferingKind::klass).sold == 2);
  node.wait_until([&] { return engine::is_finished(node.saga(node.id)); });
  CHECK(node.till.payment_of(node.id).refunded == engine::Money{9'000 - 2 * 1'500});
  // The seat is free for somebody else.
  node.hold("bob", {"stalls-A-2"});
}

TEST_CASE("Dearer places are held until the difference is paid, also over a restart") {
  persistence::MemoryStore store;
  ExchangeFixture node(store);
  node.create("gala", sample_performance(2, 4));
  auto answer = reservation_of(
      node.exchange({"stalls-A-1"}, "gala", engine::NamedSeats{{"stalls-A-1", "stalls-A-2"}}));
  REQUIRE(answer.saga->saga.exchange.has_value());
  CHECK(answer.saga->saga.exchange->takes->due().minor == 9'000);
  CHECK(node.counts("show", engine::OfferingKind::performance).sold == 2);
  CHECK(node.counts("gala", engine::OfferingKind::performance).held == 2);

  answer = reservation_of(node.start_payment(node.id, "alice"));
  const auto open = answer.saga->saga.exchange->takes->payment;
  CHECK(open.amount.minor == 9'000);
  CHECK(open.id != answer.saga->saga.payment.id);
  node.stop();
  node.start();
  node.notice(node.id, node.till.pay(node.id));
  node.wait_until([&] {
    const auto now = node.saga(node.id);
    return !now.exchange && engine::is_finished(now);
  });
  const auto done = node.saga(node.id);
  CHECK(done.captured().minor == 27'000);
  CHECK(done.refund_due().minor == 0);
  CHECK(node.counts("show", engine::OfferingKind::performance).sold == 1);
  CHECK(node.counts("gala", engine::OfferingKind::performance).sold == 2);

  // All of it cancelled, all of both payments goes back.
  reservation_of(
      node.carry_out({engine::SagaRequest{node.id, "alice", engine::CancelPlaces{}}, {}}));
  node.saga_when(node.id, SagaStatus::refunded);
  CHECK(node.saga(node.id).refunded().minor == 27'000);
}

TEST_CASE("An exchange that cannot be had changes nothing, and says which item was refused") {
  persistence::MemoryStore store;
  ExchangeFixture node(store);
  const auto refused = node.exchange({"stalls-A-1"}, "yoga", engine::Quantity{4});
  CHECK(rejection_of(refused) == Rejection::not_enough_places);
  CHECK(std::get<engine::Refusal>(refused).item == 0U);
  CHECK(std::get<engine::Refusal>(refused).available == 3U);
  CHECK(
      rejection_of(node.exchange({"stalls-A-9"}, "yoga", engine::Quantity{1}))
      == Rejection::place_not_in_reservation);
  CHECK(
      rejection_of(node.exchange({"stalls-Z-9"}, "yoga", engine::Quantity{1}))
      == Rejection::place_unknown);
  CHECK(
      rejection_of(node.exchange({"stalls-A-1"}, "opera", engine::Quantity{1}))
      == Rejection::offering_not_found);
  const auto saga = node.saga(node.id);
  CHECK(engine::status_of(saga) == SagaStatus::confirmed);
  CHECK(saga.total().minor == 18'000);
  CHECK(node.counts("yoga", engine::OfferingKind::klass).held == 0);
}

TEST_CASE("An exchange that nobody pays ends at its deadline, or when it is given up") {
  persistence::MemoryStore store;
  ExchangeFixture node(store);
  node.create("gala", sample_performance(2, 4));
  const engine::NamedSeats two{{"stalls-A-1", "stalls-A-2"}};
  reservation_of(node.exchange({"stalls-A-1"}, "gala", two));
  const auto give_up = [&] {
    return node.carry_out({engine::SagaRequest{node.id, "alice", engine::CancelExchange{}}, {}});
  };
  reservation_of(give_up());
  node.wait_until([&] { return node.counts("gala", engine::OfferingKind::performance).held == 0; });
  CHECK(rejection_of(give_up()) == Rejection::no_exchange_under_way);

  reservation_of(node.exchange({"stalls-A-1"}, "gala", two));
  node.clock += 11 * 60'000;
  node.stop();
  node.start();
  node.wait_until([&] { return engine::is_finished(node.saga(node.id)); });
  const auto saga = node.saga(node.id);
  CHECK(engine::status_of(*saga.exchange->takes) == SagaStatus::expired);
  CHECK(saga.total().minor == 18'000);
  CHECK(node.counts("gala", engine::OfferingKind::performance).held == 0);
}

}  // namespace cavea::tests
