#include "persistence/memory_store.hpp"
#include "tests/actors/saga_fixture.hpp"

#include <string>
#include <vector>

namespace cavea::tests {

using engine::Rejection;
using engine::SagaStatus;

TEST_CASE("A hold that is paid in time is confirmed, and the money is captured once") {
  persistence::MemoryStore store;
  SagaFixture node(store);
  node.start();
  node.create("show", sample_performance(4, 10));
  const auto held = node.hold("alice", {"stalls-A-1", "stalls-A-2"});
  const auto id = held.reservation.id;

  const auto paying = reservation_of(node.start_payment(id, "alice"));
  REQUIRE(paying.saga != nullptr);
  CHECK(engine::status_of(paying.saga->saga) == SagaStatus::awaiting_payment);
  CHECK(!paying.saga->saga.payment.client_secret.empty());
  CHECK(paying.saga->saga.payment.amount.minor == 18'000);
  // A second click finds the same payment.
  const auto again = reservation_of(node.start_payment(id, "alice"));
  CHECK(again.saga->saga.payment.id == paying.saga->saga.payment.id);

  const auto payment = node.till.pay(id);
  node.notice(id, payment);
  node.notice(id, payment);
  const auto done = node.saga_when(id, SagaStatus::confirmed);
  CHECK(done.payment.captured.minor == 18'000);
  CHECK(node.till.payment_of(id).captured.minor == 18'000);
  const auto counts = node.counts("show", engine::OfferingKind::performance);
  CHECK(counts.sold == 2);
  CHECK(counts.held == 0);
  CHECK(rejection_of(node.start_payment(id, "bob")) == Rejection::reservation_not_found);
}

TEST_CASE("Who is declined is told why, and pays with another card") {
  persistence::MemoryStore store;
  SagaFixture node(store);
  node.start();
  node.create("show", sample_performance(4, 10));
  const auto id = node.hold("alice", {"stalls-A-1"}).reservation.id;
  reservation_of(node.start_payment(id, "alice"));
  auto declined = node.till.payment_of(id);
  declined.last_error = "Your card has insufficient funds.";
  node.notice(id, declined);
  auto open = node.saga(id);
  CHECK(engine::status_of(open) == SagaStatus::awaiting_payment);
  CHECK(open.payment.last_error == declined.last_error);
  // Told twice, it changes nothing.
  node.notice(id, declined);
  CHECK(node.saga(id).version == open.version);
  node.notice(id, node.till.pay(id));
  node.saga_when(id, SagaStatus::confirmed);
}

TEST_CASE("A hold that nobody pays ends at its deadline, and its payment with it") {
  persistence::MemoryStore store;
  SagaFixture node(store);
  node.start();
  node.create("show", sample_performance(4, 10));
  const auto id = node.hold("alice", {"stalls-A-1", "stalls-A-2"}).reservation.id;
  reservation_of(node.start_payment(id, "alice"));
  node.clock += 11 * 60'000;
  node.stop();
  node.start();
  node.saga_when(id, SagaStatus::expired);
  CHECK(node.till.payment_of(id).status == engine::PaymentStatus::canceled);
  node.wait_until([&] { return node.counts("show", engine::OfferingKind::performance).held == 0; });
}

TEST_CASE("A reservation over several offerings is all or nothing") {
  persistence::MemoryStore store;
  SagaFixture node(store);
  node.start();
  node.create("show", sample_performance(4, 10));
  node.create("yoga", paid_class(3));
  node.create("dance", sample_class(1));

  const auto made = reservation_of(node.begin(
      "alice",
      {leg("show", engine::BestAvailable{2, {}, {}, false}),
       leg("yoga", engine::Quantity{1}),
       leg("dance", engine::Quantity{1})}));
  REQUIRE(made.saga != nullptr);
  const auto& saga = made.saga->saga;
  CHECK(engine::status_of(saga) == SagaStatus::held);
  CHECK(saga.legs.size() == 3);
  CHECK(saga.total().minor == 18'000 + 1'500);
  CHECK(made.saga->definitions.at(1)->title == "Morning Flow");
  CHECK(node.counts("dance", engine::OfferingKind::klass).held == 1);

  // The last leg is refused: the first two are given back.
  const auto refused = node.begin(
      "bob",
      {leg("show", engine::BestAvailable{2, {}, {}, false}), leg("dance", engine::Quantity{1})});
  CHECK(rejection_of(refused) == Rejection::sold_out);
  CHECK(std::get<engine::Refusal>(refused).item == 1U);
  // With all that its offering says.
  const auto& map = *made.saga->definitions.at(0)->performance()->seat_map;
  const auto seat = map.label(saga.legs.at(0).lines.at(0).place);
  const auto taken = node.begin(
      "bob", {leg("yoga", engine::Quantity{1}), leg("show", engine::NamedSeats{{seat}})});
  CHECK(rejection_of(taken) == Rejection::places_taken);
  CHECK(std::get<engine::Refusal>(taken).places.size() == 1);
  CHECK(std::get<engine::Refusal>(taken).definition != nullptr);
  node.wait_until([&] { return node.counts("show", engine::OfferingKind::performance).held == 2; });

  // It is listed once, under its own id.
  engine::ListReservations list;
  list.user = "alice";
  const auto page = std::get<engine::ReservationPage>(node.ask(list));
  REQUIRE(page.reservations.size() == 1);
  CHECK(page.reservations.front().reservation.id == saga.id);

  reservation_of(node.start_payment(saga.id, "alice"));
  node.notice(saga.id, node.till.pay(saga.id));
  node.saga_when(saga.id, SagaStatus::confirmed);
  CHECK(node.counts("yoga", engine::OfferingKind::klass).sold == 1);

  const auto cancelled = reservation_of(node.carry_out(NodeFixture::cancel(saga.id, "alice")));
  REQUIRE(cancelled.saga != nullptr);
  node.saga_when(saga.id, SagaStatus::refunded);
  CHECK(node.till.payment_of(saga.id).refunded->minor == 19'500);
  CHECK(node.counts("yoga", engine::OfferingKind::klass).sold == 0);
}

TEST_CASE("When an offering is cancelled, what was paid for it goes back and the rest stays") {
  persistence::MemoryStore store;
  SagaFixture node(store);
  node.start();
  node.create("show", sample_performance(4, 10));
  node.create("yoga", paid_class(3));
  const auto made = reservation_of(node.begin(
      "alice",
      {leg("show", engine::BestAvailable{2, {}, {}, false}), leg("yoga", engine::Quantity{1})}));
  const auto id = made.reservation.id;
  reservation_of(node.start_payment(id, "alice"));
  node.notice(id, node.till.pay(id));
  node.saga_when(id, SagaStatus::confirmed);
  const auto held = reservation_of(node.begin(
      "bob",
      {leg("show", engine::BestAvailable{1, {}, {}, false}), leg("yoga", engine::Quantity{1})}));

  node.carry_out(
      {engine::OfferingRequest{
           *engine::OfferingId::from("yoga"), engine::CancelOffering{"ill", {}}},
       {}});
  // Deadlines go by the clock of the test.
  node.wait_until([&] {
    node.clock += 100;
    return node.saga(id).payment.refunded.minor == 1'500;
  });
  CHECK(engine::status_of(node.saga(id)) == SagaStatus::confirmed);
  CHECK(node.till.payment_of(id).refunded->minor == 1'500);
  CHECK(node.counts("show", engine::OfferingKind::performance).sold == 2);
  // Nothing was paid for the other: all of it is given back.
  node.saga_when(held.reservation.id, SagaStatus::cancelled);
  node.wait_until([&] {
    node.clock += 100;
    return node.counts("show", engine::OfferingKind::performance).held == 0;
  });
  CHECK(node.counts("yoga", engine::OfferingKind::klass).sold == 0);

  const auto asked =
      node.ask(engine::GetProgress{engine::OfferingKind::klass, *engine::OfferingId::from("yoga")});
  const auto& progress = std::get<engine::OfferingProgress>(asked);
  CHECK(progress.is_cancelled);
  CHECK(progress.is_done());
  CHECK(progress.live == 0);
  CHECK(progress.given_back == 2);
  CHECK(progress.refunds_done == 1);
  CHECK(progress.refunds_pending == 0);
  CHECK(progress.refunded.minor == 1'500);

  // The first count after a start is over all reservations there are.
  node.stop();
  node.start();
  node.wait_until([&] { return !node.node->money_books().empty(); });
  const auto books = node.node->money_books();
  REQUIRE(books.size() == 1);
  const auto& money = books.begin()->second;
  CHECK(money.captured == node.till.payment_of(id).captured.minor);
  CHECK(money.refunded == 1'500);
  CHECK(money.tickets == money.captured - 1'500);
  CHECK(money.unbalanced() == 0);
}

/// Alice's hold of stalls-A-1 and A-2, which ended while the provider did not answer.
engine::ReservationId expired_unpaid(SagaFixture& node) {
  node.create("show", sample_performance(4, 10));
  const auto id = node.hold("alice", {"stalls-A-1", "stalls-A-2"}).reservation.id;
  reservation_of(node.start_payment(id, "alice"));
  node.till.be_down(true);
  node.clock += 11 * 60'000;
  node.stop();
  node.start();
  // The provider cannot say whether it was paid: the hold is pinned, then it ends.
  node.wait_until([&] { return node.saga(id).payment.state == engine::MoneyState::closing; });
  node.clock += 3 * 60'000;
  node.stop();
  node.start();
  node.saga_when(id, SagaStatus::expired);
  return id;
}

TEST_CASE("Money that comes after the hold has ended gets the same seats when they are free") {
  persistence::MemoryStore store;
  SagaFixture node(store);
  node.start();
  const auto id = expired_unpaid(node);
  const auto payment = node.till.pay(id);
  node.notice(id, payment);
  node.till.be_down(false);
  const auto saga = node.saga_when(id, SagaStatus::confirmed);
  CHECK(saga.rescue == engine::RescueState::done);
  CHECK(node.till.payment_of(id).captured.minor == 18'000);
}

TEST_CASE("Who was rescued in other seats can give one of them back") {
  persistence::MemoryStore store;
  SagaFixture node(store);
  node.start();
  const auto id = expired_unpaid(node);
  // The places come back a moment after the saga has let go of them.
  node.wait_until([&] { return node.counts("show", engine::OfferingKind::performance).held == 0; });
  node.hold("bob", {"stalls-A-1"});
  node.notice(id, node.till.pay(id));
  node.till.be_down(false);
  const auto saga = node.saga_when(id, SagaStatus::confirmed);
  REQUIRE(saga.rescue == engine::RescueState::done);

  const auto places = saga.legs.at(0).lines.size();
  REQUIRE(places == 2);
  engine::CancelPlaces cancel;
  const auto label = [&] {
    const auto view = reservation_of(node.ask(engine::GetReservation{id, ""}));
    const auto& terms = std::get<engine::PerformanceTerms>(view.saga->definitions.at(0)->terms);
    return std::string(terms.seat_map->label(view.saga->saga.legs.at(0).lines.at(0).place));
  };
  cancel.part = engine::CancelPlaces::Part{0, {label()}, 0};
  const auto answer = node.carry_out({engine::SagaRequest{id, "alice", cancel}, {}});
  REQUIRE(std::holds_alternative<engine::ReservationView>(answer));
  CHECK(node.saga(id).legs.at(0).lines.at(0).given_back);
}

TEST_CASE("A saga goes on where it was after a restart") {
  persistence::MemoryStore store;
  SagaFixture node(store);
  node.start();
  node.create("show", sample_performance(4, 10));
  const auto id = node.hold("alice", {"stalls-A-1", "stalls-A-2"}).reservation.id;
  reservation_of(node.start_payment(id, "alice"));
  node.till.be_down(true);
  node.notice(id, node.till.pay(id));
  node.stop();
  node.till.be_down(false);
  node.start();
  CHECK(node.saga_when(id, SagaStatus::confirmed).payment.captured.minor == 18'000);
  CHECK(node.counts("show", engine::OfferingKind::performance).sold == 2);
}

}  // namespace cavea::tests
