#include "tests/cluster/simulated_cluster.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace cavea::cluster {
namespace {

constexpr ServerId first{1};
constexpr ServerId second{2};
constexpr ServerId third{3};

void add_first(SimulatedCluster& cluster) {
  const auto state = Replica::bootstrap(first);
  StoredShard disk;
  disk.hard_state = state.hard_state;
  for (const auto& entry : state.entries) disk.log[entry.index] = entry;
  cluster.add(first, disk);
}

void propose(SimulatedCluster& cluster, int count) {
  for (int i = 0; i < count; ++i) {
    REQUIRE(cluster.propose());
    cluster.run(2);
  }
}

void carry_out(SimulatedServer& server, const Replica::Proposed& proposed) {
  REQUIRE(proposed.has_value());
  server.carry_out(proposed->effects);
}

/// As an operator does it: a spare, caught up while the load goes on, then a voter.
void grow_by(SimulatedCluster& cluster, ServerId server) {
  auto* leader = cluster.leader();
  REQUIRE(leader != nullptr);
  carry_out(*leader, leader->replica().add_spare(server, cluster.now()));
  cluster.run(100);
  const auto begun = leader->replica().catch_up(server, cluster.now());
  REQUIRE(begun.has_value());
  leader->carry_out(*begun);
  for (int i = 0; i < 500; ++i) {
    if (leader->replica().catch_up_state(server) == Replica::CatchUp::finished) break;
    propose(cluster, 1);
  }
  REQUIRE(leader->replica().catch_up_state(server) == Replica::CatchUp::finished);
  carry_out(*leader, leader->replica().assign_role(server, ServerRole::voter, cluster.now()));
  cluster.run(200);
  CHECK(leader->replica().configuration().find(server)->role == ServerRole::voter);
}

std::string faults_of(SimulatedCluster& cluster, const std::vector<ServerId>& members) {
  std::string text;
  for (const auto& fault : cluster.faults_found(members)) text += fault + "\n";
  return text;
}

}  // namespace

TEST_CASE("a shard grows from one voter to three under load, and goes on without the first") {
  SimulatedCluster cluster(1);
  cluster.faults.delay_ms_max = 3;
  add_first(cluster);
  propose(cluster, 1000);
  cluster.run(50);
  cluster.server(first).take_snapshot(50, cluster.now());
  cluster.run(50);

  cluster.add(second);
  cluster.add(third);
  grow_by(cluster, second);
  CHECK(cluster.server(second).disk().snapshot.has_value());
  grow_by(cluster, third);
  propose(cluster, 100);

  const auto moved = cluster.server(first).replica().transfer_leadership(second, cluster.now());
  REQUIRE(moved.has_value());
  cluster.server(first).carry_out(*moved);
  cluster.run(1000);
  REQUIRE(cluster.leader() != nullptr);
  CHECK(cluster.leader()->id() == second);
  propose(cluster, 100);

  cluster.crash(second);
  cluster.run(3000);
  REQUIRE(cluster.leader() != nullptr);
  propose(cluster, 100);
  cluster.restart(second);
  cluster.run(3000);
  CHECK(faults_of(cluster, {first, second, third}) == "");
  CHECK(cluster.acknowledged().size() >= 1300);
}

TEST_CASE("growing survives a crash of the first voter at any moment") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    INFO("seed ", seed);
    SimulatedCluster cluster(seed);
    cluster.faults.sync = 0.2;
    add_first(cluster);
    cluster.add(second);
    propose(cluster, 20);
    cluster.run(100);
    auto& leader = cluster.server(first);
    carry_out(leader, leader.replica().add_spare(second, cluster.now()));
    cluster.run(100);
    const auto begun = leader.replica().catch_up(second, cluster.now());
    REQUIRE(begun.has_value());
    leader.carry_out(*begun);
    for (int i = 0; i < 1000; ++i) {
      if (leader.replica().catch_up_state(second) == Replica::CatchUp::finished) break;
      cluster.run(1);
    }
    carry_out(leader, leader.replica().assign_role(second, ServerRole::voter, cluster.now()));
    cluster.run(cluster.up_to(30));
    cluster.crash(first);
    cluster.run(cluster.up_to(2000));
    cluster.restart(first);
    cluster.run(5000);
    REQUIRE(cluster.leader() != nullptr);
    propose(cluster, 5);
    cluster.run(500);
    CHECK(faults_of(cluster, {first}) == "");
  }
}

