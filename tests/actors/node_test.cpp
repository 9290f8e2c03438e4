#include "persistence/memory_store.hpp"
#include "tests/actors/node_fixture.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace cavea::tests {

using engine::Rejection;

/// The same request has to be asked again: its outcome is not known yet.
static bool is_undecided(const engine::Answer& answer) {
  const auto* refusal = std::get_if<engine::Refusal>(&answer);
  return refusal != nullptr
         && (refusal->reason == Rejection::idempotency_key_running
             || refusal->reason == Rejection::outcome_unknown);
}

TEST_CASE("A free place is sold at once and can be read back by its owner alone") {
  persistence::MemoryStore store;
  NodeFixture node(store);
  node.start();
  node.create("yoga", sample_class(3));

  const auto made =
      reservation_of(node.carry_out(NodeFixture::claim("yoga", "alice", engine::Quantity{2})));
  CHECK(made.reservation.status == engine::ReservationStatus::confirmed);
  CHECK(made.reservation.lines.size() == 2);
  CHECK(made.definition->title == "Morning Flow");

  const auto read = reservation_of(node.ask(engine::GetReservation{made.reservation.id, "alice"}));
  CHECK(read.reservation == made.reservation);
  CHECK(
      rejection_of(node.ask(engine::GetReservation{made.reservation.id, "bob"}))
      == Rejection::reservation_not_found);
  CHECK(
      reservation_of(node.ask(engine::GetReservation{made.reservation.id, ""})).reservation.user
      == "alice");
}

TEST_CASE("Who comes late is refused, and a cancelled place can be reserved by someone else") {
  persistence::MemoryStore store;
  NodeFixture node(store);
  node.start();
  node.create("yoga", sample_class(2));
  const auto first =
      reservation_of(node.carry_out(NodeFixture::claim("yoga", "alice", engine::Quantity{2})));
  CHECK(
      rejection_of(node.carry_out(NodeFixture::claim("yoga", "bob", engine::Quantity{1})))
      == Rejection::sold_out);

  // Another person's reservation looks as if it were not there.
  CHECK(
      rejection_of(node.carry_out(NodeFixture::cancel(first.reservation.id, "bob")))
      == Rejection::reservation_not_found);
  const auto cancelled =
      reservation_of(node.carry_out(NodeFixture::cancel(first.reservation.id, "alice")));
  CHECK(cancelled.reservation.status == engine::ReservationStatus::cancelled);
  reservation_of(node.carry_out(NodeFixture::claim("yoga", "bob", engine::Quantity{1})));
}

TEST_CASE(
    "A thousand claims for a hundred places sell each place once and answer each claim once") {
  persistence::MemoryStore store;
  NodeFixture node(store);
  node.start();
  node.create("show", sample_performance(10, 10));
  std::vector<std::uint64_t> tickets;
  for (int i = 0; i < 1'000; ++i) {
    tickets.push_back(node.send(NodeFixture::claim(
        "show", "user-" + std::to_string(i), engine::BestAvailable{1, {}, {}, false})));
  }
  std::set<std::uint32_t> places;
  std::size_t refused = 0;
  for (const auto ticket : tickets) {
    const auto answer = node.sink.wait_for(ticket);
    if (const auto* refusal = std::get_if<engine::Refusal>(&answer)) {
      CHECK(refusal->reason == Rejection::sold_out);
      ++refused;
      continue;
    }
    for (const auto& line : reservation_of(answer).reservation.lines) {
      CHECK_MESSAGE(places.insert(line.place.value).second, "place sold twice");
    }
  }
  CHECK(places.size() == 100);
  CHECK(refused == 900);
  CHECK(node.sink.answered_twice() == 0);
}

TEST_CASE("The same key and body give the same answer, another body is refused") {
  persistence::MemoryStore store;
  NodeFixture node(store);
  node.start();
  node.create("yoga", sample_class(10));
  const auto request = NodeFixture::claim("yoga", "alice", engine::Quantity{2}, "key-1");
  const auto first = reservation_of(node.carry_out(request));
  const auto second = reservation_of(node.carry_out(request));
  CHECK(second.replayed);
  CHECK(second.reservation == first.reservation);

  auto other = NodeFixture::claim("yoga", "alice", engine::Quantity{3}, "key-1");
  other.idempotency->fingerprint.low = 99;
  CHECK(rejection_of(node.carry_out(other)) == Rejection::idempotency_key_reused);

  // Another caller's key is another key.
  CHECK_FALSE(reservation_of(
                  node.carry_out(NodeFixture::claim("yoga", "bob", engine::Quantity{1}, "key-1")))
                  .replayed);

  // Even when part of it was cancelled since, the first answer is given again.
  node.carry_out(NodeFixture::cancel(first.reservation.id, "alice"));
  const auto third = reservation_of(node.carry_out(request));
  CHECK(third.replayed);
  CHECK(third.reservation.status == engine::ReservationStatus::confirmed);
  CHECK(third.reservation.lines == first.reservation.lines);
}

