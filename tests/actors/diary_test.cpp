#include "actors/diary_actor.hpp"
#include "actors/limits.hpp"
#include "engine/limits.hpp"
#include "persistence/memory_store.hpp"
#include "tests/actors/saga_fixture.hpp"

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// Offerings that refuse overlaps: nobody has two of them at one time, whatever comes together.

namespace cavea::tests {

namespace {

using engine::OfferingKind;
using engine::Rejection;
using engine::SagaStatus;

constexpr std::int64_t hour = 3'600'000;

/// A class that refuses overlaps, `later` hours after the others, for an hour.
engine::OfferingDefinition strict_class(
    double later, std::uint32_t capacity = 5, std::int64_t price = 0) {
  auto definition = paid_class(capacity);
  std::get<engine::ClassTerms>(definition.terms).price = {price};
  definition.starts_at.ms += static_cast<std::int64_t>(later * hour);
  definition.ends_at = definition.starts_at + engine::Duration{hour};
  definition.sale_closes_at = definition.starts_at;
  definition.refuse_overlaps = true;
  return definition;
}

struct DiaryFixture : SagaFixture {
  explicit DiaryFixture(persistence::Store& store) : SagaFixture(store) { start(); }

  engine::Answer take(
      const std::string& offering, const std::string& user, std::uint32_t count = 1) {
    return carry_out(claim(offering, user, engine::Quantity{count}));
  }

