#include "engine/reconciliation.hpp"

#include "persistence/memory_store.hpp"
#include "tests/actors/saga_fixture.hpp"

#include <string>
#include <vector>

namespace cavea::tests {

using engine::MoneyState;
using engine::PaymentDifference;
using engine::PaymentRepair;
using engine::PaymentStatus;
using engine::Rejection;
using engine::SagaStatus;

namespace {

/// A node that compares when it is told to, and takes everything for being at rest.
struct ReconciliationFixture : SagaFixture {
  explicit ReconciliationFixture(persistence::Store& store) : SagaFixture(store) {
    config.reconcile_every = std::chrono::milliseconds(0);
    config.reconcile_at_rest = std::chrono::milliseconds(0);
  }

  engine::ReconciliationView view() {
    return std::get<engine::ReconciliationView>(ask(engine::GetReconciliation{}));
  }

  /// A run from its beginning to its end.
  engine::ReconciliationReport reconcile() {
    // Each run is told from the one before by when it began.
    const auto began = ++clock;
    const auto started = std::get<engine::ReconciliationView>(ask(engine::StartReconciliation{}));
    REQUIRE(started.running.has_value());
    CHECK(started.running->started_at == engine::Timestamp{began});
    wait_until([&] {
      const auto now = view();
      return now.last && now.last->started_at == engine::Timestamp{began};
    });
    return *view().last;
  }

  /// A payment that waits for the customer.
  engine::ReservationId pay_for(const std::string& user, const std::string& seat) {
    const auto id = hold(user, {seat}).reservation.id;
    reservation_of(start_payment(id, user));
    return id;
  }

  /// Cancelled, all paid back, and nothing left to be done.
  engine::Saga given_back(engine::ReservationId id, const std::string& user) {
    reservation_of(carry_out(NodeFixture::cancel(id, user)));
    saga_when(id, SagaStatus::refunded);
    wait_until([&] { return engine::is_finished(saga(id)); });
    return saga(id);
  }

