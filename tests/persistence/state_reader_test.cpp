#include "persistence/state_reader.hpp"

#include "node_of_shards.hpp"
#include "persistence/keys.hpp"
#include "persistence/memory_store.hpp"
#include "persistence/text_match.hpp"
#include "watched_store.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace cavea::persistence {

namespace {

using test::created;
using test::Node;
using test::sale;
using test::shard_count;

/// `count` classes, three with the same start each, spread over the shards.
void add_classes(Node& node, int count) {
  for (int i = 0; i < count; ++i) {
    auto definition = test::class_definition(10, 0);
    definition.title = i % 10 == 0 ? "Aerial Yoga " + std::to_string(i) : "Dance";
    definition.starts_at.ms += i / 3 * 60'000;
    definition.venue = test::venue_id(i % 2 == 0 ? "even" : "odd");
    node.commit(
        static_cast<std::uint16_t>(i % shard_count),
        created(test::offering_id("class-" + std::to_string(i)), definition));
  }
}

engine::ListOfferings classes() {
  engine::ListOfferings query;
  query.kind = engine::OfferingKind::klass;
  query.limit = 7;
  query.now = test::new_year;
  return query;
}

/// All pages of a list, checked to be in order.
std::vector<engine::OfferingView> all_pages(
    const StateReader& reader, engine::ListOfferings query) {
  std::vector<engine::OfferingView> all;
  for (;;) {
    auto page = reader.offerings(query);
    REQUIRE_MESSAGE(page.has_value(), page.error().text);
    CHECK(page->offerings.size() <= query.limit);
    for (auto& view : page->offerings) all.push_back(std::move(view));
    if (!page->next) break;
    query.after = page->next;
  }
  const auto before = [](const auto& a, const auto& b) {
    return std::tie(a.definition->starts_at, a.id) < std::tie(b.definition->starts_at, b.id);
  };
  CHECK(std::is_sorted(all.begin(), all.end(), before));
  return all;
}

std::vector<engine::Reservation> all_pages(
    const StateReader& reader, engine::ListReservations query) {
  std::vector<engine::Reservation> all;
  for (;;) {
    auto page = reader.reservations(query);
    REQUIRE_MESSAGE(page.has_value(), page.error().text);
    CHECK(page->reservations.size() <= query.limit);
    for (auto& view : page->reservations) {
      CHECK(view.definition != nullptr);
      all.push_back(std::move(view.reservation));
    }
    if (!page->next) break;
    query.after = page->next;
  }
  CHECK(std::is_sorted(
      all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id > b.id; }));
  return all;
}

}  // namespace

TEST_CASE("Offerings are listed by start over all shards, page by page") {
  Node node;
  add_classes(node, 50);
  node.commit(
      1,
      created(
          test::offering_id("musical"), test::performance_definition(test::make_map(2, 4), 100)));
  CHECK(all_pages(node.reader, classes()).size() == 50);

  auto performances = classes();
  performances.kind = engine::OfferingKind::performance;
  CHECK(all_pages(node.reader, performances).size() == 1);
}

