#include "persistence/check.hpp"
#include "persistence/format_mark.hpp"
#include "persistence/keys.hpp"
#include "persistence/memory_store.hpp"
#include "persistence/rebuild_my_page.hpp"
#include "tests/actors/saga_fixture.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

// The lists of a person's page, made again out of what they list, against those that a node kept.

namespace cavea::tests {

namespace {

using persistence::Column;
using persistence::Durability;

constexpr std::uint16_t shards = 4;

/// Keys of all lists of all people, with what is stored there (nothing, when they are sound).
std::map<std::string, std::string> lists_in(const persistence::Store& store) {
  std::map<std::string, std::string> lists;
  for (std::uint16_t number = 0; number < shards; ++number) {
    for (const auto& range :
         {persistence::keys::all({number}, persistence::keys::Tag::user),
          persistence::keys::all({number}, persistence::keys::Tag::waiting).tag('u')}) {
      const auto cursor =
          store.cursor(Column::state, range, range.end(), persistence::Direction::forward);
      for (; cursor->valid(); cursor->next()) {
        lists.emplace(cursor->key(), cursor->value().value_or("damaged"));
      }
    }
  }
  return lists;
}

persistence::MyPageRebuilt rebuild(persistence::Store& store, bool is_dry_run = false) {
  auto found = persistence::rebuild_my_page(store, is_dry_run);
  REQUIRE_MESSAGE(found.has_value(), found.error().text);
  return std::move(found).value();
}

void check_sound(const persistence::Store& store) {
  const auto report = persistence::check_store(store);
  REQUIRE(report.has_value());
  for (const auto& problem : report->problems) FAIL_CHECK(problem.where << ": " << problem.what);
}

/// A few people who reserve, pay, extend, exchange, wait, accept, give back and forget, at a few
/// offerings.
class RandomLife {
 public:
  RandomLife(SagaFixture& node, std::uint64_t seed) : node_(node), random_(seed) {}

  void open() {
    auto show = sample_performance(3, 6);
    node_.create("show", show);
    node_.create("yoga", paid_class(6));
    node_.create("dance", sample_class(3));
    node_.create("talk", sample_class(4));
  }

  void step() {
    switch (below(11)) {
      case 0:
      case 1:
        return reserve();
      case 2:
      case 3:
        return begin();
      case 4:
        return wait();
      case 5:
        return pay();
      case 6:
        return extend();
      case 7:
        return accept_or_leave();
      case 8:
        return give_back();
      case 9:
        return exchange();
      default:
        if (below(8) == 0) restart_later();
    }
  }

 private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }

  std::string some_user() { return "person-" + std::to_string(below(7)); }

  std::string some_offering() {
    const std::vector<std::string> names{"show", "yoga", "dance", "talk"};
    return names.at(below(names.size()));
  }

  engine::Claim some_claim(const std::string& offering) {
    const auto count = static_cast<std::uint32_t>(1 + below(2));
    if (offering == "show") return engine::BestAvailable{count, {}, {}, false};
    return engine::Quantity{count};
  }

  void note(const engine::Answer& answer, const std::string& user) {
    if (const auto* view = std::get_if<engine::ReservationView>(&answer)) {
      reservations_.emplace_back(view->reservation.id, user);
    }
  }

  void reserve() {
    const auto offering = some_offering();
    const auto user = some_user();
    note(node_.carry_out(NodeFixture::claim(offering, user, some_claim(offering))), user);
  }

  void begin() {
    const auto user = some_user();
    std::vector<engine::WantedLeg> legs;
    for (std::uint64_t i = 0; i <= 1 + below(2); ++i) {
      const auto offering = some_offering();
      legs.push_back(leg(offering, some_claim(offering)));
    }
    note(node_.begin(user, std::move(legs)), user);
  }

  void wait() {
    engine::JoinWaitingList command;
    command.user = some_user();
    command.wish.party_size = static_cast<std::uint32_t>(1 + below(2));
    command.book_at_once = below(2) == 0;
    const auto offering = some_offering();
    const auto user = command.user;
    const auto answer = node_.carry_out(
        {engine::OfferingRequest{*engine::OfferingId::from(offering), std::move(command)}, {}});
    if (const auto* view = std::get_if<engine::WaitingView>(&answer)) {
      wishes_.emplace_back(view->items.front().record.party.id, user);
    }
  }

  void pay() {
    if (reservations_.empty()) return;
    const auto [id, user] = reservations_.at(below(reservations_.size()));
    const auto answer = node_.start_payment(id, user);
    const auto* view = std::get_if<engine::ReservationView>(&answer);
    if (view == nullptr || view->saga == nullptr || below(3) == 0) return;
    if (view->saga->saga.payment.state == engine::MoneyState::open) {
      node_.notice(id, node_.till.pay(id));
    }
  }

  void extend() {
    if (reservations_.empty()) return;
    const auto [id, user] = reservations_.at(below(reservations_.size()));
    node_.carry_out({engine::SagaRequest{id, user, engine::ExtendHold{}}, {}});
  }

  void accept_or_leave() {
    if (wishes_.empty()) return;
    const auto [id, user] = wishes_.at(below(wishes_.size()));
    if (below(2) == 0) {
      node_.carry_out({engine::ReservationRequest{id, user, engine::LeaveWaitingList{}}, {}});
    } else {
      note(
          node_.carry_out({engine::ReservationRequest{id, user, engine::AcceptOffer{}}, {}}), user);
    }
  }

