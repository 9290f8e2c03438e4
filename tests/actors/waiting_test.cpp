#include "engine/decide.hpp"
#include "persistence/check.hpp"
#include "persistence/format_mark.hpp"
#include "persistence/memory_store.hpp"
#include "tests/actors/node_fixture.hpp"

#include <string>
#include <vector>

// Waiting lists through a node: who gets what comes free, at once, and after a restart.

namespace cavea::tests {

namespace {

engine::OfferingDefinition priced_class(std::uint32_t capacity) {
  auto definition = sample_class(capacity);
  definition.terms = engine::ClassTerms{.capacity = capacity, .price = {500}};
  definition.currency = *engine::Currency::from("EUR");
  return definition;
}

engine::CommandRequest join(
    const std::string& id,
    const std::string& user,
    std::uint32_t party_size,
    const std::string& key = "") {
  engine::JoinWaitingList command;
  command.user = user;
  command.wish.party_size = party_size;
  engine::CommandRequest request{
      engine::OfferingRequest{*engine::OfferingId::from(id), std::move(command)}, {}};
  if (!key.empty()) request.idempotency = engine::IdempotencyKey{user, key, {7, 7}};
  return request;
}

engine::CommandRequest leave(engine::WaitingId id, const std::string& viewer) {
  return {engine::ReservationRequest{id, viewer, engine::LeaveWaitingList{}}, {}};
}

engine::WaitingView wish_of(const engine::Answer& answer) {
  if (const auto* refusal = std::get_if<engine::Refusal>(&answer)) {
    FAIL("refused: " << engine::name_of(refusal->reason));
  }
  REQUIRE(std::holds_alternative<engine::WaitingView>(answer));
  return std::get<engine::WaitingView>(answer);
}

const engine::WaitingItem& only(const engine::WaitingView& view) {
  REQUIRE(view.items.size() == 1);
  return view.items.front();
}

engine::WaitingId wait(
    NodeFixture& node, const std::string& id, const std::string& user, std::uint32_t party_size) {
  return only(wish_of(node.carry_out(join(id, user, party_size)))).record.party.id;
}

engine::WaitingRecord record_of(NodeFixture& node, engine::WaitingId id) {
  return only(wish_of(node.ask(engine::GetWaiting{id, ""}))).record;
}

engine::ReservationView take(NodeFixture& node, const std::string& user, std::uint32_t places) {
  return reservation_of(node.carry_out(NodeFixture::claim("yoga", user, engine::Quantity{places})));
}

/// Reads until it does not wait any more: what is done by the clock is done within a tick.
engine::WaitingRecord record_when_ended(NodeFixture& node, engine::WaitingId id) {
  for (;;) {
    auto record = record_of(node, id);
    if (record.status != engine::WaitingStatus::waiting) return record;
  }
}

void expect_sound(const persistence::MemoryStore& store) {
  auto report = persistence::check_store(store);
  REQUIRE(report.has_value());
  CHECK(report->is_sound());
  for (const auto& problem : report->problems) MESSAGE(problem.where << ": " << problem.what);
}

}  // namespace

TEST_CASE("What is given back is offered to who waits before the answer to the giving leaves") {
  persistence::MemoryStore store;
  NodeFixture node(store);
  node.start();
  node.create("yoga", priced_class(2));
  const auto taken = take(node, "alice", 2);
  const auto first = wait(node, "yoga", "bob", 2);
  const auto second = wait(node, "yoga", "cid", 1);
  const auto behind = only(wish_of(node.ask(engine::GetWaiting{second, "cid"})));
  CHECK(behind.parties_ahead == 1);
  CHECK(behind.places_ahead == 2);

  node.carry_out(NodeFixture::cancel(taken.reservation.id, "alice"));
  const auto granted = record_of(node, first);
  CHECK(granted.status == engine::WaitingStatus::granted);
  CHECK(granted.version.value == taken.reservation.version.value + 4);
  const auto offer = reservation_of(node.ask(engine::GetReservation{first, "bob"}));
  CHECK(offer.reservation.status == engine::ReservationStatus::held);
  CHECK(offer.reservation.lines.size() == 2);
  CHECK(offer.reservation.held_until == sample_now + engine::Duration{15 * 60'000});
  // Whoever comes by is later.
  CHECK(
      rejection_of(node.carry_out(NodeFixture::claim("yoga", "dan", engine::Quantity{1})))
      == engine::Rejection::sold_out);
  CHECK(node.probe->waiting_joined.value() == 2);
  CHECK(node.probe->waiting_granted.value() == 1);

  // The offer is declined: the next is asked.
  node.carry_out(NodeFixture::cancel(first, "bob"));
  CHECK(record_of(node, second).status == engine::WaitingStatus::granted);
}

TEST_CASE("An offer ends by the clock, and the next gets one") {
  persistence::MemoryStore store;
  NodeFixture node(store);
  node.start();
  node.create("yoga", priced_class(1));
  const auto taken = take(node, "alice", 1);
  const auto first = wait(node, "yoga", "bob", 1);
  const auto second = wait(node, "yoga", "cid", 1);
  node.carry_out(NodeFixture::cancel(taken.reservation.id, "alice"));
  CHECK(record_of(node, first).status == engine::WaitingStatus::granted);
  CHECK(record_of(node, second).status == engine::WaitingStatus::waiting);
  node.clock += 15 * 60'000;
  CHECK(record_when_ended(node, second).status == engine::WaitingStatus::granted);
  CHECK(
      reservation_of(node.ask(engine::GetReservation{first, "bob"})).reservation.status
      == engine::ReservationStatus::expired);
}

TEST_CASE("Who waits goes on waiting after a crash, in the same order") {
  persistence::MemoryStore store;
  REQUIRE_FALSE(persistence::claim_store(store, {.shard_count = 4, .node = "node-1"}).has_value());
  NodeFixture node(store);
  node.start();
  node.create("yoga", sample_class(4));
  const auto taken = take(node, "alice", 4);
  std::vector<engine::WaitingId> ids;
  for (const auto* user : {"bob", "cid", "dan", "eve", "fay"}) {
    // Bob's party is larger than what comes free at first.
    ids.push_back(wait(node, "yoga", user, ids.empty() ? 3 : 1));
  }
  const auto give_back = [&](std::uint32_t places) {
    engine::CancelReservation cancel;
    cancel.quantity = places;
    node.carry_out({engine::ReservationRequest{taken.reservation.id, "alice", cancel}, {}});
  };
  give_back(1);
  CHECK(record_of(node, ids[1]).status == engine::WaitingStatus::granted);
  CHECK(record_of(node, ids[0]).party.passed_over == 1);

  node.stop();
  REQUIRE_FALSE(store.persist(persistence::Column::state).has_value());
  node.start();
  give_back(1);
  CHECK(record_of(node, ids[2]).status == engine::WaitingStatus::granted);
  node.stop();
  store.crash();
  expect_sound(store);
  node.start();
  CHECK(record_of(node, ids[0]).party.passed_over == 2);
  give_back(1);
  CHECK(record_of(node, ids[3]).status == engine::WaitingStatus::granted);
  CHECK(record_of(node, ids[0]).party.passed_over == 3);

  // From now on places are kept for Bob, also after one more crash.
  node.stop();
  store.crash();
  node.start();
  give_back(1);
  CHECK(record_of(node, ids[4]).status == engine::WaitingStatus::waiting);
  node.carry_out(NodeFixture::cancel(ids[1], "cid"));
  CHECK(
      rejection_of(node.carry_out(NodeFixture::claim("yoga", "zoe", engine::Quantity{1})))
      == engine::Rejection::sold_out);
  node.carry_out(NodeFixture::cancel(ids[2], "dan"));
  CHECK(record_of(node, ids[0]).status == engine::WaitingStatus::granted);
  node.stop();
  expect_sound(store);
}

TEST_CASE("A list closes with the sale, though nobody asked for the class since the start") {
  persistence::MemoryStore store;
  REQUIRE_FALSE(persistence::claim_store(store, {.shard_count = 4, .node = "node-1"}).has_value());
  NodeFixture node(store);
  node.start();
  auto definition = sample_class(1);
  node.create("yoga", definition);
  take(node, "alice", 1);
  const auto id = wait(node, "yoga", "bob", 1);
  node.stop();
  store.crash();
  node.start();
  node.clock = definition.sale_closes_at.ms - 1;
  CHECK(record_of(node, id).status == engine::WaitingStatus::waiting);
  node.clock = definition.sale_closes_at.ms;
  CHECK(record_when_ended(node, id).end == engine::WaitingEnd::sale_closed);
  node.stop();
  expect_sound(store);
}

TEST_CASE("A changed end of the sale moves the end of the list") {
  persistence::MemoryStore store;
  NodeFixture node(store);
  node.start();
  auto definition = sample_class(1);
  node.create("yoga", definition);
  take(node, "alice", 1);
  const auto id = wait(node, "yoga", "bob", 1);
  const auto yoga = *engine::OfferingId::from("yoga");
  definition.sale_closes_at = sample_now + engine::Duration{60'000};
  node.carry_out(
      {engine::OfferingRequest{
           yoga,
           engine::ChangeOffering{
               std::make_shared<const engine::OfferingDefinition>(definition), {}}},
       {}});
  CHECK(record_of(node, id).status == engine::WaitingStatus::waiting);
  node.clock += 60'000;
  CHECK(record_when_ended(node, id).end == engine::WaitingEnd::sale_closed);
}

TEST_CASE("Joining and leaving with a key seen before is answered, not done twice") {
  persistence::MemoryStore store;
  NodeFixture node(store);
  node.start();
  node.create("yoga", sample_class(1));
  const auto taken = take(node, "alice", 1);
  const auto joined = wish_of(node.carry_out(join("yoga", "bob", 1, "k1")));
  CHECK_FALSE(joined.replayed);
  const auto id = only(joined).record.party.id;
  const auto again = wish_of(node.carry_out(join("yoga", "bob", 1, "k1")));
  CHECK(again.replayed);
  CHECK(only(again).record.party.id == id);
  CHECK(
      rejection_of(node.carry_out(join("yoga", "bob", 1, "k2")))
      == engine::Rejection::already_waiting);

  CHECK(rejection_of(node.carry_out(leave(id, "cid"))) == engine::Rejection::waiting_not_found);
  auto leaving = leave(id, "bob");
  leaving.idempotency = engine::IdempotencyKey{"bob", "k3", {8, 8}};
  const auto left = wish_of(node.carry_out(leaving));
  CHECK(only(left).record.status == engine::WaitingStatus::ended);
  CHECK(only(left).record.end == engine::WaitingEnd::user);
  CHECK(wish_of(node.carry_out(leaving)).replayed);
  CHECK(rejection_of(node.carry_out(leave(id, "bob"))) == engine::Rejection::waiting_has_ended);
  // Seen as it was when it joined, though it has left.
  const auto then = wish_of(node.carry_out(join("yoga", "bob", 1, "k1")));
  CHECK(only(then).record.status == engine::WaitingStatus::waiting);

  node.carry_out(NodeFixture::cancel(taken.reservation.id, "alice"));
  CHECK(rejection_of(node.carry_out(join("yoga", "cid", 1))) == engine::Rejection::places_are_free);
}

TEST_CASE("A free offer is accepted by its person alone, and in time") {
  persistence::MemoryStore store;
  NodeFixture node(store);
  node.start();
  node.create("yoga", sample_class(1));
  const auto taken = take(node, "alice", 1);
  const auto id = wait(node, "yoga", "bob", 1);
  const auto accept = [&](const std::string& viewer) {
    return node.carry_out({engine::ReservationRequest{id, viewer, engine::AcceptOffer{}}, {}});
  };
  CHECK(rejection_of(accept("bob")) == engine::Rejection::reservation_not_found);
  node.carry_out(NodeFixture::cancel(taken.reservation.id, "alice"));
  CHECK(rejection_of(accept("cid")) == engine::Rejection::reservation_not_found);
  CHECK(reservation_of(accept("bob")).reservation.status == engine::ReservationStatus::confirmed);
  CHECK(rejection_of(accept("bob")) == engine::Rejection::reservation_not_held);
}

TEST_CASE("Wishes and parties are listed page by page, each in its order") {
  persistence::MemoryStore store;
  NodeFixture node(store);
  node.start();
  std::vector<engine::WaitingId> of_bob;
  for (const auto* id : {"yoga", "dance", "pilates"}) {
    node.create(id, sample_class(1));
    node.carry_out(NodeFixture::claim(id, "alice", engine::Quantity{1}));
    node.clock += 10;
    of_bob.push_back(wait(node, id, "bob", 1));
    wait(node, id, "cid", 1);
  }
  engine::ListWaiting mine{.user = "bob", .after = {}, .limit = 2};
  auto page = std::get<engine::WaitingPage>(node.ask(mine));
  REQUIRE(page.wishes.size() == 2);
  CHECK(only(page.wishes[0]).record.party.id == of_bob[2]);
  CHECK(only(page.wishes[1]).record.party.id == of_bob[1]);
  mine.after = page.next;
  page = std::get<engine::WaitingPage>(node.ask(mine));
  REQUIRE(page.wishes.size() == 1);
  CHECK(only(page.wishes[0]).record.party.id == of_bob[0]);
  CHECK_FALSE(page.next.has_value());

  engine::ListWaitingParties parties{
      .kind = engine::OfferingKind::klass,
      .offering = *engine::OfferingId::from("yoga"),
      .after = {},
      .limit = 1};
  page = std::get<engine::WaitingPage>(node.ask(parties));
  CHECK(only(page.wishes[0]).record.party.id == of_bob[0]);
  CHECK(only(page.wishes[0]).parties_ahead == 0);
  parties.after = page.next;
  page = std::get<engine::WaitingPage>(node.ask(parties));
  CHECK(only(page.wishes[0]).record.party.user == "cid");
  CHECK(only(page.wishes[0]).parties_ahead == 1);
  CHECK_FALSE(page.next.has_value());
  parties.offering = *engine::OfferingId::from("opera");
  CHECK(rejection_of(node.ask(parties)) == engine::Rejection::offering_not_found);
}

TEST_CASE("Those who wait come from rest and from the store like everything else") {
  persistence::MemoryStore store;
  NodeFixture node(store);
  node.config.idle_before_rest = std::chrono::milliseconds(0);
  node.config.idle_before_passivation = std::chrono::milliseconds(0);
  node.start();
  node.create("yoga", sample_class(1));
  auto holder = take(node, "alice", 1).reservation.id;
  std::string owner = "alice";
  for (int i = 0; i < 5; ++i) {
    while (node.probe->offerings_loaded.value() > 0) {
      // The clock of the shard goes on while we read.
      static_cast<void>(node.ask(engine::GetWaiting{holder, ""}));
    }
    const auto next = "user-" + std::to_string(i);
    const auto id = wait(node, "yoga", next, 1);
    node.carry_out(NodeFixture::cancel(holder, owner));
    CHECK(record_of(node, id).status == engine::WaitingStatus::granted);
    holder = id;
    owner = next;
  }
}

}  // namespace cavea::tests
