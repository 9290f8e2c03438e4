#include "persistence/memory_store.hpp"
#include "tests/actors/saga_fixture.hpp"

namespace cavea::tests {

using engine::SagaStatus;

namespace {

/// A reservation that was cancelled, and of whose refund no answer came.
engine::ReservationId refunded_without_answer(SagaFixture& node) {
  node.create("show", sample_performance(4, 10));
  const auto id = node.hold("alice", {"stalls-A-1"}).reservation.id;
  reservation_of(node.start_payment(id, "alice"));
  node.notice(id, node.till.pay(id));
  node.saga_when(id, SagaStatus::confirmed);
  node.till.lose_answers(true);
  reservation_of(node.carry_out(NodeFixture::cancel(id, "alice")));
  node.wait_until([&] { return node.till.refunds() == 1; });
  CHECK(engine::status_of(node.saga(id)) == SagaStatus::refund_pending);
  return id;
}

}  // namespace

TEST_CASE("A refund whose key may be forgotten is looked for before it is asked for again") {
  persistence::MemoryStore store;
  SagaFixture node(store);
  node.start();
  const auto id = refunded_without_answer(node);
  node.clock += 25 * 3'600'000;
  node.till.forget_keys();
  node.till.lose_answers(false);
  node.saga_when(id, SagaStatus::refunded);
  CHECK(node.till.refunds() == 1);
  CHECK(node.till.payment_of(id).refunded == node.till.payment_of(id).captured);
}

TEST_CASE("So it is by a node that was down for a day, and one that was not carried out is") {
  persistence::MemoryStore store;
  SagaFixture node(store);
  node.start();
  const auto id = refunded_without_answer(node);
  node.stop();
  node.clock += 25 * 3'600'000;
  node.till.forget_keys();
  node.till.lose_answers(false);
  node.start();
  node.saga_when(id, SagaStatus::refunded);
  CHECK(node.till.refunds() == 1);

  const auto other = node.hold("bob", {"stalls-B-1"}).reservation.id;
  reservation_of(node.start_payment(other, "bob"));
  node.notice(other, node.till.pay(other));
  node.saga_when(other, SagaStatus::confirmed);
  node.till.be_down(true);
  reservation_of(node.carry_out(NodeFixture::cancel(other, "bob")));
  node.stop();
  node.clock += 25 * 3'600'000;
  node.till.be_down(false);
  node.start();
  node.saga_when(other, SagaStatus::refunded);
  CHECK(node.till.refunds() == 2);
}

TEST_CASE("A capture that is carried out and answered with a failure each time is found out") {
  persistence::MemoryStore store;
  SagaFixture node(store);
  node.start();
  node.create("show", sample_performance(4, 10));
  const auto id = node.hold("alice", {"stalls-A-1"}).reservation.id;
  reservation_of(node.start_payment(id, "alice"));
  node.till.fail_captures();
  node.notice(id, node.till.pay(id));
  const auto done = node.saga_when(id, SagaStatus::confirmed);
  CHECK(done.rescue == engine::RescueState::none);
  CHECK(done.payment.captured == done.payment.amount);
}

}  // namespace cavea::tests
