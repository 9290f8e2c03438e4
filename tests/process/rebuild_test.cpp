#include "persistence/keys.hpp"
#include "persistence/rocks_store.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/node_process.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <set>
#include <string>
#include <vector>

// `cavea rebuild my-page` on the data of a real node.

namespace cavea::test {
namespace {

using Json = nlohmann::json;
using persistence::Column;
using persistence::RocksStore;

Finished rebuild(const TempDir& data, const std::vector<std::string>& more = {}) {
  std::vector<std::string> command{
      CAVEA_BINARY, "rebuild", "my-page", "--data", data.path().string()};
  command.insert(command.end(), more.begin(), more.end());
  return run(command);
}

/// A class with reservations of ten people.
void fill(NodeProcess& node) {
  HttpClient admin(node.url());
  admin.use_token(node.token("admin", "box-office"));
  const Json venue{{"id", "mill"}, {"name", "Mill"}, {"time_zone", "Europe/Berlin"}};
  REQUIRE(admin.post("/v1/venues", venue.dump()).status == 201);
  const Json yoga{
      {"id", "yoga"},
      {"title", "Yoga"},
      {"venue", "mill"},
      {"starts_at", "2031-03-01T20:00:00"},
      {"currency", "EUR"},
      {"capacity", 100},
      {"price", 0}};
  REQUIRE(admin.post("/v1/classes", yoga.dump()).status == 201);
  for (int i = 0; i < 30; ++i) {
    const Json body{
        {"user", "person-" + std::to_string(i % 10)},
        {"items", {{{"offering", "yoga"}, {"quantity", 1}}}}};
    const auto key = "Idempotency-Key: \"key-" + std::to_string(i) + "\"";
    REQUIRE(admin.post("/v1/reservations", body.dump(), {key}).status == 201);
  }
}

std::unique_ptr<RocksStore> open_store(const TempDir& data) {
  auto store = RocksStore::open({.path = (data / "store").string()});
  REQUIRE_MESSAGE(store.has_value(), store.error().text);
  return std::move(store).value();
}

/// Of all shards.
std::set<std::string> lists_in(const RocksStore& store) {
  std::set<std::string> lists;
  for (std::uint16_t shard = 0; shard < 4; ++shard) {
    const auto range = persistence::keys::all({shard}, persistence::keys::Tag::user);
    const auto cursor =
        store.cursor(Column::state, range, range.end(), persistence::Direction::forward);
    for (; cursor->valid(); cursor->next()) lists.emplace(cursor->key());
  }
  return lists;
}

/// Takes a third of the entries away, and makes some up.
void damage(RocksStore& store, const std::set<std::string>& lists) {
  const auto batch = store.make_batch();
  std::size_t number = 0;
  for (const auto& key : lists) {
    if (++number % 3 == 0) batch->remove(Column::state, key);
    auto other = key;
    other.back() ^= 1;
    if (number % 5 == 0) batch->put(Column::state, other, "");
  }
  REQUIRE_FALSE(store.write(*batch, persistence::Durability::unlogged).has_value());
}

}  // namespace

TEST_CASE("Lists of people are made again on the data of a stopped node, and it is sound again") {
  const TempDir data;
  for (const bool is_killed : {false, true}) {
    INFO((is_killed ? "killed" : "stopped"));
    auto node = std::make_unique<NodeProcess>(CAVEA_BINARY, data.path());
    if (!is_killed) fill(*node);
    const auto running = rebuild(data);
    CHECK(running.status.code == 75);
    CHECK(running.error_output.find(data.path().string()) != std::string::npos);
    if (is_killed) {
      node->kill();
    } else {
      REQUIRE(node->stop().code == 0);
    }
    const auto kept = lists_in(*open_store(data));
    REQUIRE(kept.size() == 30);
    damage(*open_store(data), kept);
    CHECK(run({CAVEA_BINARY, "check", "--data", data.path().string()}).status.code == 1);

    const auto planned = rebuild(data, {"--dry-run", "--json"});
    REQUIRE_MESSAGE(planned.status.code == 0, planned.error_output);
    CHECK(Json::parse(planned.output).at("reservations").at("missing") == 10);
    CHECK(Json::parse(planned.output).at("reservations").at("invented") == 6);
    CHECK(Json::parse(planned.output).at("mended") == 16);
    CHECK(lists_in(*open_store(data)) != kept);

    const auto mended = rebuild(data);
    REQUIRE_MESSAGE(mended.status.code == 0, mended.error_output);
    CHECK(mended.output.find("30 entries; 10 missing, 6 of nothing") != std::string::npos);
    CHECK(lists_in(*open_store(data)) == kept);
    CHECK(run({CAVEA_BINARY, "check", "--data", data.path().string()}).status.code == 0);
    const auto again = rebuild(data);
    CHECK(again.status.code == 0);
    CHECK(again.output.find("nothing to mend") != std::string::npos);
  }
}

TEST_CASE("Where there is no data nothing is made, and what cannot be done is said") {
  const TempDir data;
  const auto nothing = rebuild(data);
  CHECK(nothing.status.code == 2);
  CHECK(nothing.error_output.find(data.path().string()) != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(data / "store"));
  CHECK(run({CAVEA_BINARY, "rebuild"}).status.code == 2);
  CHECK(run({CAVEA_BINARY, "rebuild", "my-page", "--help"}).status.code == 0);
}

TEST_CASE("A damaged reservation stops the making of lists before anything is written") {
  const TempDir data;
  {
    NodeProcess node(CAVEA_BINARY, data.path());
    fill(node);
    REQUIRE(node.stop().code == 0);
  }
  std::set<std::string> before;
  {
    const auto store = open_store(data);
    const auto batch = store->make_batch();
    std::size_t damaged = 0;
    for (std::uint16_t shard = 0; shard < 4; ++shard) {
      const auto range = persistence::keys::all({shard}, persistence::keys::Tag::reservation);
      const auto cursor =
          store->cursor(Column::state, range, range.end(), persistence::Direction::forward);
      if (!cursor->valid()) continue;
      batch->put(Column::state, cursor->key(), "\x01no reservation");
      ++damaged;
    }
    REQUIRE(damaged == 1);
    REQUIRE_FALSE(store->write(*batch, persistence::Durability::unlogged).has_value());
    damage(*store, lists_in(*store));
    before = lists_in(*store);
  }
  const auto refused = rebuild(data);
  CHECK(refused.status.code == 65);
  CHECK(refused.error_output.find("reservation") != std::string::npos);
  CHECK(lists_in(*open_store(data)) == before);
}

}  // namespace cavea::test
