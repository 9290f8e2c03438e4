#include "cluster/placement.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace cavea::cluster {
namespace {

std::vector<ServerId> voters(std::uint64_t count) {
  std::vector<ServerId> ids;
  for (std::uint64_t id = 1; id <= count; ++id) ids.push_back({id});
  return ids;
}

}  // namespace

TEST_CASE("the shard of an id never changes") {
  // Data on disk lies where this says; if this test fails, the code is wrong, not the test.
  CHECK(shard_of("hamlet-2026-11-20", 16).value == 4);
  CHECK(shard_of("yoga-morning", 16).value == 13);
  CHECK(shard_of("", 16).value == 6);
  CHECK(shard_of("hamlet-2026-11-20", 1).value == 0);
}

TEST_CASE("ids spread evenly over the shards") {
  std::map<std::uint16_t, int> count;
  for (int i = 0; i < 160'000; ++i) ++count[shard_of("offering-" + std::to_string(i), 16).value];
  REQUIRE(count.size() == 16);
  for (const auto& [shard, n] : count) {
    INFO("shard ", shard);
    CHECK(n > 9'500);
    CHECK(n < 10'500);
  }
}

TEST_CASE("a shard has three different servers, or as many as there are") {
  for (std::uint16_t shard = 0; shard < 100; ++shard) {
    auto chosen = servers_of({shard}, voters(7));
    std::sort(chosen.begin(), chosen.end());
    CHECK(std::unique(chosen.begin(), chosen.end()) == chosen.end());
    CHECK(chosen.size() == 3);
  }
  CHECK(servers_of({5}, voters(1)) == voters(1));
  CHECK(servers_of({5}, voters(2)).size() == 2);
  CHECK(servers_of({5}, {}).empty());
}

TEST_CASE("placement does not depend on the order in which voters are named") {
  auto reversed = voters(9);
  std::reverse(reversed.begin(), reversed.end());
  for (std::uint16_t shard = 0; shard < 100; ++shard) {
    CHECK(servers_of({shard}, voters(9)) == servers_of({shard}, reversed));
  }
}

TEST_CASE("placement never changes") {
  CHECK(servers_of({0}, voters(5)) == std::vector<ServerId>{{5}, {3}, {4}});
  CHECK(servers_of({15}, voters(5)) == std::vector<ServerId>{{1}, {2}, {3}});
}

TEST_CASE("copies and leaders are balanced over the voters") {
  constexpr std::uint16_t shards = 4096;
  std::map<ServerId, int> copies;
  std::map<ServerId, int> first;
  for (std::uint16_t shard = 0; shard < shards; ++shard) {
    const auto chosen = servers_of({shard}, voters(8));
    ++first[chosen.front()];
    for (const auto server : chosen) ++copies[server];
  }
  for (const auto server : voters(8)) {
    INFO("server ", server.value);
    CHECK(copies[server] > shards * 3 / 8 * 9 / 10);
    CHECK(copies[server] < shards * 3 / 8 * 11 / 10);
    CHECK(first[server] > shards / 8 * 8 / 10);
    CHECK(first[server] < shards / 8 * 12 / 10);
  }
}

TEST_CASE("a voter that comes moves only the copies that it takes") {
  int moved = 0;
  for (std::uint16_t shard = 0; shard < 4096; ++shard) {
    const auto before = servers_of({shard}, voters(8));
    const auto after = servers_of({shard}, voters(9));
    for (const auto server : after) {
      if (std::find(before.begin(), before.end(), server) != before.end()) continue;
      CHECK(server == ServerId{9});
      ++moved;
    }
  }
  // A ninth of all copies.
  CHECK(moved > 4096 * 3 / 9 * 9 / 10);
  CHECK(moved < 4096 * 3 / 9 * 11 / 10);
}

}  // namespace cavea::cluster