  /// Also of what was sold without an order.
  void exchange() {
    if (reservations_.empty()) return;
    const auto [id, user] = reservations_.at(below(reservations_.size()));
    engine::BeginExchange begin;
    begin.gives.push_back({.leg = 0, .seats = {}, .quantity = 0, .places = {}});
    const auto offering = some_offering();
    begin.legs.push_back(leg(offering, some_claim(offering)));
    node_.carry_out({engine::SagaRequest{id, user, std::move(begin)}, {}});
  }

  void give_back() {
    if (reservations_.empty()) return;
    const auto [id, user] = reservations_.at(below(reservations_.size()));
    node_.carry_out(NodeFixture::cancel(id, user));
  }

  /// Holds end, offers too.
  void restart_later() {
    node_.clock += 16 * 60'000;
    node_.stop();
    node_.start();
  }

  SagaFixture& node_;
  std::mt19937_64 random_;
  std::vector<std::pair<engine::ReservationId, std::string>> reservations_;
  std::vector<std::pair<engine::WaitingId, std::string>> wishes_;
};

void live(persistence::MemoryStore& store, std::uint64_t seed) {
  REQUIRE_FALSE(
      persistence::claim_store(store, {.shard_count = shards, .node = "node-1"}).has_value());
  SagaFixture node(store);
  node.start();
  RandomLife life(node, seed);
  life.open();
  for (int i = 0; i < 150; ++i) life.step();
}

/// Entries taken away, made up, copied to other people, and given a content; how many of each.
struct Damage {
  std::size_t missing = 0;
  std::size_t invented = 0;
  std::size_t stale = 0;
  std::size_t damaged = 0;
};

Damage damage(persistence::Store& store, std::mt19937_64& random) {
  const auto sound = lists_in(store);
  const auto batch = store.make_batch();
  Damage done;
  for (const auto& [key, nothing] : sound) {
    const auto tail = 2 * sizeof(std::uint64_t);
    auto other = key;
    switch (random() % 6) {
      case 0:
        batch->remove(Column::state, key);
        ++done.missing;
        break;
      case 1:
        batch->put(Column::state, key, "content");
        ++done.damaged;
        break;
      case 2:  // Another person has it, too.
        other[other.size() - tail - 1] ^= 1;
        if (sound.contains(other)) break;
        batch->put(Column::state, other, "");
        ++done.stale;
        break;
      case 3:  // Of nothing that is there.
        other.back() ^= 1;
        batch->put(Column::state, other, "");
        ++done.invented;
        break;
      case 4:  // No key at all.
        batch->put(Column::state, key + "x", "");
        ++done.invented;
        break;
      default:
        break;
    }
  }
  REQUIRE_FALSE(store.write(*batch, Durability::unlogged).has_value());
  return done;
}

}  // namespace

TEST_CASE("Whatever people did, the lists made again are those that were kept, byte for byte") {
  std::size_t entries = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    INFO("seed " << seed);
    persistence::MemoryStore store;
    live(store, seed);
    check_sound(store);
    const auto kept = lists_in(store);
    entries += kept.size();

    const auto untouched = rebuild(store);
    CHECK(untouched.reservations.mended() + untouched.wishes.mended() == 0);
    CHECK(untouched.reservations.entries + untouched.wishes.entries == kept.size());
    CHECK(lists_in(store) == kept);

    const auto batch = store.make_batch();
    for (const auto& [key, nothing] : kept) batch->remove(Column::state, key);
    REQUIRE_FALSE(store.write(*batch, Durability::unlogged).has_value());
    REQUIRE(lists_in(store).empty());
    const auto rebuilt = rebuild(store);
    CHECK(rebuilt.reservations.missing + rebuilt.wishes.missing == kept.size());
    CHECK(lists_in(store) == kept);
    check_sound(store);
  }
  CHECK(entries > 200);
}

TEST_CASE("Lists that were damaged in every way are mended to what they were") {
  std::mt19937_64 random(7);
  for (std::uint64_t seed = 11; seed <= 14; ++seed) {
    INFO("seed " << seed);
    persistence::MemoryStore store;
    live(store, seed);
    const auto kept = lists_in(store);
    const auto done = damage(store, random);
    REQUIRE(done.missing + done.invented + done.stale + done.damaged > 0);
    const auto damaged = lists_in(store);
    REQUIRE(damaged != kept);

    const auto planned = rebuild(store, true);
    CHECK(lists_in(store) == damaged);
    const auto found = rebuild(store);
    CHECK(planned == found);
    CHECK(found.reservations.missing + found.wishes.missing == done.missing);
    CHECK(found.reservations.damaged + found.wishes.damaged == done.damaged);
    CHECK(found.reservations.stale + found.wishes.stale == done.stale);
    CHECK(found.reservations.invented + found.wishes.invented == done.invented);
    CHECK(found.reservations.entries + found.wishes.entries == kept.size());
    CHECK(lists_in(store) == kept);
    check_sound(store);
  }
}

TEST_CASE("A node goes on with lists that were made again, and people see what is theirs") {
  persistence::MemoryStore store;
  live(store, 21);
  const auto before = lists_in(store);
  const auto batch = store.make_batch();
  for (const auto& [key, nothing] : before) batch->remove(Column::state, key);
  REQUIRE_FALSE(store.write(*batch, Durability::unlogged).has_value());
  rebuild(store);
  SagaFixture node(store);
  node.start();
  std::size_t shown = 0;
  for (int i = 0; i < 7; ++i) {
    engine::ListReservations list;
    list.user = "person-" + std::to_string(i);
    list.limit = 200;
    shown += std::get<engine::ReservationPage>(node.ask(list)).reservations.size();
    engine::ListWaiting wishes;
    wishes.user = list.user;
    wishes.limit = 200;
    shown += std::get<engine::WaitingPage>(node.ask(wishes)).wishes.size();
  }
  CHECK(shown == before.size());
}

}  // namespace cavea::tests