TEST_CASE("members that come, go and change under faults never cost a committed command") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    INFO("seed ", seed);
    SimulatedCluster cluster(seed);
    add_first(cluster);
    for (std::uint64_t id = 2; id <= 5; ++id) cluster.add({id});
    cluster.run(1000);
    cluster.faults = {
        .drop = 0.05,
        .duplicate = 0.05,
        .crash = 0.001,
        .partition = 0.001,
        .snapshot = 0.02,
        .delay_ms_max = 20,
        .sync = 0.2};
    for (int i = 0; i < 600; ++i) {
      cluster.run(cluster.up_to(20));
      cluster.propose();
      if (cluster.chance(0.3)) cluster.change_members_at_random();
    }
    cluster.heal();
    cluster.run(8000);
    REQUIRE(cluster.leader() != nullptr);
    REQUIRE(cluster.propose());
    cluster.run(1500);
    std::vector<ServerId> members;
    for (const auto& member : cluster.leader()->replica().configuration().servers) {
      if (member.role == ServerRole::voter) members.push_back(member.id);
    }
    CHECK(faults_of(cluster, members) == "");
  }
}

TEST_CASE("a server that has everything already finishes catching up on an idle shard") {
  SimulatedCluster cluster(3);
  add_first(cluster);
  cluster.add(second);
  auto& leader = cluster.server(first);
  carry_out(leader, leader.replica().add_spare(second, cluster.now()));
  cluster.run(50);
  for (int round = 0; round < 2; ++round) {
    const auto begun = leader.replica().catch_up(second, cluster.now());
    REQUIRE(begun.has_value());
    leader.carry_out(*begun);
    cluster.run(1000);
    CHECK(leader.replica().catch_up_state(second) == Replica::CatchUp::finished);
  }
  // It is still a spare, so the leader sends it nothing and must not want to be called for it.
  CHECK(leader.replica().next_timeout() > cluster.now());
}

TEST_CASE("one change of the members at a time, and none that makes no sense") {
  SimulatedCluster cluster(4);
  add_first(cluster);
  auto& leader = cluster.server(first);
  auto& replica = leader.replica();
  const auto now = cluster.now();
  const auto refusal = [](const auto& outcome) {
    return outcome ? std::nullopt : std::optional(outcome.error());
  };

  CHECK(refusal(replica.add_spare(first, now)) == Refusal::wrong_role);
  CHECK(refusal(replica.remove_server(second, now)) == Refusal::unknown_server);
  CHECK(refusal(replica.remove_server(first, now)) == Refusal::wrong_role);
  CHECK(refusal(replica.assign_role(first, ServerRole::spare, now)) == Refusal::wrong_role);
  CHECK(refusal(replica.catch_up(first, now)) == Refusal::wrong_role);
  CHECK(refusal(replica.catch_up(second, now)) == Refusal::unknown_server);
  CHECK(refusal(replica.transfer_leadership(std::nullopt, now)) == Refusal::wrong_role);
  CHECK(refusal(replica.transfer_leadership(second, now)) == Refusal::wrong_role);

  carry_out(leader, replica.add_spare(second, now));
  CHECK(refusal(replica.add_spare(third, now)) == Refusal::change_in_progress);
  cluster.run(50);
  CHECK(refusal(replica.assign_role(second, ServerRole::spare, now)) == Refusal::wrong_role);
  CHECK(refusal(replica.transfer_leadership(second, now)) == Refusal::wrong_role);
  const auto begun = replica.catch_up(second, cluster.now());
  REQUIRE(begun.has_value());
  CHECK(refusal(replica.add_spare(third, cluster.now())) == Refusal::change_in_progress);
  CHECK(refusal(replica.catch_up(second, cluster.now())) == Refusal::change_in_progress);
}

TEST_CASE("a server that was taken out no longer counts") {
  SimulatedCluster cluster(5);
  cluster.add_three_voters();
  cluster.run(2000);
  auto* leader = cluster.leader();
  REQUIRE(leader != nullptr);
  const ServerId gone = leader->id() == third ? second : third;
  carry_out(*leader, leader->replica().remove_server(gone, cluster.now()));
  cluster.run(200);
  CHECK(leader->replica().configuration().find(gone) == nullptr);
  CHECK(leader->replica().configuration().voter_count() == 2);
  propose(cluster, 10);
  cluster.run(3000);
  CHECK(cluster.leader() == leader);
  CHECK(cluster.acknowledged().size() == 10);
}

}  // namespace cavea::cluster
