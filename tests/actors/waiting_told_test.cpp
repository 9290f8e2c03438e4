#include "inbox_words.hpp"
#include "node_fixture.hpp"
#include "persistence/memory_store.hpp"

#include <doctest/doctest.h>

#include <string>
#include <variant>

namespace cavea::tests {

namespace {

engine::WaitingId join_list(NodeFixture& world, const std::string& id, const std::string& user) {
  engine::JoinWaitingList command;
  command.user = user;
  command.wish.party_size = 1;
  const auto answer = world.carry_out(
      {engine::OfferingRequest{*engine::OfferingId::from(id), std::move(command)}, {}});
  return std::get<engine::WaitingView>(answer).items.front().record.party.id;
}

}  // namespace

TEST_CASE("Everybody who waits is told once when the list closes, however many, over restarts") {
  persistence::MemoryStore store;
  constexpr int people = 700;  // More than are told in one step.
  auto definition = sample_class(1);
  {
    NodeFixture world(store);
    world.start();
    world.create("yoga", definition);
    world.create("dance", definition);
    for (const auto* const id : {"yoga", "dance"}) {
      world.carry_out(NodeFixture::claim(id, "ada", engine::Quantity{1}));
    }
    for (int i = 0; i < people; ++i) join_list(world, "yoga", "person-" + std::to_string(i));
    join_list(world, "dance", "dora");
    const auto left = join_list(world, "yoga", "lea");
    world.carry_out({engine::ReservationRequest{left, "lea", engine::LeaveWaitingList{}}, {}});
    world.carry_out(
        {engine::OfferingRequest{
             *engine::OfferingId::from("yoga"), engine::CancelOffering{"ill", {}}},
         {}});
    CHECK(told(world, "person-0", 1) == Words{"waiting_ended"});
  }
  NodeFixture world(store);
  world.start();
  for (int i = 0; i < people; ++i) {
    CHECK(told(world, "person-" + std::to_string(i), 1) == Words{"waiting_ended"});
  }
  // Neither who left nor who waits for something else.
  CHECK(inbox_of(world, "lea").entries.empty());
  CHECK(inbox_of(world, "dora").entries.empty());
  world.clock = definition.sale_closes_at.ms;
  CHECK(told(world, "dora", 1) == Words{"waiting_ended"});
  CHECK(inbox_of(world, "person-1").entries.size() == 1);
}

}  // namespace cavea::tests