TEST_CASE("Lists of offerings are filtered by time, text, venue and state of the sale") {
  Node node;
  add_classes(node, 50);
  const auto start = test::class_definition(1, 0).starts_at;
  auto query = classes();
  query.from = start + engine::Duration{60'000};
  query.to = start + engine::Duration{180'000};
  CHECK(all_pages(node.reader, query).size() == 6);

  query = classes();
  query.text = "YOGA aerial";
  CHECK(all_pages(node.reader, query).size() == 5);
  query.text = "yoga opera";
  CHECK(all_pages(node.reader, query).empty());

  query = classes();
  query.venue = test::venue_id("odd");
  CHECK(all_pages(node.reader, query).size() == 25);

  query = classes();
  query.state = engine::SaleState::on_sale;
  CHECK(all_pages(node.reader, query).size() == 50);
  query.state = engine::SaleState::sold_out;
  CHECK(all_pages(node.reader, query).empty());
}

TEST_CASE("A page looks at a bounded number of offerings, and the next one goes on behind them") {
  Node node;
  Turn turn;
  const auto count = StateReader::candidates_max + 10;
  for (std::size_t i = 0; i < count; ++i) {
    auto definition = test::class_definition(10, 0);
    definition.starts_at.ms += static_cast<std::int64_t>(i);
    if (i + 1 == count) definition.title = "The needle";
    turn.changes.emplace_back(
        created(test::offering_id("class-" + std::to_string(i)), std::move(definition)));
  }
  node.shards[0]->commit(turn);
  auto query = classes();
  query.text = "needle";
  const auto first = node.reader.offerings(query);
  REQUIRE(first.has_value());
  CHECK(first->offerings.empty());
  REQUIRE(first->next.has_value());
  query.after = first->next;
  const auto second = node.reader.offerings(query);
  REQUIRE(second.has_value());
  CHECK(second->offerings.size() == 1);
  CHECK_FALSE(second->next.has_value());
}

TEST_CASE("Reservations are listed newest first, of a user, of an offering, or all") {
  Node node;
  for (std::uint16_t shard = 0; shard < shard_count; ++shard) {
    node.commit(
        shard,
        created(
            test::offering_id("yoga-" + std::to_string(shard)), test::class_definition(1'000, 0)));
  }
  for (std::uint64_t i = 0; i < 200; ++i) {
    const engine::ShardId shard{static_cast<std::uint16_t>(i % shard_count)};
    node.commit(shard.value, sale(i * 50, shard, i % 5 == 0 ? "ada" : "grace"));
  }
  engine::ListReservations query;
  query.limit = 7;
  CHECK(all_pages(node.reader, query).size() == 200);
  query.user = "ada";
  CHECK(all_pages(node.reader, query).size() == 40);
  query.offering = test::offering_id("yoga-2");
  CHECK(all_pages(node.reader, query).size() == 10);
  query.user.clear();
  CHECK(all_pages(node.reader, query).size() == 50);
  query.user = "nobody";
  CHECK(all_pages(node.reader, query).empty());
}

TEST_CASE("Reservations that have ended stay in every list") {
  Node node;
  const engine::ShardId shard{1};
  test::RandomSales sales(11, shard);
  node.shards[1]->commit(sales.open());
  for (int i = 0; i < 20; ++i) node.shards[1]->commit(sales.turn(20));
  engine::ListReservations query;
  query.limit = 9;
  const auto all = all_pages(node.reader, query);
  CHECK(all.size() == sales.reservations().size());
  std::size_t sum = 0;
  for (const auto& [id, offering] : sales.offerings()) {
    query.offering = id;
    sum += all_pages(node.reader, query).size();
  }
  CHECK(sum == all.size());
}

TEST_CASE("Venues are listed by name over all shards and shared with their seat maps") {
  Node node;
  const auto map = test::make_map(3, 4);
  for (int i = 0; i < 10; ++i) {
    node.commit(
        static_cast<std::uint16_t>(i % shard_count),
        VenueChange{
            .venue = test::venue_id("venue-" + std::to_string(i)),
            .at = test::new_year,
            .event = engine::VenueCreated{test::venue_definition(map)},
            .revision = {1},
            .idempotency = std::nullopt});
  }
  engine::ListVenues query;
  query.limit = 4;
  std::vector<engine::Venue> all;
  for (;;) {
    const auto page = node.reader.venues(query);
    REQUIRE(page.has_value());
    for (const auto& view : page->venues) all.push_back(view.venue);
    if (!page->next) break;
    query.after = page->next;
  }
  REQUIRE(all.size() == 10);
  for (int i = 0; i < 10; ++i) {
    CHECK(all[i].id == test::venue_id("venue-" + std::to_string(i)));
    CHECK(all[i].definition.seat_map == all[0].definition.seat_map);
  }
}

TEST_CASE("A seat map is stored once for all that use it, and goes with the last of them") {
  Node node;
  const engine::ShardId shard{0};
  const auto maps = [&] {
    const auto range = keys::all(shard, keys::Tag::map);
    int count = 0;
    REQUIRE_FALSE(
        node.store
            .scan(Column::state, range, range.end(), [&count](auto, auto) { return ++count > 0; })
            .has_value());
    return count;
  };
  const auto venue = [&](engine::VenueEvent event, std::uint32_t revision) {
    node.commit(
        0,
        VenueChange{
            .venue = test::venue_id("theatre"),
            .at = test::new_year,
            .event = std::move(event),
            .revision = {revision},
            .idempotency = std::nullopt});
  };
  const auto map = test::make_map(3, 4);
  venue(engine::VenueCreated{test::venue_definition(map)}, 1);
  node.commit(0, created(test::offering_id("first"), test::performance_definition(map, 1)));
  // Equal content, though another object.
  node.commit(
      0,
      created(test::offering_id("second"), test::performance_definition(test::make_map(3, 4), 2)));
  CHECK(maps() == 1);
  venue(engine::VenueChanged{test::venue_definition(test::make_map(3, 5))}, 2);
  CHECK(maps() == 2);
  venue(engine::VenueDeleted{}, 3);
  CHECK(maps() == 1);
  CHECK_FALSE(node.reader.venue(shard, test::venue_id("theatre"))->exists());

  const auto first = node.reader.offering(shard, test::offering_id("first"));
  const auto second = node.reader.offering(shard, test::offering_id("second"));
  CHECK(first->definition->performance()->seat_map == second->definition->performance()->seat_map);
}

TEST_CASE("An offering is not loaded while its ended reservations cannot be read") {
  // Else it would count as one whose places nobody ever took, and might change its currency.
  Node node;
  const auto id = test::offering_id("yoga-0");
  node.commit(0, created(id, test::class_definition(10, 0)));
  test::WatchedStore watched(node.store);
  const StateReader reader(watched, shard_count);
  CHECK(reader.offering({0}, id).has_value());
  watched.broken_from = keys::offering_part({0}, id, keys::OfferingTag::ended).view();
  const auto offering = reader.offering({0}, id);
  REQUIRE_FALSE(offering.has_value());
  CHECK(offering.error().kind == StoreError::Kind::io);
}

TEST_CASE("Words are found whatever their case, in title and description") {
  CHECK(TextMatch("").matches("a", "b"));
  CHECK(TextMatch("  ").matches("a", "b"));
  CHECK(TextMatch("yoga MORNING").matches("Morning Yoga", ""));
  CHECK(TextMatch("\xC3\x89"
                  "cole")
            .matches(
                "Danse",
                "\xC3\xA9"
                "COLE"));
  CHECK_FALSE(TextMatch("yoga night").matches("Morning Yoga", "for everybody"));
}

}  // namespace cavea::persistence
