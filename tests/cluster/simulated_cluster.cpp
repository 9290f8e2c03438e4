#include "tests/cluster/simulated_cluster.hpp"

#include <algorithm>
#include <utility>

namespace cavea::cluster {

SimulatedServer& SimulatedCluster::add(ServerId id, StoredShard disk) {
  auto& slot = servers_[id];
  slot = std::make_unique<SimulatedServer>(id, std::move(disk), checker_);
  restart(id);
  return *slot;
}

void SimulatedCluster::add_three_voters() {
  const Configuration configuration{
      {{{1}, ServerRole::voter}, {{2}, ServerRole::voter}, {{3}, ServerRole::voter}}};
  StoredShard disk;
  disk.hard_state.term = Term{1};
  disk.log[LogIndex{1}] = {
      LogIndex{1}, Term{1}, EntryType::change, make_bytes(configuration.encode())};
  for (const auto& member : configuration.servers) add(member.id, disk);
}

void SimulatedCluster::crash(ServerId id) {
  auto& crashed = server(id);
  crashed.crash(up_to(crashed.writes_under_way()));
}

void SimulatedCluster::restart(ServerId id) {
  comes_back_.erase(id);
  auto& started = server(id);
  started.start(static_cast<std::uint32_t>(up_to(1'000'000)), now_);
  collect(started);
}

SimulatedServer& SimulatedCluster::any_server() {
  return *std::next(servers_.begin(), static_cast<std::ptrdiff_t>(up_to(servers_.size() - 1)))
              ->second;
}

void SimulatedCluster::inject_faults() {
  if (chance(faults.crash)) {
    auto& victim = any_server();
    if (victim.is_up()) {
      crash(victim.id());
      comes_back_[victim.id()] = Instant{now_.ms + up_to(1500)};
    }
  }
  if (chance(faults.partition)) {
    const std::pair pair{any_server().id(), any_server().id()};
    if (!cut.insert(pair).second) cut.erase(pair);
  }
  if (chance(faults.snapshot)) {
    auto& server = any_server();
    if (server.is_up()) {
      server.take_snapshot(static_cast<std::uint32_t>(up_to(8)), now_);
      collect(server);
    }
  }
  const auto due = comes_back_;
  for (const auto& [id, when] : due) {
    if (when <= now_) restart(id);
  }
}

void SimulatedCluster::collect(SimulatedServer& server) {
  auto sent = std::exchange(server.outbox, {});
  for (auto& one : sent) {
    const auto to = one.message.peer;
    const std::size_t copies = chance(faults.drop) ? 0 : chance(faults.duplicate) ? 2 : 1;
    for (std::size_t i = 0; i < copies; ++i) {
      // Duplicates may come very late.
      const auto delay = 1 + up_to(i == 0 ? faults.delay_ms_max : 100 * faults.delay_ms_max);
      network_.emplace(Instant{now_.ms + delay}, InFlight{server.id(), to, one});
    }
  }
}

void SimulatedCluster::deliver() {
  while (!network_.empty() && network_.begin()->first <= now_) {
    auto flight = std::move(network_.begin()->second);
    network_.erase(network_.begin());
    const auto target = servers_.find(flight.to);
    if (target == servers_.end() || !target->second->is_up()) continue;
    if (cut.contains({flight.from, flight.to})) continue;
    flight.sent.message.peer = flight.from;
    target->second->receive(flight.sent, now_);
    collect(*target->second);
  }
}

void SimulatedCluster::step() {
  now_.ms += 1;
  inject_faults();
  deliver();
  for (auto& [id, server] : servers_) {
    if (!server->is_up()) continue;
    server->tick(now_);
    while (server->writes_under_way() > 0 && chance(faults.sync)) server->sync_one(now_);
    collect(*server);
  }
}

void SimulatedCluster::run(std::uint64_t ms) {
  for (std::uint64_t i = 0; i < ms; ++i) step();
}

void SimulatedCluster::heal() {
  faults = Faults{};
  cut.clear();
  for (auto& [id, server] : servers_) {
    if (!server->is_up()) restart(id);
  }
}

SimulatedServer* SimulatedCluster::leader() {
  SimulatedServer* found = nullptr;
  for (auto& [id, server] : servers_) {
    if (!server->is_up() || !server->replica().is_leader()) continue;
    if (found == nullptr || found->replica().term() < server->replica().term()) {
      found = server.get();
    }
  }
  return found;
}

SimulatedServer* SimulatedCluster::any_leader() {
  std::vector<SimulatedServer*> leaders;
  for (auto& [id, server] : servers_) {
    if (server->is_up() && server->replica().is_leader()) leaders.push_back(server.get());
  }
  return leaders.empty() ? nullptr : leaders[up_to(leaders.size() - 1)];
}

bool SimulatedCluster::propose() {
  auto* target = any_leader();
  if (target == nullptr) return false;
  const auto data = "command " + std::to_string(++commands_made_);
  auto proposed = target->replica().submit(data, now_);
  if (!proposed) return false;
  proposals_.push_back({proposed->index, proposed->term, data});
  target->carry_out(proposed->effects);
  collect(*target);
  return true;
}

void SimulatedCluster::change_members_at_random() {
  auto* target = any_leader();
  if (target == nullptr) return;
  auto& replica = target->replica();
  const auto server = any_server().id();
  const auto carry_out = [this, target](auto outcome) {
    if (!outcome) return;
    if constexpr (requires { outcome->effects; }) {
      target->carry_out(outcome->effects);
    } else {
      target->carry_out(*outcome);
    }
    collect(*target);
  };
  switch (up_to(5)) {
    case 0:
      return carry_out(replica.add_spare(server, now_));
    case 1:
      return carry_out(replica.catch_up(server, now_));
    case 2:
      if (replica.catch_up_state(server) != Replica::CatchUp::finished) return;
      return carry_out(replica.assign_role(server, ServerRole::voter, now_));
    case 3:
      return carry_out(replica.assign_role(server, ServerRole::standby, now_));
    case 4:
      return carry_out(replica.remove_server(server, now_));
    default:
      return carry_out(replica.transfer_leadership(server, now_));
  }
}

std::vector<std::string> SimulatedCluster::acknowledged() const {
  std::vector<std::string> result;
  for (const auto& proposal : proposals_) {
    const auto entry = checker_.committed_entries().find(proposal.index);
    if (entry == checker_.committed_entries().end()) continue;
    if (entry->second.term == proposal.term && *entry->second.data == proposal.data) {
      result.push_back(proposal.data);
    }
  }
  return result;
}

std::vector<std::string> SimulatedCluster::faults_found(const std::vector<ServerId>& members) {
  auto found = checker_.violations();
  const auto& reference = server(members.front()).applied();
  std::set<std::string> happened;
  for (const auto& command : reference) {
    if (!happened.insert(command.data).second) found.push_back(command.data + " happened twice");
  }
  for (const auto& data : acknowledged()) {
    if (!happened.contains(data)) found.push_back(data + " was acknowledged and is lost");
  }
  for (const auto id : members) {
    const auto& other = server(id).applied();
    if (other == reference) continue;
    found.push_back(
        "server " + std::to_string(id.value) + " holds " + std::to_string(other.size())
        + " commands instead of " + std::to_string(reference.size()) + ", or other ones");
  }
  return found;
}

}  // namespace cavea::cluster
