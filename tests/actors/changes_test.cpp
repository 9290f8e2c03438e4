#include "persistence/memory_store.hpp"
#include "tests/actors/node_fixture.hpp"

#include <chrono>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

namespace cavea::tests {

namespace {

using engine::ChangeEvent;
using engine::ChangePage;
using engine::ChangesGone;
using engine::ChangesPosition;
using engine::ChangeType;
using engine::ListChanges;

ChangePage page_of(const engine::Answer& answer) {
  if (const auto* refusal = std::get_if<engine::Refusal>(&answer)) {
    FAIL("refused: " << engine::name_of(refusal->reason));
  }
  REQUIRE(std::holds_alternative<ChangePage>(answer));
  return std::get<ChangePage>(answer);
}

/// Everything from a position on, page by page.
std::vector<ChangeEvent> all_changes(NodeFixture& node, ListChanges query) {
  std::vector<ChangeEvent> all;
  for (;;) {
    auto page = page_of(node.ask(query));
    CHECK(page.events.size() <= query.limit);
    for (auto& event : page.events) all.push_back(std::move(event));
    query.after = page.next;
    if (!page.has_more) return all;
  }
}

std::string subject_of(const ChangeEvent& event) {
  return std::visit([](const auto& subject) { return subject.str(); }, event.subject);
}

/// "yoga 2 cavea.reservation.sold alice"
std::string words_of(const ChangeEvent& event) {
  return subject_of(event) + " " + std::to_string(event.version) + " "
         + std::string(engine::name_of(event.type)) + (event.user.empty() ? "" : " " + event.user);
}

std::vector<std::string> words_of(const std::vector<ChangeEvent>& events) {
  std::vector<std::string> words;
  for (const auto& event : events) words.push_back(words_of(event));
  return words;
}

using Id = std::tuple<std::uint16_t, std::uint64_t, std::uint32_t>;

Id id_of(const ChangeEvent& event) {
  return {event.shard.value, event.index, event.ordinal};
}

engine::ReservationId claim(
    NodeFixture& node, const std::string& offering, const std::string& user, engine::Claim what) {
  return reservation_of(node.carry_out(NodeFixture::claim(offering, user, std::move(what))))
      .reservation.id;
}

void confirm(NodeFixture& node, engine::ReservationId id) {
  reservation_of(
      node.carry_out({engine::ReservationRequest{id, "", engine::ConfirmReservation{}}, {}}));
}

void cancel_offering(NodeFixture& node, const std::string& id) {
  node.carry_out(
      {engine::OfferingRequest{*engine::OfferingId::from(id), engine::CancelOffering{"fire", {}}},
       {}});
}

}  // namespace

TEST_CASE("What happens to an offering is told in order, with whose reservation it is about") {
  persistence::MemoryStore store;
  NodeFixture node(store, 1);
  node.start();
  node.create("play", sample_performance(4, 6));
  const auto kept = claim(node, "play", "ada", engine::NamedSeats{{"stalls-A-1", "stalls-A-2"}});
  confirm(node, kept);
  const auto lost = claim(node, "play", "bob", engine::NamedSeats{{"stalls-B-1"}});
  node.carry_out(NodeFixture::cancel(lost, "bob"));
  const auto events = all_changes(node, {});
  CHECK(
      words_of(events)
      == std::vector<std::string>{
          "play 1 cavea.offering.created",
          "play 2 cavea.reservation.held ada",
          "play 3 cavea.reservation.confirmed ada",
          "play 4 cavea.reservation.held bob",
          "play 5 cavea.reservation.cancelled bob"});
  CHECK(events[1].at == engine::Timestamp{node.clock.load()});
  CHECK(events[1].counts.held == 2);
  CHECK(events[3].definition != nullptr);
  const auto& held = std::get<engine::PlacesHeld>(std::get<engine::OfferingEvent>(events[3].event));
  CHECK(held.reservation == lost);
}

TEST_CASE("A follower reads page by page, even within what was decided together") {
  persistence::MemoryStore store;
  NodeFixture node(store, 1);
  node.start();
  node.create("yoga", sample_class(100));
  // Sent together, they share entries of the log.
  std::vector<std::uint64_t> tickets;
  for (int i = 0; i < 60; ++i) {
    tickets.push_back(node.send(NodeFixture::claim("yoga", "ada", engine::Quantity{1})));
  }
  for (const auto ticket : tickets) reservation_of(node.sink.wait_for(ticket));
  ListChanges whole;
  whole.limit = 1'000;
  const auto all = words_of(all_changes(node, whole));
  CHECK(all.size() == 61);
  for (const std::uint32_t limit : {1, 2, 7, 60, 61}) {
    CAPTURE(limit);
    ListChanges query;
    query.limit = limit;
    CHECK(words_of(all_changes(node, query)) == all);
  }
}

TEST_CASE("All shards are followed at once, each offering in its order, nothing twice") {
  persistence::MemoryStore store;
  NodeFixture node(store, 4);
  node.start();
  std::map<std::string, std::uint64_t> versions;
  std::set<Id> seen;
  ListChanges query;
  query.limit = 9;
  std::mt19937_64 random(7);
  for (int i = 0; i < 12; ++i) node.create("yoga-" + std::to_string(i), sample_class(50));
  std::size_t expected = 12;
  for (int round = 0; round < 30; ++round) {
    for (int i = 0; i < 10; ++i) {
      claim(node, "yoga-" + std::to_string(random() % 12), "ada", engine::Quantity{1});
      ++expected;
      ++node.clock;
    }
    // One page a round: it falls behind, and every position is one to go on from.
    const auto page = page_of(node.ask(query));
    query.after = page.next;
    for (const auto& event : page.events) {
      CHECK(event.version == ++versions[subject_of(event)]);
      CHECK(seen.insert(id_of(event)).second);
    }
    if (round % 10 != 9) continue;
    node.stop();
    store.crash();
    node.start();
  }
  for (const auto& event : all_changes(node, query)) {
    CHECK(event.version == ++versions[subject_of(event)]);
    CHECK(seen.insert(id_of(event)).second);
  }
  CHECK(seen.size() == expected);
}

TEST_CASE("Who begins now is told nothing of before") {
  persistence::MemoryStore store;
  NodeFixture node(store, 4);
  node.start();
  node.create("old", sample_class());
  ListChanges query;
  query.start = ListChanges::Start::now;
  const auto page = page_of(node.ask(query));
  CHECK(page.events.empty());
  CHECK_FALSE(page.has_more);
  node.create("new", sample_class());
  query.after = page.next;
  CHECK(
      words_of(all_changes(node, query))
      == std::vector<std::string>{"new 1 cavea.offering.created"});
}

TEST_CASE("Filters leave the rest out and still lead on") {
  persistence::MemoryStore store;
  NodeFixture node(store, 4);
  node.start();
  node.carry_out(
      {engine::VenueRequest{*engine::VenueId::from("house"), engine::CreateVenue{sample_venue()}},
       {}});
  for (const auto* id : {"a", "b", "c", "d"}) node.create(id, sample_class(10));
  for (int i = 0; i < 5; ++i) claim(node, "b", "ada", engine::Quantity{1});
  ListChanges query;
  query.filter.offerings = {*engine::OfferingId::from("b")};
  CHECK(all_changes(node, query).size() == 6);
  query.filter.types = *engine::ChangeTypes::named("cavea.reservation.*");
  query.limit = 2;
  const auto events = all_changes(node, query);
  REQUIRE(events.size() == 5);
  for (const auto& event : events) CHECK(event.type == ChangeType::reservation_sold);

  ListChanges venues;
  venues.filter.types = *engine::ChangeTypes::named("cavea.venue.*");
  CHECK(
      words_of(all_changes(node, venues))
      == std::vector<std::string>{"house 1 cavea.venue.created"});
  // What was passed over counts as read.
  const auto page = page_of(node.ask(venues));
  ListChanges rest;
  rest.after = page.next;
  CHECK(page_of(node.ask(rest)).events.empty());
}

TEST_CASE("Reservations that a cancelled offering gives back are told with their whole ids") {
  persistence::MemoryStore store;
  NodeFixture node(store, 2);
  node.start();
  node.create("yoga", sample_class(50));
  std::map<engine::ReservationId, std::string> users;
  for (int i = 0; i < 20; ++i) {
    const auto user = "user-" + std::to_string(i);
    users[claim(node, "yoga", user, engine::Quantity{1})] = user;
  }
  const auto early = users.begin()->first;
  node.carry_out(NodeFixture::cancel(early, users.at(early)));
  cancel_offering(node, "yoga");

  // The sweep runs by itself; the follower waits for it.
  ListChanges query;
  query.filter.types = *engine::ChangeTypes::named("cavea.reservation.cancelled");
  query.wait = {20'000};
  std::vector<ChangeEvent> events;
  while (events.size() < users.size()) {
    auto page = page_of(node.ask(query));
    query.after = page.next;
    for (auto& event : page.events) events.push_back(std::move(event));
  }
  for (const auto& event : events) {
    const auto& cancelled =
        std::get<engine::ReservationCancelled>(std::get<engine::OfferingEvent>(event.event));
    REQUIRE(users.contains(cancelled.reservation));
    CHECK(event.user == users.at(cancelled.reservation));
    users.erase(cancelled.reservation);
  }
  CHECK(users.empty());
}

TEST_CASE("A follower that waits is answered when something happens, and not before") {
  persistence::MemoryStore store;
  NodeFixture node(store, 4);
  node.start();
  ListChanges query;
  query.start = ListChanges::Start::now;
  query.after = page_of(node.ask(query)).next;
  query.wait = {60'000};
  const auto ticket = 1'000'000;
  node.node->query(query, {&node.sink, ticket});
  node.create("yoga", sample_class());
  const auto page = page_of(node.sink.wait_for(ticket));
  CHECK(words_of(page.events) == std::vector<std::string>{"yoga 1 cavea.offering.created"});

  // One that wants something else waits on, and its time is over without it.
  query.after = page.next;
  query.wait = {200};
  query.filter.types = *engine::ChangeTypes::named("cavea.venue.*");
  node.node->query(query, {&node.sink, ticket + 1});
  claim(node, "yoga", "ada", engine::Quantity{1});
  const auto nothing = page_of(node.sink.wait_for(ticket + 1));
  CHECK(nothing.events.empty());
  CHECK(nothing.next != page.next);

  // At the end of the node nobody is left waiting.
  query.after = nothing.next;
  query.wait = {60'000};
  node.node->query(query, {&node.sink, ticket + 2});
  node.node->stop();
  CHECK(rejection_of(node.sink.wait_for(ticket + 2)) == engine::Rejection::not_ready);
}

TEST_CASE("Who comes too late is told where to go on, and misses only what is gone") {
  persistence::MemoryStore store;
  NodeFixture node(store, 2);
  node.config.turns_kept = std::chrono::milliseconds(1'000);
  node.start();
  ListChanges query;
  query.start = ListChanges::Start::now;
  query.after = page_of(node.ask(query)).next;
  for (int i = 0; i < 10; ++i) node.create("old-" + std::to_string(i), sample_class());
  node.clock += 10'000;
  node.create("new", sample_class());
  // The shards let go one after the other, so it may be told more than once where to go on.
  bool was_gone = false;
  std::vector<std::string> words;
  while (!was_gone || words.size() != 1) {
    const auto answer = node.ask(query);
    if (const auto* gone = std::get_if<ChangesGone>(&answer)) {
      was_gone = true;
      query.after = gone->next;
    } else if (was_gone) {
      words = words_of(page_of(answer).events);
    }
  }
  CHECK(words == std::vector<std::string>{"new 1 cavea.offering.created"});
}

TEST_CASE("A position of other data, or ahead of this, is refused") {
  persistence::MemoryStore store;
  NodeFixture node(store, 2);
  node.config.data_id = 17;
  // Nothing else is logged meanwhile, behind the position.
  node.config.tells_people = false;
  node.start();
  node.create("yoga", sample_class());
  ListChanges query;
  query.after = page_of(node.ask({query})).next;
  CHECK(query.after->data == 17);
  const auto refused = [&](auto change) {
    auto wrong = query;
    change(*wrong.after);
    return rejection_of(node.ask(wrong));
  };
  using engine::Rejection;
  CHECK(refused([](auto& at) { at.data = 18; }) == Rejection::changes_cursor_unknown);
  CHECK(refused([](auto& at) { at.part = 1; }) == Rejection::changes_cursor_unknown);
  CHECK(refused([](auto& at) { at.read.push_back(0); }) == Rejection::changes_cursor_unknown);
  CHECK(refused([](auto& at) { at.read[1] += 1'000; }) == Rejection::changes_cursor_unknown);
  CHECK(refused([](auto& at) { at.within = {5, 1}; }) == Rejection::changes_cursor_unknown);
  CHECK(refused([](auto& at) { at.within = {0, 1}; }) == Rejection::changes_cursor_unknown);
  ListChanges part;
  part.part = 1;
  CHECK(rejection_of(node.ask(part)) == Rejection::changes_part_unknown);
}

TEST_CASE("A node of many shards is followed in parts") {
  persistence::MemoryStore store;
  NodeFixture node(store, ChangesPosition::shards_per_part + 3);
  node.start();
  std::set<std::string> expected;
  for (int i = 0; i < 400; ++i) {
    const auto id = "yoga-" + std::to_string(i);
    node.create(id, sample_class());
    expected.insert(id);
  }
  ListChanges query;
  CHECK(rejection_of(node.ask(query)) == engine::Rejection::changes_part_unknown);
  std::set<std::string> seen;
  for (const std::uint16_t part : {0, 1}) {
    query.part = part;
    query.after.reset();
    CHECK(page_of(node.ask(query)).parts == 2);
    for (const auto& event : all_changes(node, query)) seen.insert(subject_of(event));
  }
  CHECK(seen == expected);
}

}  // namespace cavea::tests