TEST_CASE("A key that was used for an offering on another shard is recognised") {
  persistence::MemoryStore store;
  NodeFixture node(store, 8);
  node.start();
  for (int i = 0; i < 16; ++i) node.create("yoga-" + std::to_string(i), sample_class(10));
  reservation_of(
      node.carry_out(NodeFixture::claim("yoga-0", "alice", engine::Quantity{1}, "one key")));
  for (int i = 1; i < 16; ++i) {
    auto request =
        NodeFixture::claim("yoga-" + std::to_string(i), "alice", engine::Quantity{1}, "one key");
    request.idempotency->fingerprint.low = static_cast<std::uint64_t>(i + 1);
    // Refusals do not count as a use of the key.
    CHECK(rejection_of(node.carry_out(request)) == Rejection::idempotency_key_reused);
    reservation_of(
        node.carry_out(NodeFixture::claim("yoga-0", "alice", engine::Quantity{1}, "one key")));
  }
}

TEST_CASE("A hold is released at its deadline and seen on the seat feed") {
  persistence::MemoryStore store;
  NodeFixture node(store);
  node.start();
  node.create("show", sample_performance(2, 6));
  node.node->subscribe({*engine::OfferingId::from("show")}, &node.sink);
  const auto snapshot = node.sink.wait_for_feed_item();
  const auto& view = std::get<std::shared_ptr<const engine::SeatsView>>(snapshot);
  CHECK(view->states.size() == 12);

  const auto held = reservation_of(node.carry_out(
      NodeFixture::claim("show", "alice", engine::NamedSeats{{"stalls-A-1", "stalls-A-2"}})));
  CHECK(held.reservation.status == engine::ReservationStatus::held);
  const auto taken_item = node.sink.wait_for_feed_item();
  const auto& taken = *std::get<std::shared_ptr<const engine::SeatDelta>>(taken_item);
  CHECK(taken.previous == view->version);
  CHECK(taken.changes.size() == 2);
  CHECK(taken.changes.front().state == engine::PlaceState::held);

  node.clock = held.reservation.held_until.ms;
  const auto freed_item = node.sink.wait_for_feed_item();
  const auto& freed = *std::get<std::shared_ptr<const engine::SeatDelta>>(freed_item);
  CHECK(freed.previous == taken.version);
  CHECK(freed.changes.front().state == engine::PlaceState::free);
  const auto read = reservation_of(node.ask(engine::GetReservation{held.reservation.id, "alice"}));
  CHECK(read.reservation.status == engine::ReservationStatus::expired);
}

TEST_CASE("State, holds and their deadlines survive a restart") {
  persistence::MemoryStore store;
  NodeFixture node(store);
  node.start();
  node.create("show", sample_performance(2, 6));
  const auto held = reservation_of(
      node.carry_out(NodeFixture::claim("show", "alice", engine::NamedSeats{{"stalls-A-1"}})));
  const auto paid = reservation_of(
      node.carry_out(NodeFixture::claim("show", "bob", engine::NamedSeats{{"stalls-B-1"}})));
  reservation_of(node.carry_out(
      {engine::ReservationRequest{paid.reservation.id, "", engine::ConfirmReservation{}}, {}}));

  node.stop();
  node.start();
  const auto answer = node.ask(engine::GetSeats{*engine::OfferingId::from("show")});
  REQUIRE(std::holds_alternative<engine::SeatsView>(answer));
  const auto& states = std::get<engine::SeatsView>(answer).states;
  CHECK(states.at(0) == engine::PlaceState::held);
  CHECK(states.at(6) == engine::PlaceState::sold);
  CHECK(node.probe->places_sold.value() == 1);
  CHECK(node.probe->holds_open.value() >= 1);

  node.node->subscribe({*engine::OfferingId::from("show")}, &node.sink);
  node.sink.wait_for_feed_item();
  node.clock = held.reservation.held_until.ms;
  const auto freed_item = node.sink.wait_for_feed_item();
  CHECK(
      std::get<std::shared_ptr<const engine::SeatDelta>>(freed_item)->changes.front().state
      == engine::PlaceState::free);
}

