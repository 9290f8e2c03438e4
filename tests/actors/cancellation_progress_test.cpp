#include "persistence/memory_store.hpp"
#include "tests/actors/saga_fixture.hpp"

#include <string>

namespace cavea::tests {

namespace {

engine::OfferingProgress progress_of(SagaFixture& node, const std::string& offering) {
  const auto answer = node.ask(
      engine::GetProgress{engine::OfferingKind::klass, *engine::OfferingId::from(offering)});
  REQUIRE(std::holds_alternative<engine::OfferingProgress>(answer));
  return std::get<engine::OfferingProgress>(answer);
}

}  // namespace

TEST_CASE(
    "While the provider is down a cancellation shows places that are back and money that is not") {
  persistence::MemoryStore store;
  SagaFixture node(store);
  node.start();
  node.create("yoga", paid_class(30));
  node.create("talk", sample_class(5));
  // Three who paid, one of them with something else; one who only holds; one who gave it back.
  for (const auto* user : {"ada", "bob"}) {
    const auto id =
        reservation_of(node.carry_out(NodeFixture::claim("yoga", user, engine::Quantity{2})))
            .reservation.id;
    reservation_of(node.start_payment(id, user));
    node.notice(id, node.till.pay(id));
    node.saga_when(id, engine::SagaStatus::confirmed);
  }
  const auto both = reservation_of(
      node.begin("cem", {leg("talk", engine::Quantity{1}), leg("yoga", engine::Quantity{3})}));
  reservation_of(node.start_payment(both.reservation.id, "cem"));
  node.notice(both.reservation.id, node.till.pay(both.reservation.id));
  node.saga_when(both.reservation.id, engine::SagaStatus::confirmed);
  reservation_of(node.carry_out(NodeFixture::claim("yoga", "dot", engine::Quantity{1})));
  const auto gone =
      reservation_of(node.carry_out(NodeFixture::claim("yoga", "eve", engine::Quantity{4})));
  reservation_of(node.carry_out(NodeFixture::cancel(gone.reservation.id, "eve")));

  node.till.be_down(true);
  node.carry_out(
      {engine::OfferingRequest{
           *engine::OfferingId::from("yoga"), engine::CancelOffering{"ill", {}}},
       {}});
  node.wait_until([&] {
    node.clock += 100;
    const auto progress = progress_of(node, "yoga");
    // Whenever places are back, their money is on its way.
    CHECK(progress.refunds_done == 0);
    CHECK((progress.live > 0 || progress.refunds_pending == 3));
    return progress.live == 0;
  });
  auto progress = progress_of(node, "yoga");
  CHECK(progress.given_back == 4);
  CHECK(progress.refunds_pending == 3);

  node.stop();
  node.till.be_down(false);
  node.start();
  node.wait_until([&] { return progress_of(node, "yoga").refunds_pending == 0; });
  progress = progress_of(node, "yoga");
  CHECK(progress.given_back == 4);
  CHECK(progress.refunds_done == 3);
  CHECK(progress.refunded.minor == 7 * 1'500);
  CHECK(engine::status_of(node.saga(both.reservation.id)) == engine::SagaStatus::confirmed);
}

}  // namespace cavea::tests
