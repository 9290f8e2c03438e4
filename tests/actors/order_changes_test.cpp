#include "persistence/memory_store.hpp"
#include "tests/actors/saga_fixture.hpp"

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

// What happens to orders (reservations that are paid, or span several offerings) in the event feed.

namespace cavea::tests {

namespace {

using engine::ChangeEvent;
using engine::ChangePage;
using engine::ListChanges;
using engine::SagaStatus;

/// All events of orders, read in pages of `limit`.
std::vector<ChangeEvent> orders_in(NodeFixture& node, std::uint32_t limit = 100) {
  ListChanges query;
  query.limit = limit;
  query.filter.types = *engine::ChangeTypes::named("cavea.order.*");
  std::vector<ChangeEvent> all;
  for (;;) {
    auto answer = node.ask(query);
    REQUIRE(std::holds_alternative<ChangePage>(answer));
    auto& page = std::get<ChangePage>(answer);
    CHECK(page.events.size() <= limit);
    for (auto& event : page.events) all.push_back(std::move(event));
    query.after = page.next;
    if (!page.has_more) return all;
  }
}

/// "held, paid, confirmed" of one order.
std::string story_of(const std::vector<ChangeEvent>& events, engine::ReservationId id) {
  std::string story;
  for (const auto& event : events) {
    if (std::get<engine::ReservationId>(event.subject) != id) continue;
    const auto name = engine::name_of(event.type).substr(std::string("cavea.order.").size());
    story.append(story.empty() ? "" : ", ").append(name);
  }
  return story;
}

using Id = std::tuple<std::uint16_t, std::uint64_t, std::uint32_t>;

Id id_of(const ChangeEvent& event) {
  return {event.shard.value, event.index, event.ordinal};
}

std::vector<Id> ids_of(const std::vector<ChangeEvent>& events) {
  std::vector<Id> ids;
  for (const auto& event : events) ids.push_back(id_of(event));
  return ids;
}

const engine::Saga& saga_in(const ChangeEvent& event) {
  return *std::get<engine::OrderEvent>(event.event).after;
}

}  // namespace

TEST_CASE("An order is told from its hold to its refund, each time as it was then") {
  persistence::MemoryStore store;
  SagaFixture node(store);
  node.start();
  node.create("show", sample_performance(4, 10));
  node.create("yoga", paid_class(3));
  const auto made = reservation_of(node.begin(
      "alice",
      {leg("show", engine::BestAvailable{2, {}, {}, false}), leg("yoga", engine::Quantity{2})}));
  const auto id = made.reservation.id;
  CHECK(story_of(orders_in(node), id) == "held");

  reservation_of(node.start_payment(id, "alice"));
  auto declined = node.till.payment_of(id);
  declined.last_error = "Your card has insufficient funds.";
  node.notice(id, declined);
  node.notice(id, node.till.pay(id));
  node.saga_when(id, SagaStatus::confirmed);
  CHECK(story_of(orders_in(node), id) == "held, payment_started, payment_failed, paid, confirmed");

  engine::CancelPlaces one;
  one.part = engine::CancelPlaces::Part{.leg = 1, .seats = {}, .quantity = 1};
  reservation_of(node.carry_out({engine::SagaRequest{id, "alice", one}, {}}));
  node.wait_until([&] { return node.saga(id).payment.refunded.minor == 1'500; });
  reservation_of(node.carry_out(NodeFixture::cancel(id, "alice")));
  node.saga_when(id, SagaStatus::refunded);

  const auto events = orders_in(node);
  CHECK(
      story_of(events, id)
      == "held, payment_started, payment_failed, paid, confirmed, places_given_back, refund_asked, "
         "refunded, cancelled, refund_asked, refunded");
  std::uint64_t version = 0;
  for (const auto& event : events) {
    CHECK(event.version >= version);
    version = event.version;
    CHECK(event.version == saga_in(event).version);
    CHECK(event.user == "alice");
    CHECK(saga_in(event).id == id);
    const auto& definitions = std::get<engine::OrderEvent>(event.event).definitions;
    REQUIRE(definitions.size() == 2);
    CHECK(definitions[1]->title == "Morning Flow");
  }
  CHECK(saga_in(events[0]).total().minor == 21'000);
  CHECK(saga_in(events[2]).payment.last_error == declined.last_error);
  CHECK(saga_in(events[6]).payment.refund_due.minor == 1'500);
  CHECK(saga_in(events[7]).payment.refunded.minor == 1'500);
  CHECK(saga_in(events.back()).payment.refunded.minor == 21'000);
}

TEST_CASE("Orders end in the event feed as they end for their people") {
  persistence::MemoryStore store;
  SagaFixture node(store);
  node.start();
  node.create("show", sample_performance(4, 10));
  node.create("dance", sample_class(1));
  node.create("talk", sample_class(5));
  // A hold becomes an order with its first payment.
  const auto expired = node.hold("ada", {"stalls-A-1"}).reservation.id;
  CHECK(story_of(orders_in(node), expired).empty());
  reservation_of(node.start_payment(expired, "ada"));
  const auto extended = node.hold("bob", {"stalls-B-1"}).reservation.id;
  reservation_of(node.carry_out({engine::SagaRequest{extended, "bob", engine::ExtendHold{}}, {}}));
  reservation_of(node.carry_out(NodeFixture::cancel(extended, "bob")));
  const auto free = reservation_of(
      node.begin("cem", {leg("dance", engine::Quantity{1}), leg("talk", engine::Quantity{1})}));
  CHECK(
      rejection_of(
          node.begin("dot", {leg("talk", engine::Quantity{1}), leg("dance", engine::Quantity{1})}))
      == engine::Rejection::sold_out);
  node.clock += 11 * 60'000;
  node.stop();
  node.start();
  node.saga_when(expired, SagaStatus::expired);
  node.saga_when(extended, SagaStatus::cancelled);

  const auto events = orders_in(node);
  CHECK(story_of(events, expired) == "held, payment_started, expired");
  CHECK(story_of(events, extended) == "held, extended, cancelled");
  CHECK(story_of(events, free.reservation.id) == "held, confirmed");
  std::string refused;
  for (const auto& event : events) {
    if (event.user != "dot") continue;
    refused += std::string(engine::name_of(event.type)) + " ";
    CHECK(saga_in(event).legs.at(1).refusal == engine::Rejection::sold_out);
  }
  CHECK(refused == "cavea.order.rejected ");
}

TEST_CASE("Money that comes too late is told of, whatever becomes of it") {
  persistence::MemoryStore store;
  SagaFixture node(store);
  node.start();
  node.create("show", sample_performance(1, 4));
  const auto late = [&](const std::string& user, const std::string& seat) {
    const auto id = node.hold(user, {seat}).reservation.id;
    reservation_of(node.start_payment(id, user));
    node.till.be_down(true);
    node.clock += 11 * 60'000;
    node.stop();
    node.start();
    node.wait_until([&] { return node.saga(id).payment.state == engine::MoneyState::closing; });
    node.clock += 3 * 60'000;
    node.stop();
    node.start();
    node.saga_when(id, SagaStatus::expired);
    return id;
  };
  const auto rescued = late("alice", "stalls-A-1");
  node.notice(rescued, node.till.pay(rescued));
  node.till.be_down(false);
  node.saga_when(rescued, SagaStatus::confirmed);

  const auto lost = late("bob", "stalls-A-2");
  node.wait_until([&] { return node.counts("show", engine::OfferingKind::performance).held == 0; });
  node.hold("eve", {"stalls-A-2", "stalls-A-3", "stalls-A-4"});
  node.notice(lost, node.till.pay(lost));
  node.till.be_down(false);
  node.wait_until([&] { return node.saga(lost).rescue == engine::RescueState::failed; });

  const auto events = orders_in(node);
  CHECK(story_of(events, rescued).starts_with("held, payment_started, expired, "));
  CHECK(story_of(events, rescued).find("rescued") != std::string::npos);
  CHECK(story_of(events, rescued).ends_with("confirmed"));
  CHECK(story_of(events, lost).starts_with("held, payment_started, expired, rescue_failed"));
}

TEST_CASE("Events of orders have names of their own that never change, however they are read") {
  persistence::MemoryStore store;
  std::vector<Id> before;
  {
    SagaFixture node(store);
    node.start();
    node.create("show", sample_performance(4, 10));
    node.create("yoga", paid_class(30));
    for (int i = 0; i < 10; ++i) {
      const auto user = "user-" + std::to_string(i);
      const auto made = reservation_of(node.begin(
          user,
          {leg("show", engine::BestAvailable{1, {}, {}, false}),
           leg("yoga", engine::Quantity{1})}));
      reservation_of(node.start_payment(made.reservation.id, user));
      node.notice(made.reservation.id, node.till.pay(made.reservation.id));
      node.saga_when(made.reservation.id, SagaStatus::confirmed);
    }
    const auto events = orders_in(node);
    CHECK(events.size() == 40);
    before = ids_of(events);
    CHECK(std::set<Id>(before.begin(), before.end()).size() == before.size());
    for (const std::uint32_t limit : {1, 2, 7}) CHECK(ids_of(orders_in(node, limit)) == before);

    // Beside all else that happened, each has its own name, too.
    ListChanges all;
    all.limit = 1'000;
    const auto page = std::get<ChangePage>(node.ask(all));
    std::set<Id> names;
    for (const auto& event : page.events) CHECK(names.insert(id_of(event)).second);
    CHECK(names.size() > 40);

    // Who asks for some offerings is told of those alone.
    ListChanges some;
    some.filter.offerings = {*engine::OfferingId::from("show")};
    some.limit = 1'000;
    const auto of_show = std::get<ChangePage>(node.ask(some));
    CHECK(of_show.events.size() > 20);
    for (const auto& event : of_show.events) {
      CHECK(std::holds_alternative<engine::OfferingId>(event.subject));
    }
  }
  SagaFixture node(store);
  node.start();
  CHECK(ids_of(orders_in(node)) == before);
}

}  // namespace cavea::tests
