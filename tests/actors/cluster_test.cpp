#include "persistence/keys.hpp"
#include "tests/actors/cluster_fixture.hpp"

#include <cstdlib>
#include <random>
#include <set>
#include <string>
#include <vector>

// Three nodes in one process, each with its store: what one acknowledged, the others have.

namespace cavea::tests {

namespace {

/// Takes one place of the class for a person, over whoever leads.
engine::ReservationView take(ClusterFixture& cluster, const std::string& user) {
  return reservation_of(
      cluster.carry_out(NodeFixture::claim("yoga", user, engine::Quantity{1}, "key of " + user)));
}

std::vector<engine::ReservationView> take(ClusterFixture& cluster, int count, int from = 0) {
  std::vector<engine::ReservationView> taken;
  for (int i = from; i < from + count; ++i) taken.push_back(take(cluster, "p" + std::to_string(i)));
  return taken;
}

/// Whether a node's own state has all of these.
bool has(NodeFixture& node, const std::vector<engine::ReservationView>& taken) {
  for (const auto& view : taken) {
    const auto answer = node.ask(engine::GetReservation{view.reservation.id, ""});
    const auto* found = std::get_if<engine::ReservationView>(&answer);
    if (found == nullptr || !(found->reservation == view.reservation)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("Nodes that join are brought every shard, and have what was acknowledged before") {
  ClusterFixture cluster;
  cluster.start(0);
  cluster.carry_out(NodeFixture::creation("yoga", sample_class(1'000)));
  auto taken = take(cluster, 20);
  cluster.start(1);
  cluster.start(2);
  for (auto& more : take(cluster, 20, 20)) taken.push_back(std::move(more));
  for (std::size_t i = 0; i < ClusterFixture::size; ++i) {
    cluster.wait_until([&] { return has(cluster.node(i), taken); });
  }
}

TEST_CASE("When the leader dies another one has all that it acknowledged, and goes on") {
  ClusterFixture cluster;
  cluster.start();
  cluster.wait_until_complete();
  cluster.carry_out(NodeFixture::creation("yoga", sample_class(1'000)));
  auto taken = take(cluster, 20);

  for (int round = 1; round <= 3; ++round) {
    const auto leader = cluster.leader_of("yoga");
    INFO("round ", round, ", leader ", leader);
    cluster.crash(leader);
    for (auto& more : take(cluster, 10, round * 100)) taken.push_back(std::move(more));
    CHECK(has(cluster.node(cluster.leader_of("yoga")), taken));
    cluster.start(leader);
    cluster.wait_until([&] { return has(cluster.node(leader), taken); });
  }
}

TEST_CASE(
    "A leader that is cut off acknowledges nothing, and what it promised nobody is forgotten") {
  ClusterFixture cluster(1);
  cluster.start();
  cluster.wait_until_complete();
  cluster.carry_out(NodeFixture::creation("yoga", sample_class(1)));
  const auto old_leader = cluster.leader_of("yoga");
  cluster.network.isolate({old_leader + 1}, true);
  const auto lost = cluster.node(old_leader)
                        .send(NodeFixture::claim("yoga", "ann", engine::Quantity{1}, "ann's"));
  // The others elect one of them; the only place is sold there.
  std::size_t seller = old_leader;
  const auto sold = reservation_of([&] {
    for (;;) {
      for (std::size_t i = 0; i < ClusterFixture::size; ++i) {
        if (i == old_leader) continue;
        auto answer =
            cluster.node(i).carry_out(NodeFixture::claim("yoga", "bob", engine::Quantity{1}));
        if (!std::holds_alternative<engine::ReservationView>(answer)) continue;
        seller = i;
        return answer;
      }
    }
  }());
  CHECK(seller != old_leader);
  CHECK(
      rejection_of(cluster.node(old_leader).sink.wait_for(lost))
      == engine::Rejection::outcome_unknown);

  cluster.network.isolate({old_leader + 1}, false);
  cluster.wait_until([&] { return has(cluster.node(old_leader), {sold}); });
  CHECK(
      rejection_of(
          cluster.carry_out(NodeFixture::claim("yoga", "ann", engine::Quantity{1}, "ann's")))
      == engine::Rejection::sold_out);
}

namespace {

std::uint32_t sold(NodeFixture& node) {
  const auto answer =
      node.ask(engine::GetOffering{engine::OfferingKind::klass, *engine::OfferingId::from("yoga")});
  REQUIRE(std::holds_alternative<engine::OfferingView>(answer));
  return std::get<engine::OfferingView>(answer).counts.sold;
}

/// A founder that has sold so much that its log begins late, and two that are still to come.
struct LateNodes : ClusterFixture {
  LateNodes() : ClusterFixture(1) {
    for (std::size_t i = 0; i < size; ++i) node(i).config.log_entries_max = 64;
    start(0);
    carry_out(NodeFixture::creation("yoga", sample_class(10'000)));
    taken = take(*this, 1'500);
    wait_until([&] { return node(0).probe->snapshots.value() > 4; });
  }

  std::vector<engine::ReservationView> taken;
};

}  // namespace

TEST_CASE("Who comes when the log does not go back far enough is given a copy of the state") {
  LateNodes cluster;
  cluster.start(1);
  cluster.start(2);
  // Places are sold meanwhile.
  for (int i = 0; i < 200; ++i) cluster.taken.push_back(take(cluster, "q" + std::to_string(i)));
  cluster.wait_until_complete();
  for (std::size_t i = 0; i < ClusterFixture::size; ++i) {
    cluster.wait_until([&] { return has(cluster.node(i), cluster.taken); });
    CHECK(cluster.node(i).probe->copies_installed.value() == (i == 0 ? 0 : 1));
  }

  // And can go on with it.
  cluster.crash(0);
  for (auto& more : take(cluster, 10, 5'000)) cluster.taken.push_back(std::move(more));
  CHECK(has(cluster.node(cluster.leader_of("yoga")), cluster.taken));
  CHECK(sold(cluster.node(cluster.leader_of("yoga"))) == cluster.taken.size());
}

TEST_CASE("A copy that is cut short by a crash is begun again") {
  LateNodes cluster;
  cluster.network.lose_fetches_after(1);
  cluster.start(1);
  cluster.wait_until([&] { return cluster.network.fetches_left() == 0; });
  cluster.wait_until([&] {
    return cluster.stores.at(1)
        .get(persistence::Column::state, persistence::keys::copy_mark({0}))
        .value()
        .has_value();
  });
  // What is there of the copy is on the disk.
  REQUIRE_FALSE(cluster.stores.at(1).persist(persistence::Column::state).has_value());
  cluster.crash(1);
  cluster.network.lose_fetches_after(SIZE_MAX);
  cluster.start(1);
  cluster.start(2);
  cluster.wait_until_complete();
  for (std::size_t i = 0; i < ClusterFixture::size; ++i) {
    cluster.wait_until([&] { return has(cluster.node(i), cluster.taken); });
  }
}

TEST_CASE("Whatever becomes of the leader while people claim, nothing is sold twice or forgotten") {
  const char* asked = std::getenv("CLUSTER_SEED");
  const auto seed = asked == nullptr ? std::random_device{}() : std::stoul(asked);
  INFO("CLUSTER_SEED=", seed);
  std::mt19937_64 random(seed);
  constexpr std::uint32_t capacity = 100;
  constexpr int rounds = 8;
  constexpr int claims = 20;

  ClusterFixture cluster(1);
  cluster.start();
  cluster.wait_until_complete();
  cluster.carry_out(NodeFixture::creation("yoga", sample_class(capacity)));
  std::vector<engine::ReservationView> taken;
  int refused = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto leader = cluster.leader_of("yoga");
    std::vector<engine::CommandRequest> asked_for;
    for (int i = 0; i < claims; ++i) {
      const auto user = "p" + std::to_string(round * claims + i);
      asked_for.push_back(NodeFixture::claim("yoga", user, engine::Quantity{1}, "key of " + user));
    }
    // Some are decided, on their way, or not there yet when it happens.
    for (const auto& request : asked_for) cluster.node(leader).send(request);
    const auto fault = random() % 3;
    if (fault == 0) cluster.crash(leader);
    if (fault == 1) cluster.network.isolate({leader + 1}, true);
    // Everybody asks again until they know, those who know already, too.
    for (const auto& request : asked_for) {
      const auto answer = cluster.carry_out(request);
      if (std::holds_alternative<engine::ReservationView>(answer)) {
        taken.push_back(std::get<engine::ReservationView>(answer));
      } else {
        CHECK(rejection_of(answer) == engine::Rejection::sold_out);
        ++refused;
      }
    }
    if (fault == 0) cluster.start(leader);
    if (fault == 1) cluster.network.isolate({leader + 1}, false);
  }
  CHECK(taken.size() == capacity);
  CHECK(refused == rounds * claims - static_cast<int>(capacity));
  std::set<std::string> ids;
  for (const auto& view : taken) ids.insert(view.reservation.id.str());
  CHECK(ids.size() == capacity);
  for (auto& view : taken) view.replayed = false;
  for (std::size_t i = 0; i < ClusterFixture::size; ++i) {
    cluster.wait_until([&] { return has(cluster.node(i), taken); });
    CHECK(sold(cluster.node(i)) == capacity);
  }
}

}  // namespace cavea::tests
