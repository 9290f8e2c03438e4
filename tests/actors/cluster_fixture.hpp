#pragma once

#include "actors/node.hpp"
#include "actors/peer_port.hpp"
#include "cluster/placement.hpp"
#include "persistence/memory_store.hpp"
#include "tests/actors/node_fixture.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace cavea::tests {

/// The network between the nodes of a test: messages arrive, or are lost where a link is cut or the
/// receiver is down.
class LocalNetwork {
 public:
  void attach(cluster::ServerId server, actors::Node* node) {
    const std::lock_guard lock(mutex_);
    nodes_[server.value] = node;
  }

  void detach(cluster::ServerId server) { attach(server, nullptr); }

  /// Cuts one off from all others, or lets it in again.
  void isolate(cluster::ServerId server, bool is_isolated) {
    const std::lock_guard lock(mutex_);
    if (is_isolated) {
      isolated_.insert(server.value);
    } else {
      isolated_.erase(server.value);
    }
  }

  /// After so many requests for state the next ones are lost.
  void lose_fetches_after(std::size_t count) {
    const std::lock_guard lock(mutex_);
    fetches_left_ = count;
  }

  std::size_t fetches_left() {
    const std::lock_guard lock(mutex_);
    return fetches_left_;
  }

  bool is_up(cluster::ServerId from, cluster::ServerId to) {
    const std::lock_guard lock(mutex_);
    return find(from, to) != nullptr;
  }

  void send(cluster::ServerId from, engine::ShardId shard, cluster::Message message) {
    const std::lock_guard lock(mutex_);
    auto* node = find(from, message.peer);
    if (node == nullptr) return;
    message.peer = from;
    node->receive(shard, std::move(message));
  }

  void fetch(
      cluster::ServerId from,
      cluster::ServerId to,
      actors::StateRequest request,
      std::function<void(std::optional<persistence::StatePart>)> then) {
    const std::lock_guard lock(mutex_);
    if (fetches_left_ == 0) return;
    --fetches_left_;
    if (auto* node = find(from, to)) node->give_state(std::move(request), std::move(then));
  }

 private:
  actors::Node* find(cluster::ServerId from, cluster::ServerId to) {
    if (isolated_.contains(from.value) || isolated_.contains(to.value)) return nullptr;
    return nodes_[to.value];
  }

  std::mutex mutex_;
  std::map<std::uint64_t, actors::Node*> nodes_;
  std::set<std::uint64_t> isolated_;
  std::size_t fetches_left_ = SIZE_MAX;
};

/// How one node of a test sees the network.
class LocalPeers final : public actors::PeerPort {
 public:
  LocalPeers(LocalNetwork& network, cluster::ServerId self) : network_(network), self_(self) {}

  [[nodiscard]] bool is_up(cluster::ServerId server) const noexcept override {
    return network_.is_up(self_, server);
  }

  void send(engine::ShardId shard, cluster::Message message) noexcept override {
    network_.send(self_, shard, std::move(message));
  }

  void fetch(
      cluster::ServerId from,
      actors::StateRequest request,
      std::function<void(std::optional<persistence::StatePart>)> then) noexcept override {
    network_.fetch(self_, from, std::move(request), std::move(then));
  }

 private:
  LocalNetwork& network_;
  cluster::ServerId self_;
};

/// Three nodes with every shard on each. The first one founds them.
class ClusterFixture {
 public:
  static constexpr std::size_t size = 3;

  explicit ClusterFixture(std::uint16_t shard_count = 2) {
    for (std::size_t i = 0; i < size; ++i) {
      members_.push_back({i + 1});
      peers_.at(i) = std::make_unique<LocalPeers>(network, members_.back());
    }
    for (std::size_t i = 0; i < size; ++i) {
      auto& node = nodes_.emplace_back(std::make_unique<NodeFixture>(stores.at(i), shard_count));
      node->config.server = members_[i];
      node->config.founds = i == 0;
      node->config.members = members_;
      node->config.peers = peers_.at(i).get();
    }
  }

  ~ClusterFixture() {
    for (std::size_t i = 0; i < size; ++i) stop(i);
  }

  void start() {
    for (std::size_t i = 0; i < size; ++i) start(i);
  }

  /// Every shard is on every node, and votes.
  void wait_until_complete() {
    wait_until([&] {
      std::size_t complete = 0;
      for (std::size_t i = 0; i < size; ++i) {
        for (const auto& shard : nodes_[i]->node->shards()) complete += is_complete(shard) ? 1 : 0;
      }
      return complete == size * nodes_[0]->config.shard_count;
    });
  }

  void start(std::size_t i) {
    nodes_[i]->start();
    network.attach(members_[i], nodes_[i]->node.get());
  }

  void stop(std::size_t i) {
    network.detach(members_[i]);
    nodes_[i]->stop();
  }

  /// The power fails: what was not synced is lost.
  void crash(std::size_t i) {
    stop(i);
    stores.at(i).crash();
  }

  NodeFixture& node(std::size_t i) { return *nodes_[i]; }

  bool is_running(std::size_t i) { return nodes_[i]->node != nullptr; }

  /// Asks node after node until one leads, as a client does that is told `not_ready`.
  engine::Answer carry_out(const engine::CommandRequest& request) {
    return until_ready([&](NodeFixture& node) { return node.carry_out(request); });
  }

  /// The node that leads the shard of an offering.
  std::size_t leader_of(const std::string& offering) {
    std::size_t leader = 0;
    until_ready([&](NodeFixture& node) {
      leader = index_of(node);
      return node.ask(engine::GetSeats{*engine::OfferingId::from(offering)});
    });
    return leader;
  }

  template <class Condition>
  void wait_until(Condition is_met) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!is_met()) {
      if (std::chrono::steady_clock::now() >= deadline) FAIL("it did not come about within 60 s");
      std::this_thread::yield();
    }
  }

  LocalNetwork network;
  std::array<persistence::MemoryStore, size> stores;

 private:
  std::size_t index_of(const NodeFixture& node) const {
    std::size_t i = 0;
    while (nodes_[i].get() != &node) ++i;
    return i;
  }

  template <class Ask>
  engine::Answer until_ready(Ask ask) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    for (;;) {
      for (std::size_t i = 0; i < size; ++i) {
        if (!is_running(i)) continue;
        auto answer = ask(*nodes_[i]);
        const auto* refusal = std::get_if<engine::Refusal>(&answer);
        if (refusal == nullptr || !is_elsewhere(refusal->reason)) return answer;
      }
      if (std::chrono::steady_clock::now() >= deadline) FAIL("nobody led within 60 s");
    }
  }

  static bool is_complete(const engine::ShardStatus& shard) {
    return shard.members.size() == size
           && std::all_of(shard.members.begin(), shard.members.end(), [](const auto& member) {
                return member.role == engine::MemberRole::voter;
              });
  }

  static bool is_elsewhere(engine::Rejection reason) {
    return reason == engine::Rejection::not_ready || reason == engine::Rejection::outcome_unknown
           || reason == engine::Rejection::idempotency_key_running;
  }

  std::vector<cluster::ServerId> members_;
  std::array<std::unique_ptr<LocalPeers>, size> peers_;
  std::vector<std::unique_ptr<NodeFixture>> nodes_;
};

}  // namespace cavea::tests
