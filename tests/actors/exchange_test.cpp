#include "persistence/check.hpp"
#include "persistence/format_mark.hpp"
#include "persistence/memory_store.hpp"
#include "tests/actors/inbox_words.hpp"
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

/// Alice has two places of a class free of charge, sold at once; and a seat, paid at the box
/// office.
struct SoldFixture : SagaFixture {
  explicit SoldFixture(persistence::Store& store) : SagaFixture(store) {
    start();
    create("talk", sample_class(3));
    create("show", sample_performance(4, 10));
    create("yoga", paid_class(3));
    talk = reservation_of(carry_out(claim("talk", "alice", engine::Quantity{2}))).reservation.id;
    seat = hold("alice", {"stalls-A-1"}).reservation.id;
    reservation_of(
        carry_out({engine::ReservationRequest{seat, "", engine::ConfirmReservation{}}, {}}));
    // What is told from here on is newer.
    clock += 1'000;
  }

  /// Places of the first item for places of the class that costs something.
  static engine::CommandRequest exchange(
      engine::ReservationId id, std::uint32_t gives, std::uint32_t takes) {
    engine::BeginExchange begin;
    begin.gives.push_back({.leg = 0, .seats = {}, .quantity = gives, .places = {}});
    begin.legs.push_back(leg("yoga", engine::Quantity{takes}));
    return {engine::SagaRequest{id, "alice", std::move(begin)}, {}};
  }

  std::size_t listed() {
    engine::ListReservations all;
    all.user = "alice";
    return std::get<engine::ReservationPage>(ask(all)).reservations.size();
  }

  void pay(engine::ReservationId id) {
    reservation_of(start_payment(id, "alice"));
    notice(id, till.pay(id));
    wait_until([&] {
      const auto now = saga(id);
      return !now.exchange && engine::is_finished(now);
    });
  }

  engine::ReservationId talk;
  engine::ReservationId seat;
};

void claim_for_node(persistence::Store& store) {
  REQUIRE_FALSE(persistence::claim_store(store, {.shard_count = 4, .node = "node-1"}).has_value());
}

void check_sound(const persistence::Store& store) {
  const auto report = persistence::check_store(store);
  REQUIRE(report.has_value());
  for (const auto& problem : report->problems) FAIL_CHECK(problem.where << ": " << problem.what);
}

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
  node.wait_until([&] { return engine::is_finished(node.saga(node.id)); });
  CHECK(node.counts("gala", engine::OfferingKind::performance).held == 0);
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