TEST_CASE("An idle offering leaves memory and comes back when it is asked for") {
  persistence::MemoryStore store;
  NodeFixture node(store, 1);
  node.config.idle_before_passivation = std::chrono::milliseconds(0);
  node.start();
  node.create("yoga", sample_class(2));
  node.create("other", sample_class(2));
  reservation_of(node.carry_out(NodeFixture::claim("yoga", "alice", engine::Quantity{1})));
  while (node.probe->offerings_passivated.value() < 2) std::this_thread::yield();
  CHECK(node.probe->offerings_loaded.value() == 0);
  reservation_of(node.carry_out(NodeFixture::claim("yoga", "bob", engine::Quantity{1})));
  CHECK(
      rejection_of(node.carry_out(NodeFixture::claim("yoga", "carol", engine::Quantity{1})))
      == Rejection::sold_out);
}

TEST_CASE("Asking for what is not there keeps nothing in memory") {
  persistence::MemoryStore store;
  NodeFixture node(store);
  node.start();
  for (int i = 0; i < 50; ++i) {
    const auto id = *engine::OfferingId::from("nothing-" + std::to_string(i));
    CHECK(rejection_of(node.ask(engine::GetSeats{id})) == Rejection::offering_not_found);
    CHECK(
        rejection_of(node.carry_out(NodeFixture::claim(id.str(), "alice", engine::Quantity{1})))
        == Rejection::offering_not_found);
  }
  CHECK(node.probe->offerings_loaded.value() == 0);
}

TEST_CASE("An offering whose actor dies comes back from the committed state") {
  persistence::MemoryStore store;
  NodeFixture node(store);
  std::atomic<bool> is_poisoned{false};
  node.config.before_decision = [&](const engine::OfferingId&) {
    if (is_poisoned.exchange(false)) throw std::runtime_error("injected");
  };
  node.start();
  node.create("yoga", sample_class(2));
  reservation_of(node.carry_out(NodeFixture::claim("yoga", "alice", engine::Quantity{1}, "a-1")));

  is_poisoned = true;
  const auto request = NodeFixture::claim("yoga", "bob", engine::Quantity{1}, "b-1");
  CHECK(rejection_of(node.carry_out(request)) == Rejection::outcome_unknown);
  // Retrying with the same key gives the true outcome; the shard may hear of the death a moment
  // later than the caller, and calls the request running until then.
  auto again = node.carry_out(request);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (is_undecided(again) && std::chrono::steady_clock::now() < deadline) {
    again = node.carry_out(request);
  }
  CHECK_FALSE(reservation_of(again).replayed);
  CHECK(
      rejection_of(node.carry_out(NodeFixture::claim("yoga", "carol", engine::Quantity{1})))
      == Rejection::sold_out);
  CHECK(node.probe->offerings_restarted.value() == 1);
}

TEST_CASE("A hold whose actor dies at the deadline is released all the same") {
  persistence::MemoryStore store;
  NodeFixture node(store);
  std::atomic<bool> is_poisoned{false};
  node.config.before_decision = [&](const engine::OfferingId&) {
    if (is_poisoned.exchange(false)) throw std::runtime_error("injected");
  };
  node.start();
  node.create("show", sample_performance(2, 6));
  const auto held = reservation_of(
      node.carry_out(NodeFixture::claim("show", "alice", engine::NamedSeats{{"stalls-A-1"}})));

  is_poisoned = true;
  node.clock = held.reservation.held_until.ms;
  while (node.probe->offerings_restarted.value() == 0) std::this_thread::yield();
  CHECK(node.probe->places_held.value() == 1);
  while (node.probe->places_held.value() > 0) {
    node.clock += 100;
    std::this_thread::yield();
  }
  // The count is no answer: it may be seen a moment before the state is.
  const auto status = [&] {
    const engine::GetReservation query{held.reservation.id, "alice"};
    return reservation_of(node.ask(query)).reservation.status;
  };
  while (status() == engine::ReservationStatus::held) std::this_thread::yield();
  CHECK(status() == engine::ReservationStatus::expired);
}

TEST_CASE("A key whose actor dies while it confirms may be used again") {
  persistence::MemoryStore store;
  NodeFixture node(store);
  std::atomic<bool> is_poisoned{false};
  node.config.before_decision = [&](const engine::OfferingId&) {
    if (is_poisoned.exchange(false)) throw std::runtime_error("injected");
  };
  node.start();
  node.create("show", sample_performance(2, 6));
  const auto held = reservation_of(
      node.carry_out(NodeFixture::claim("show", "alice", engine::NamedSeats{{"stalls-A-1"}})));
  engine::CommandRequest confirm{
      engine::ReservationRequest{held.reservation.id, "", engine::ConfirmReservation{}},
      engine::IdempotencyKey{"boss", "c-1", {1, 1}}};

  is_poisoned = true;
  CHECK(rejection_of(node.carry_out(confirm)) == Rejection::outcome_unknown);
  const auto confirmed = reservation_of(node.carry_out_when_free(confirm));
  CHECK_FALSE(confirmed.replayed);
  CHECK(confirmed.reservation.status == engine::ReservationStatus::confirmed);
  CHECK(reservation_of(node.carry_out(confirm)).replayed);
}