  engine::ReservationId bought(const std::string& user, const std::string& seat) {
    const auto id = pay_for(user, seat);
    notice(id, till.pay(id));
    saga_when(id, SagaStatus::confirmed);
    return id;
  }
};

/// The only difference of a report.
engine::ReconciliationItem only_one(const engine::ReconciliationReport& report) {
  CHECK(report.error.empty());
  CHECK(report.different() == 1);
  REQUIRE(report.items.size() == 1);
  return report.items.front();
}

}  // namespace

TEST_CASE("Where provider and reservations agree, reconciliation finds nothing and does nothing") {
  persistence::MemoryStore store;
  ReconciliationFixture node(store);
  node.start();
  node.create("show", sample_performance(4, 10));
  CHECK_FALSE(node.view().last.has_value());
  const auto sold = node.bought("alice", "stalls-A-1");
  const auto open = node.pay_for("bob", "stalls-A-2");
  const auto back = node.bought("carol", "stalls-A-3");
  node.given_back(back, "carol");
  // Others use the same account.
  engine::Payment foreign;
  foreign.status = PaymentStatus::succeeded;
  node.till.add(foreign);
  foreign.reservation = engine::ReservationId::make({1}, {3}, 12345);
  node.till.add(foreign);
  foreign.reservation = engine::ReservationId::make({1}, {9'999}, 12345);
  node.till.add(foreign);

  const auto versions = [&] {
    return std::vector{node.saga(sold).version, node.saga(open).version, node.saga(back).version};
  };
  const auto before = versions();
  const auto report = node.reconcile();
  CHECK(report.error.empty());
  CHECK(report.different() == 0);
  CHECK(report.listed == 6);
  CHECK(report.foreign == 3);
  CHECK(report.compared == 3);
  CHECK(report.moving == 0);
  CHECK(versions() == before);
  CHECK(node.till.refunds() == 1);
}

TEST_CASE("A payment of which no notice came is found, and the reservation confirmed") {
  persistence::MemoryStore store;
  ReconciliationFixture node(store);
  node.start();
  node.create("show", sample_performance(4, 10));
  const auto id = node.pay_for("alice", "stalls-A-1");
  const auto paid = node.till.pay(id);

  const auto report = node.reconcile();
  const auto item = only_one(report);
  CHECK(item.difference == PaymentDifference::authorised_unknown);
  CHECK(item.repair == PaymentRepair::told);
  CHECK(item.reservation == id);
  CHECK(item.payment == paid.id);
  CHECK(item.ours.state == MoneyState::open);
  REQUIRE(item.theirs.has_value());
  CHECK(item.theirs->status == PaymentStatus::requires_capture);
  node.saga_when(id, SagaStatus::confirmed);
  CHECK(node.reconcile().different() == 0);
}

TEST_CASE("A refund that failed later is found and asked for once more, once") {
  persistence::MemoryStore store;
  ReconciliationFixture node(store);
  node.start();
  node.create("show", sample_performance(4, 10));
  const auto id = node.bought("alice", "stalls-A-1");
  const auto captured = node.given_back(id, "alice").payment.captured;
  node.till.lose_refunds(id);

  const auto item = only_one(node.reconcile());
  CHECK(item.difference == PaymentDifference::refund_lost);
  CHECK(item.repair == PaymentRepair::told);
  CHECK(item.ours.refunded == captured);
  CHECK(item.theirs->refunded.minor == 0);
  node.wait_until([&] { return node.till.payment_of(id).refunded == captured; });
  node.saga_when(id, SagaStatus::refunded);
  CHECK(node.till.refunds() == 2);
  CHECK(node.reconcile().different() == 0);
  CHECK(node.till.refunds() == 2);
}

TEST_CASE("A payment that no reservation holds is cancelled, or goes back whole and once") {
  persistence::MemoryStore store;
  ReconciliationFixture node(store);
  node.start();
  node.create("show", sample_performance(4, 10));
  const auto id = node.bought("alice", "stalls-A-1");
  // As when the provider forgets a key: a second payment for the same reservation.
  auto second = node.till.payment_of(id);
  second.captured = {};
  second.status = PaymentStatus::requires_payment_method;
  const auto unpaid = node.till.add(second);
  second.status = PaymentStatus::requires_capture;
  const auto authorised = node.till.add(second);
  second.status = PaymentStatus::succeeded;
  second.captured = {9'000};
  second.refunded = engine::Money{500};
  const auto captured = node.till.add(second);

  const auto report = node.reconcile();
  CHECK(report.different() == 3);
  CHECK(report.unrepaired() == 0);
  for (const auto& item : report.items) {
    CHECK(item.difference == PaymentDifference::not_held);
    CHECK(item.reservation == id);
    const bool is_paid = item.payment == captured;
    CHECK(item.repair == (is_paid ? PaymentRepair::refunded : PaymentRepair::cancelled));
  }
  CHECK(node.till.payment(unpaid).status == PaymentStatus::canceled);
  CHECK(node.till.payment(authorised).status == PaymentStatus::canceled);
  CHECK(node.till.payment(captured).refunded == engine::Money{9'000});
  CHECK(node.till.refunds() == 1);
  // What is over is over, and the reservation has nothing to do with it.
  CHECK(node.reconcile().different() == 0);
  CHECK(node.till.refunds() == 1);
  CHECK(engine::status_of(node.saga(id)) == SagaStatus::confirmed);
  CHECK(node.saga(id).payment.captured == node.saga(id).payment.amount);
}

TEST_CASE("A payment that the provider does not have is reported, and nothing is done about it") {
  persistence::MemoryStore store;
  ReconciliationFixture node(store);
  node.start();
  node.create("show", sample_performance(4, 10));
  const auto id = node.bought("alice", "stalls-A-1");
  const auto before = node.saga(id);
  node.till.forget(before.payment.id);

  const auto item = only_one(node.reconcile());
  CHECK(item.difference == PaymentDifference::not_found);
  CHECK(item.repair == PaymentRepair::none);
  CHECK(item.reservation == id);
  CHECK(item.ours.captured == before.payment.captured);
  CHECK_FALSE(item.theirs.has_value());
  CHECK(item.detail.starts_with("resource_missing"));
  CHECK(node.saga(id).version == before.version);
  CHECK(node.reconcile().unrepaired() == 1);
}

TEST_CASE("A payment from before the period is looked up when its reservation changed since") {
  persistence::MemoryStore store;
  ReconciliationFixture node(store);
  node.config.reconcile_back = std::chrono::hours(1);
  node.start();
  node.create("show", sample_performance(4, 10));
  const auto id = node.bought("alice", "stalls-A-1");
  const auto untouched = node.bought("bob", "stalls-A-2");
  node.clock += 2 * 3'600'000;
  node.given_back(id, "alice");
  node.till.lose_refunds(id);
  node.till.forget(node.saga(untouched).payment.id);

  const auto report = node.reconcile();
  CHECK(report.listed == 0);
  CHECK(report.compared == 1);
  CHECK(only_one(report).difference == PaymentDifference::refund_lost);
  node.saga_when(id, SagaStatus::refunded);
}

TEST_CASE("What changed a moment ago is left alone until the next run") {
  persistence::MemoryStore store;
  ReconciliationFixture node(store);
  node.config.reconcile_at_rest = std::chrono::minutes(2);
  node.start();
  node.create("show", sample_performance(4, 10));
  const auto id = node.pay_for("alice", "stalls-A-1");
  node.till.pay(id);
  const auto early = node.reconcile();
  CHECK(early.different() == 0);
  CHECK(early.moving == 1);
  node.clock += 121'000;
  CHECK(only_one(node.reconcile()).repair == PaymentRepair::told);
}

TEST_CASE("A run that the provider does not let come to its end says so, and is begun anew") {
  persistence::MemoryStore store;
  ReconciliationFixture node(store);
  node.config.reconcile_every = std::chrono::hours(6);
  node.start();
  node.create("show", sample_performance(4, 10));
  const auto id = node.pay_for("alice", "stalls-A-1");
  node.till.pay(id);
  node.till.be_down(true);
  const auto failed = node.reconcile();
  CHECK(failed.error == "down: It is down.");
  CHECK(node.probe->reconciliations_failed.value() == 1);
  CHECK(node.view().next_at == failed.finished_at + engine::Duration{60'000});

  // By itself, when its time comes.
  node.till.be_down(false);
  node.clock += 61'000;
  node.saga_when(id, SagaStatus::confirmed);
  node.wait_until([&] { return node.view().last->error.empty(); });
  const auto view = node.view();
  CHECK(view.last->different() == 1);
  CHECK(view.next_at == view.last->started_at + engine::Duration{6 * 3'600'000});
}

TEST_CASE("The last report is there after a restart, and says when the next run is due") {
  persistence::MemoryStore store;
  ReconciliationFixture node(store);
  node.config.reconcile_every = std::chrono::hours(6);
  node.start();
  node.create("show", sample_performance(4, 10));
  const auto id = node.pay_for("alice", "stalls-A-1");
  node.till.pay(id);
  const auto report = node.reconcile();
  // Whoever sees it kept, finds it after the next start.
  node.stop();
  node.start();
  REQUIRE(node.view().last.has_value());
  CHECK(*node.view().last == report);
  CHECK(node.view().next_at == report.started_at + engine::Duration{6 * 3'600'000});
}

TEST_CASE("The first run begins by itself five minutes after the start") {
  persistence::MemoryStore store;
  ReconciliationFixture node(store);
  node.config.reconcile_every = std::chrono::hours(6);
  const auto started = engine::Timestamp{node.clock};
  node.start();
  CHECK(node.view().next_at == started + engine::Duration{5 * 60'000});
  node.clock += 5 * 60'000;
  node.wait_until([&] { return node.view().last.has_value(); });
  CHECK(node.view().last->started_at == started + engine::Duration{5 * 60'000});
}

TEST_CASE("Where nothing can be paid there is nothing to compare") {
  persistence::MemoryStore store;
  NodeFixture node(store);
  node.start();
  CHECK(rejection_of(node.ask(engine::GetReconciliation{})) == Rejection::payment_not_offered);
  CHECK(rejection_of(node.ask(engine::StartReconciliation{})) == Rejection::payment_not_offered);
}

}  // namespace cavea::tests