TEST_CASE("What cost nothing is exchanged for what does, over a restart, and told of once") {
  persistence::MemoryStore store;
  claim_for_node(store);
  SoldFixture node(store);
  CHECK(told(node, "alice", 2) == Words{"reservation_confirmed", "reservation_confirmed"});
  const auto answer = reservation_of(node.carry_out(SoldFixture::exchange(node.talk, 1, 1)));
  REQUIRE(answer.saga != nullptr);
  REQUIRE(answer.saga->saga.exchange.has_value());
  CHECK(answer.saga->saga.exchange->takes->due().minor == 1'500);
  CHECK(engine::status_of(answer.saga->saga) == SagaStatus::confirmed);
  CHECK(node.listed() == 2);
  node.stop();
  check_sound(store);
  node.start();
  node.pay(node.talk);
  CHECK(node.counts("talk", engine::OfferingKind::klass).sold == 1);
  CHECK(node.counts("yoga", engine::OfferingKind::klass).sold == 1);
  CHECK(node.listed() == 2);
  const Words twice{"reservation_confirmed", "reservation_confirmed", "reservation_changed"};
  CHECK(told(node, "alice", 3) == twice);

  reservation_of(node.carry_out(NodeFixture::cancel(node.talk, "alice")));
  node.saga_when(node.talk, SagaStatus::refunded);
  CHECK(node.saga(node.talk).refunded().minor == 1'500);
  CHECK(node.counts("talk", engine::OfferingKind::klass).sold == 0);
  node.stop();
  check_sound(store);
}

TEST_CASE("What was sold without an order stays so when an exchange cannot be had") {
  persistence::MemoryStore store;
  SoldFixture node(store);
  auto request = SoldFixture::exchange(node.talk, 3, 1);
  CHECK(rejection_of(node.carry_out(request)) == Rejection::place_not_in_reservation);
  std::get<engine::SagaRequest>(request.what).viewer = "bob";
  CHECK(rejection_of(node.carry_out(request)) == Rejection::reservation_not_found);
  CHECK(reservation_of(node.ask(engine::GetReservation{node.talk, "alice"})).saga == nullptr);

  // Refused by what is wanted: it is an order now, with its places.
  const auto too_many = SoldFixture::exchange(node.talk, 2, 4);
  CHECK(rejection_of(node.carry_out(too_many)) == Rejection::not_enough_places);
  CHECK(engine::status_of(node.saga(node.talk)) == SagaStatus::confirmed);
  CHECK(node.counts("talk", engine::OfferingKind::klass).sold == 2);

  // Its places are given back, and what was cancelled cannot be exchanged.
  reservation_of(node.carry_out(NodeFixture::cancel(node.talk, "alice")));
  node.saga_when(node.talk, SagaStatus::cancelled);
  const auto again = SoldFixture::exchange(node.talk, 1, 1);
  CHECK(rejection_of(node.carry_out(again)) == Rejection::reservation_has_ended);
  CHECK(node.counts("talk", engine::OfferingKind::klass).sold == 0);
}

TEST_CASE("What was paid at the box office counts, and only what was paid here goes back") {
  persistence::MemoryStore store;
  SoldFixture node(store);
  node.create("gala", sample_performance(2, 4));
  engine::BeginExchange begin;
  begin.gives.push_back({.leg = 0, .seats = {"stalls-A-1"}, .quantity = 0, .places = {}});
  begin.legs.push_back(leg("gala", engine::NamedSeats{{"stalls-A-1", "stalls-A-2"}}));
  const auto answer =
      reservation_of(node.carry_out({engine::SagaRequest{node.seat, "alice", begin}, {}}));
  REQUIRE(answer.saga != nullptr);
  CHECK(answer.saga->saga.exchange->takes->due().minor == 9'000);
  node.pay(node.seat);
  CHECK(node.saga(node.seat).total().minor == 18'000);
  CHECK(node.counts("show", engine::OfferingKind::performance).sold == 0);
  reservation_of(node.carry_out(NodeFixture::cancel(node.seat, "alice")));
  node.saga_when(node.seat, SagaStatus::refunded);
  CHECK(node.saga(node.seat).refunded().minor == 9'000);
}

TEST_CASE("An offering that is cancelled takes back what an exchange took over, and tells once") {
  persistence::MemoryStore store;
  SoldFixture node(store);
  reservation_of(node.carry_out(SoldFixture::exchange(node.talk, 1, 1)));
  node.carry_out(
      {engine::OfferingRequest{
           *engine::OfferingId::from("talk"), engine::CancelOffering{"storm", {}}},
       {}});
  node.saga_when(node.talk, SagaStatus::cancelled);
  node.wait_until([&] { return engine::is_finished(node.saga(node.talk)); });
  CHECK(node.counts("talk", engine::OfferingKind::klass).sold == 0);
  CHECK(node.counts("yoga", engine::OfferingKind::klass).held == 0);
  const Words once{"reservation_confirmed", "reservation_confirmed", "reservation_cancelled"};
  CHECK(told(node, "alice", 3) == once);
}

TEST_CASE("An exchange or order that was refused is refused again under the same key") {
  persistence::MemoryStore store;
  SoldFixture node(store);
  auto request = SoldFixture::exchange(node.talk, 1, 4);
  request.idempotency = engine::IdempotencyKey{"alice", "swap", {1, 1}};
  const auto refused_again = [&] {
    const auto answer = node.carry_out_when_free(request);
    CHECK(rejection_of(answer) == Rejection::not_enough_places);
    CHECK(std::get<engine::Refusal>(answer).item == 0U);
  };
  refused_again();
  refused_again();
  node.stop();
  node.start();
  refused_again();

  engine::BeginReservation begin{
      "alice", {leg("yoga", engine::Quantity{1}), leg("yoga", engine::Quantity{3})}};
  engine::CommandRequest order{engine::SagaRequest{{}, "alice", begin}, {}};
  order.idempotency = engine::IdempotencyKey{"alice", "order", {1, 1}};
  for (int i = 0; i < 2; ++i) {
    const auto answer = node.carry_out_when_free(order);
    CHECK(rejection_of(answer) == Rejection::not_enough_places);
    CHECK(std::get<engine::Refusal>(answer).item == 1U);
  }
}

TEST_CASE("Who does not pay for an exchange in time is told of it") {
  persistence::MemoryStore store;
  SoldFixture node(store);
  reservation_of(node.carry_out(SoldFixture::exchange(node.talk, 1, 1)));
  node.clock += 11 * 60'000;
  node.stop();
  node.start();
  const Words words{"reservation_confirmed", "reservation_confirmed", "exchange_expired"};
  CHECK(told(node, "alice", 3) == words);
}

}  // namespace cavea::tests