TEST_CASE("A confirmed hold is no longer waited for") {
  persistence::MemoryStore store;
  NodeFixture node(store);
  node.start();
  node.create("show", sample_performance(2, 6));
  const auto held = reservation_of(
      node.carry_out(NodeFixture::claim("show", "alice", engine::NamedSeats{{"stalls-A-1"}})));
  CHECK(node.probe->holds_open.value() == 1);
  reservation_of(node.carry_out(
      {engine::ReservationRequest{held.reservation.id, "", engine::ConfirmReservation{}}, {}}));
  CHECK(node.probe->holds_open.value() == 0);
}

TEST_CASE("A cancelled offering gives every reservation back, also when interrupted by a restart") {
  persistence::MemoryStore store;
  NodeFixture node(store);
  node.start();
  node.create("yoga", sample_class(3'000));
  std::vector<std::uint64_t> tickets;
  for (int i = 0; i < 2'000; ++i) {
    tickets.push_back(
        node.send(NodeFixture::claim("yoga", "user-" + std::to_string(i), engine::Quantity{1})));
  }
  const auto first = reservation_of(node.sink.wait_for(tickets.front()));
  const auto last = reservation_of(node.sink.wait_for(tickets.back()));
  node.carry_out(
      {engine::OfferingRequest{
           *engine::OfferingId::from("yoga"), engine::CancelOffering{"the teacher is ill", {}}},
       {}});
  node.stop();
  node.start();
  // Of an offering that is not loaded yet, nothing is counted as sold.
  const auto read_now = [&](const engine::ReservationView& view) {
    return reservation_of(node.ask(engine::GetReservation{view.reservation.id, ""}));
  };
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  for (const auto& view : {first, last}) {
    auto read = read_now(view);
    while (read.reservation.status != engine::ReservationStatus::cancelled
           && std::chrono::steady_clock::now() < until) {
      read = read_now(view);
    }
    CHECK(read.reservation.status == engine::ReservationStatus::cancelled);
    CHECK(read.reservation.cause == engine::Cause::offering_cancelled);
  }
  while (node.probe->places_sold.value() > 0) std::this_thread::yield();
}

TEST_CASE("Venues are made, changed by revision, and listed") {
  persistence::MemoryStore store;
  NodeFixture node(store);
  node.start();
  const auto id = *engine::VenueId::from("house");
  const auto make = [&] {
    return node.carry_out({engine::VenueRequest{id, engine::CreateVenue{sample_venue(2, 4)}}, {}});
  };
  CHECK(std::holds_alternative<engine::VenueView>(make()));
  CHECK(rejection_of(make()) == Rejection::id_used);
  CHECK(
      rejection_of(node.carry_out(
          {engine::VenueRequest{id, engine::ChangeVenue{sample_venue(3, 4), {7}}}, {}}))
      == Rejection::revision_mismatch);
  const auto changed =
      node.carry_out({engine::VenueRequest{id, engine::ChangeVenue{sample_venue(3, 4), {1}}}, {}});
  REQUIRE(std::holds_alternative<engine::VenueView>(changed));
  CHECK(std::get<engine::VenueView>(changed).venue.revision.value == 2);
  const auto page = node.ask(engine::ListVenues{});
  CHECK(std::get<engine::VenuePage>(page).venues.size() == 1);
}

TEST_CASE("A stopped node refuses what comes, and has answered what it took") {
  persistence::MemoryStore store;
  NodeFixture node(store);
  node.start();
  node.create("yoga", sample_class(500));
  std::vector<std::uint64_t> tickets;
  for (int i = 0; i < 200; ++i) {
    tickets.push_back(
        node.send(NodeFixture::claim("yoga", "u" + std::to_string(i), engine::Quantity{1})));
  }
  node.node->stop();
  for (const auto ticket : tickets) reservation_of(node.sink.wait_for(ticket));
  CHECK(
      rejection_of(node.carry_out(NodeFixture::claim("yoga", "late", engine::Quantity{1})))
      == Rejection::not_ready);
}

}  // namespace cavea::tests
