#include "tests/cluster/simulated_cluster.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace cavea::cluster {
namespace {

const std::vector<ServerId> three{{1}, {2}, {3}};

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return text;
}

/// Runs a shard of three voters under faults, then without, and expects that it works again.
void run_with_faults(std::uint64_t seed, const SimulatedCluster::Faults& faults) {
  INFO("seed ", seed);
  SimulatedCluster cluster(seed);
  cluster.add_three_voters();
  cluster.run(2000);
  REQUIRE(cluster.leader() != nullptr);

  cluster.faults = faults;
  for (int i = 0; i < 1000; ++i) {
    cluster.run(cluster.up_to(20));
    cluster.propose();
  }
  cluster.heal();
  cluster.run(5000);
  REQUIRE(cluster.leader() != nullptr);
  const auto acknowledged_before = cluster.acknowledged().size();
  REQUIRE(cluster.propose());
  cluster.run(1000);

  CHECK(cluster.acknowledged().size() == acknowledged_before + 1);
  CHECK(joined(cluster.faults_found(three)) == "");
}

}  // namespace

TEST_CASE("three voters lose nothing when messages are dropped, delayed, reordered and repeated") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    run_with_faults(seed, {.drop = 0.1, .duplicate = 0.1, .delay_ms_max = 40});
  }
}

TEST_CASE("three voters lose nothing when servers crash and forget what was not synced") {
  for (std::uint64_t seed = 100; seed < 120; ++seed) {
    run_with_faults(seed, {.crash = 0.002, .delay_ms_max = 10, .sync = 0.1});
  }
}

TEST_CASE("three voters lose nothing when crashes, partitions, bad links and snapshots meet") {
  for (std::uint64_t seed = 200; seed < 240; ++seed) {
    run_with_faults(
        seed,
        {.drop = 0.05,
         .duplicate = 0.05,
         .crash = 0.001,
         .partition = 0.002,
         .snapshot = 0.02,
         .delay_ms_max = 20,
         .sync = 0.2});
  }
}

TEST_CASE("the same seed gives the same run") {
  const auto run = [] {
    SimulatedCluster cluster(7);
    cluster.add_three_voters();
    cluster.faults = {.drop = 0.1, .crash = 0.002, .snapshot = 0.01};
    for (int i = 0; i < 200; ++i) {
      cluster.run(10);
      cluster.propose();
    }
    return cluster.server({1}).applied();
  };
  CHECK(run() == run());
}

}  // namespace cavea::cluster