  /// Two classes at one time, and one later.
  void create_paid() {
    create("flow", strict_class(0, 5, 1'500));
    create("yin", strict_class(0.5, 5, 1'500));
    create("late", strict_class(2, 5, 1'500));
  }

  std::uint32_t free_of(const std::string& offering) {
    return counts(offering, OfferingKind::klass).free;
  }

  /// What stands in the way.
  engine::Overlap overlap_of(const engine::Answer& answer) {
    CHECK(rejection_of(answer) == Rejection::overlapping_reservation);
    const auto& overlap = std::get<engine::Refusal>(answer).overlap;
    REQUIRE(overlap.has_value());
    return *overlap;
  }

  engine::ReservationId wait(
      const std::string& offering,
      const std::string& user,
      bool at_once,
      std::uint32_t party_size = 1) {
    engine::JoinWaitingList join;
    join.user = user;
    join.wish.party_size = party_size;
    join.book_at_once = at_once;
    const auto answer =
        carry_out({engine::OfferingRequest{*engine::OfferingId::from(offering), join}, {}});
    REQUIRE(std::holds_alternative<engine::WaitingView>(answer));
    return std::get<engine::WaitingView>(answer).items.at(0).record.party.id;
  }

  /// The reservation once it stands so.
  void reservation_when(engine::ReservationId id, engine::ReservationStatus status) {
    wait_until([&] {
      const auto answer = ask(engine::GetReservation{id, ""});
      const auto* view = std::get_if<engine::ReservationView>(&answer);
      return view != nullptr && view->reservation.status == status;
    });
  }
};

}  // namespace

TEST_CASE(
    "Who has a class at that time is refused another, and may have it once that is given up") {
  persistence::MemoryStore store;
  DiaryFixture node(store);
  node.create("flow", strict_class(0));
  node.create("yin", strict_class(0.5));
  node.create("after", strict_class(1));
  const auto first = reservation_of(node.take("flow", "ann")).reservation;

  const auto overlap = node.overlap_of(node.take("yin", "ann"));
  CHECK(overlap.reservation == first.id);
  CHECK(overlap.offering.view() == "flow");
  CHECK(overlap.definition != nullptr);
  CHECK(node.free_of("yin") == 5);

  // Neither other people, nor more of the same, nor what begins when that ends.
  reservation_of(node.take("yin", "bob"));
  reservation_of(node.take("flow", "ann"));
  reservation_of(node.take("after", "ann"));

  reservation_of(node.carry_out(NodeFixture::cancel(first.id, "ann")));
  // The other place of it is still there.
  node.overlap_of(node.take("yin", "ann"));
}

TEST_CASE("What was reserved counts where it is now: after a restart, and at its new time") {
  persistence::MemoryStore store;
  DiaryFixture node(store);
  node.create("flow", strict_class(0));
  node.create("yin", strict_class(3));
  // An offering that refuses nothing is in the way of one that does, not the reverse.
  auto open = strict_class(3.5);
  open.refuse_overlaps = false;
  node.create("open", open);
  reservation_of(node.take("flow", "ann"));
  reservation_of(node.take("open", "bob"));
  node.stop();
  node.start();
  node.overlap_of(node.take("yin", "bob"));
  reservation_of(node.take("yin", "cid"));
  reservation_of(node.take("open", "cid"));

  auto moved = strict_class(2.5);
  node.carry_out(
      {engine::OfferingRequest{
           *engine::OfferingId::from("flow"),
           engine::ChangeOffering{
               std::make_shared<const engine::OfferingDefinition>(moved), engine::Revision{1}}},
       {}});
  node.overlap_of(node.take("yin", "ann"));

  // What was cancelled by its administrators takes place at no time.
  node.carry_out(
      {engine::OfferingRequest{
           *engine::OfferingId::from("yin"), engine::CancelOffering{"no teacher", {}}},
       {}});
  reservation_of(node.take("flow", "cid"));
}

TEST_CASE("Of many claims of one person at one moment, on many shards, one succeeds") {
  persistence::MemoryStore store;
  DiaryFixture node(store);
  constexpr int offerings = 24;
  constexpr int rounds = 20;
  for (int i = 0; i < offerings; ++i) {
    node.create("class-" + std::to_string(i), strict_class(0.02 * i, rounds * 2));
  }
  for (int round = 0; round < rounds; ++round) {
    const auto user = "user-" + std::to_string(round);
    std::vector<std::uint64_t> tickets;
    for (int i = 0; i < offerings; ++i) {
      tickets.push_back(node.send(NodeFixture::claim(
          "class-" + std::to_string(i),
          user,
          engine::Quantity{1},
          "k-" + user + std::to_string(i))));
    }
    int taken = 0;
    for (const auto ticket : tickets) {
      const auto answer = node.sink.wait_for(ticket);
      if (std::holds_alternative<engine::ReservationView>(answer)) {
        ++taken;
      } else {
        node.overlap_of(answer);
      }
    }
    CHECK(taken == 1);
  }
}

TEST_CASE("A key that is asked for again while the diary is looked up stands for one reservation") {
  persistence::MemoryStore store;
  DiaryFixture node(store);
  node.create("flow", strict_class(0));
  const auto request = NodeFixture::claim("flow", "ann", engine::Quantity{1}, "once");
  std::vector<std::uint64_t> tickets;
  for (int i = 0; i < 50; ++i) tickets.push_back(node.send(request));
  for (const auto ticket : tickets) {
    const auto answer = node.sink.wait_for(ticket);
    if (std::holds_alternative<engine::Refusal>(answer)) {
      CHECK(rejection_of(answer) == Rejection::idempotency_key_running);
    }
  }
  reservation_of(node.carry_out_when_free(request));
  CHECK(node.free_of("flow") == 4);
}

TEST_CASE("A reservation of two classes at one time is refused, and gives the first one back") {
  persistence::MemoryStore store;
  DiaryFixture node(store);
  node.create_paid();
  const auto refused =
      node.begin("ann", {leg("flow", engine::Quantity{1}), leg("yin", engine::Quantity{1})});
  const auto overlap = node.overlap_of(refused);
  CHECK(std::get<engine::Refusal>(refused).item == 1U);
  CHECK(overlap.offering.view() == "flow");

  // What is on its way back stands in no way, nor does an order that was cancelled a moment ago.
  auto alone = reservation_of(node.take("yin", "ann")).reservation.id;
  reservation_of(node.carry_out(NodeFixture::cancel(alone, "ann")));
  const auto first = reservation_of(
      node.begin("ann", {leg("late", engine::Quantity{1}), leg("flow", engine::Quantity{1})}));
  reservation_of(node.carry_out(
      {engine::SagaRequest{first.reservation.id, "ann", engine::CancelPlaces{}}, {}}));
  alone = reservation_of(node.take("yin", "ann")).reservation.id;
  reservation_of(node.carry_out(NodeFixture::cancel(alone, "ann")));

  const auto both = reservation_of(
      node.begin("ann", {leg("flow", engine::Quantity{1}), leg("late", engine::Quantity{1})}));
  // It stands in the way by the name that its person knows.
  CHECK(node.overlap_of(node.take("yin", "ann")).reservation == both.reservation.id);
}

TEST_CASE("A class is exchanged for another at the same time, but not for a third") {
  persistence::MemoryStore store;
  DiaryFixture node(store);
  node.create_paid();
  node.create("tea", strict_class(2.5, 5, 1'500));
  const auto id =
      reservation_of(
          node.begin("ann", {leg("flow", engine::Quantity{1}), leg("late", engine::Quantity{1})}))
          .reservation.id;
  reservation_of(node.start_payment(id, "ann"));
  node.notice(id, node.till.pay(id));
  node.saga_when(id, SagaStatus::confirmed);

  const auto exchange = [&](std::uint32_t item, const std::string& offering) {
    engine::BeginExchange begin;
    begin.gives.push_back({.leg = item, .seats = {}, .quantity = 1, .places = {}});
    begin.legs.push_back(leg(offering, engine::Quantity{1}));
    return node.carry_out({engine::SagaRequest{id, "ann", std::move(begin)}, {}});
  };
  node.overlap_of(exchange(0, "tea"));
  reservation_of(exchange(0, "yin"));
  CHECK(node.free_of("flow") == 5);
  CHECK(node.free_of("yin") == 4);
}

TEST_CASE("An offer is the person's only if they have time for it then") {
  persistence::MemoryStore store;
  DiaryFixture node(store);
  node.create("flow", strict_class(0, 1));
  node.create("paid", strict_class(0, 1, 1'500));
  node.create("yin", strict_class(0.5));
  const auto flow = reservation_of(node.take("flow", "zoe")).reservation.id;
  const auto paid = reservation_of(node.take("paid", "zed")).reservation.id;
  const auto offered = node.wait("flow", "ann", false);
  const auto offered_paid = node.wait("paid", "bob", false);
  const auto ann = reservation_of(node.take("yin", "ann")).reservation.id;
  const auto bob = reservation_of(node.take("yin", "bob")).reservation.id;
  reservation_of(node.carry_out(NodeFixture::cancel(flow, "zoe")));
  reservation_of(node.carry_out(NodeFixture::cancel(paid, "zed")));

  const auto accept = [&] {
    return node.carry_out({engine::ReservationRequest{offered, "ann", engine::AcceptOffer{}}, {}});
  };
  CHECK(node.overlap_of(accept()).reservation == ann);
  CHECK(node.overlap_of(node.start_payment(offered_paid, "bob")).reservation == bob);
  // Nothing was lost by asking.
  reservation_of(node.carry_out(NodeFixture::cancel(ann, "ann")));
  reservation_of(node.carry_out(NodeFixture::cancel(bob, "bob")));
  CHECK(reservation_of(accept()).reservation.status == engine::ReservationStatus::confirmed);
  reservation_of(node.start_payment(offered_paid, "bob"));
  node.notice(offered_paid, node.till.pay(offered_paid));
  node.saga_when(offered_paid, SagaStatus::confirmed);
}

TEST_CASE("Who wanted to be booked at once is, if they have time, and else has an offer") {
  persistence::MemoryStore store;
  DiaryFixture node(store);
  node.create("flow", strict_class(0, 2));
  node.create("yin", strict_class(0.5));
  const auto first = reservation_of(node.take("flow", "zoe")).reservation.id;
  const auto second = reservation_of(node.take("flow", "zed")).reservation.id;
  const auto idle = node.wait("flow", "ann", true);
  const auto busy = node.wait("flow", "bob", true);
  const auto other = reservation_of(node.take("yin", "bob")).reservation.id;
  reservation_of(node.carry_out(NodeFixture::cancel(first, "zoe")));
  reservation_of(node.carry_out(NodeFixture::cancel(second, "zed")));
  node.reservation_when(idle, engine::ReservationStatus::confirmed);
  node.reservation_when(busy, engine::ReservationStatus::held);
  const auto accept = [&] {
    return node.carry_out({engine::ReservationRequest{busy, "bob", engine::AcceptOffer{}}, {}});
  };
  // It is asked for after what the shard asked for bob by itself.
  CHECK(node.overlap_of(accept()).reservation == other);
  reservation_of(node.carry_out(NodeFixture::cancel(other, "bob")));
  reservation_of(accept());
}

TEST_CASE("What was kept for a large party is booked for the next one at last, if they have time") {
  persistence::MemoryStore store;
  DiaryFixture node(store);
  node.create("flow", strict_class(0, 5));
  const auto zoe = reservation_of(node.take("flow", "zoe", 5)).reservation.id;
  const auto give_back = [&] {
    engine::CancelReservation one;
    one.quantity = 1;
    reservation_of(node.carry_out({engine::ReservationRequest{zoe, "zoe", one}, {}}));
  };
  node.wait("flow", "large", false, 3);
  for (const auto* later : {"one", "two", "three"}) {
    const auto id = node.wait("flow", later, true);
    give_back();
    node.reservation_when(id, engine::ReservationStatus::confirmed);
  }
  const auto ann = node.wait("flow", "ann", true);
  give_back();
  CHECK(node.counts("flow", OfferingKind::klass).blocked == 1);
  node.clock = strict_class(0).starts_at.ms - engine::limits::kept_until_before.ms;
  node.reservation_when(ann, engine::ReservationStatus::confirmed);
}

TEST_CASE("One person asks for so many at once, and no more") {
  const auto fail = [](const persistence::StoreError& error) { FAIL(error.text); };
  persistence::MemoryStore store;
  persistence::StateReader reader(store, 1);
  persistence::JournalProbe journal_probe;
  actors::ActorsProbe probe;
  caf::actor_system_config config;
  caf::actor_system system(config);
  auto journal = std::make_unique<persistence::Journal>(store, journal_probe, fail);
  actors::Reads reads(reader, *journal, probe, fail, {});
  const auto diary = system.spawn(actors::diary_actor, &reads, fail);

  struct Answer {
    std::optional<engine::Refusal> refusal;
    actors::DiaryTurnPtr turn;
  };

  const auto ask = [&](const std::string& person) {
    auto answered = std::make_shared<std::promise<Answer>>();
    actors::DiaryAsked asked;
    asked.question.person = engine::PersonKey::of(person);
    asked.then = [answered](auto refusal, auto turn) {
      answered->set_value({std::move(refusal), std::move(turn)});
    };
    caf::anon_send(diary, std::move(asked));
    return answered->get_future();
  };
  auto first = ask("ann").get();
  REQUIRE(first.turn != nullptr);
  std::vector<std::future<Answer>> waiting;
  while (waiting.size() + 1 < actors::limits::diary_line_max) waiting.push_back(ask("ann"));
  const auto refusal = ask("ann").get().refusal;
  REQUIRE(refusal.has_value());
  CHECK(refusal->reason == Rejection::overloaded);
  CHECK(ask("bob").get().turn != nullptr);

  // Each has the turn when the one before has given it back.
  first.turn.reset();
  for (auto& next : waiting) CHECK(next.get().turn != nullptr);
  caf::anon_send_exit(diary, caf::exit_reason::user_shutdown);
  system.await_all_actors_done();
  reads.stop();
  journal.reset();
}

TEST_CASE("A diary is open again after an offering's actor died with a claim") {
  persistence::MemoryStore store;
  DiaryFixture node(store);
  node.stop();
  std::atomic<int> deaths{0};
  node.config.before_decision = [&](const engine::OfferingId& id) {
    // The first look asks for the diary, the second takes the place.
    if (id.view() == "flow" && deaths.fetch_add(1) == 2) throw std::runtime_error("a fault");
  };
  node.start();
  node.create("flow", strict_class(0));
  node.create("yin", strict_class(0.5));
  CHECK(rejection_of(node.take("flow", "ann")) == Rejection::outcome_unknown);
  reservation_of(node.take("yin", "ann"));
  auto refused = node.take("flow", "ann");
  // Until its shard knows that the actor is dead, it gives it what comes.
  while (rejection_of(refused) == Rejection::outcome_unknown) refused = node.take("flow", "ann");
  node.overlap_of(refused);
}

}  // namespace cavea::tests
