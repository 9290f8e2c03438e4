#include "engine/assert.hpp"
#include "tests/cluster/simulated_cluster.hpp"

#include <algorithm>
#include <utility>

namespace cavea::cluster {

StartState StoredShard::to_start_state() const {
  StartState state{hard_state, snapshot, {}};
  for (const auto& [index, entry] : log) state.entries.push_back(entry);
  return state;
}

void DiskWrite::apply_to(StoredShard& disk) const {
  if (hard_state) disk.hard_state = *hard_state;
  if (truncate_from) disk.log.erase(disk.log.lower_bound(*truncate_from), disk.log.end());
  for (const auto& entry : entries) disk.log.insert_or_assign(entry.index, entry);
  if (!snapshot) return;
  disk.snapshot = snapshot;
  disk.snapshot_state = snapshot_state;
  if (installs_snapshot) disk.log.clear();
  disk.log.erase(disk.log.begin(), disk.log.lower_bound(first_index));
}

void SafetyChecker::expect_same(const LogEntry& known, const LogEntry& entry, const char* rule) {
  if (known.term == entry.term && known.type == entry.type && *known.data == *entry.data) return;
  violations_.push_back(
      std::string(rule) + " broken at index " + std::to_string(entry.index.value) + ": "
      + *known.data + " of term " + std::to_string(known.term.value) + " and " + *entry.data
      + " of term " + std::to_string(entry.term.value));
}

void SafetyChecker::left_memory(const LogEntry& entry) {
  const auto [known, is_new] = known_.try_emplace({entry.index, entry.term}, entry);
  if (!is_new) expect_same(known->second, entry, "log matching");
}

void SafetyChecker::committed(const LogEntry& entry) {
  const auto [known, is_new] = committed_.try_emplace(entry.index, entry);
  if (!is_new) expect_same(known->second, entry, "state machine safety");
}

void SafetyChecker::leads(ServerId server, Term term) {
  const auto [known, is_new] = leaders_.try_emplace(term, server);
  if (!is_new && known->second != server) {
    violations_.push_back("two leaders in term " + std::to_string(term.value));
  }
}

SimulatedServer::SimulatedServer(ServerId id, StoredShard disk, SafetyChecker& checker)
    : id_(id), disk_(std::move(disk)), checker_(checker) {}

void SimulatedServer::start(std::uint32_t seed, Instant now) {
  Replica::Options options;
  options.id = id_;
  options.seed = seed;
  options.election_timeout_ms = 300;
  options.heartbeat_ms = 50;
  options.install_snapshot_timeout_ms = 2000;
  options.inflight_entries_max = 64;
  replica_ = std::make_unique<Replica>(options);
  newest_ = disk_;
  applied_ = disk_.snapshot_state;
  applied_index_ = disk_.snapshot ? disk_.snapshot->index : LogIndex{0};
  auto started = replica_->start(disk_.to_start_state(), now);
  CAVEA_ASSERT(started.has_value());
  carry_out(started.value());
}

void SimulatedServer::crash(std::size_t survivors) {
  for (std::size_t i = 0; i < std::min(survivors, writes_.size()); ++i) {
    writes_[i].apply_to(disk_);
    for (const auto& entry : writes_[i].entries) checker_.left_memory(entry);
  }
  writes_.clear();
  writes_done_ = writes_made_;
  held_.clear();
  outbox.clear();
  replica_.reset();
}

void SimulatedServer::write(DiskWrite batch) {
  batch.apply_to(newest_);
  ++writes_made_;
  if (batch.hard_state) hard_state_write_ = writes_made_;
  writes_.push_back(std::move(batch));
}

void SimulatedServer::carry_out(const Effects& effects) {
  if (effects.role == Role::leader) checker_.leads(id_, replica_->term());

  const bool writes =
      effects.hard_state || effects.truncate_from || !effects.entries.empty() || effects.snapshot;
  if (writes) {
    DiskWrite batch{
        effects.hard_state,
        effects.truncate_from,
        effects.entries,
        effects.persist_ticket,
        effects.snapshot,
        {},
        effects.first_index,
        false};
    if (effects.snapshot) {
      const auto index = effects.snapshot->index;
      std::copy_if(
          applied_.begin(),
          applied_.end(),
          std::back_inserter(batch.snapshot_state),
          [index](const AppliedCommand& command) { return command.index <= index; });
    }
    write(std::move(batch));
  }
  for (const auto& message : effects.messages) send(message);
  if (effects.install_snapshot) {
    DiskWrite batch;
    batch.snapshot = effects.install_snapshot->descriptor;
    batch.snapshot_state = incoming_state_;
    batch.installs_snapshot = true;
    write(std::move(batch));
  }
  apply(effects.commit_index);
}

void SimulatedServer::send(const Message& message) {
  std::vector<Sent> ready;
  if (const auto* append = std::get_if<AppendEntries>(&message.body)) {
    std::vector<LogEntry> entries;
    for (std::uint32_t i = 1; i <= append->entry_count; ++i) {
      const auto found = newest_.log.find(append->prev_index + i);
      if (found == newest_.log.end()) return;  // Cut since; raft asks again.
      entries.push_back(found->second);
      checker_.left_memory(found->second);
    }
    for (auto& part : fill_append(message, entries, append_bytes_max)) {
      ready.push_back({std::move(part), {}});
    }
  } else if (std::holds_alternative<InstallSnapshot>(message.body)) {
    ready.push_back({message, newest_.snapshot_state});
  } else {
    ready.push_back({message, {}});
  }
  for (auto& sent : ready) {
    if (hard_state_write_ > writes_done_) {
      held_.push_back({hard_state_write_, std::move(sent)});
    } else {
      outbox.push_back(std::move(sent));
    }
  }
}

void SimulatedServer::apply(LogIndex commit_index) {
  while (applied_index_ < commit_index) {
    const auto next = newest_.log.find(applied_index_ + 1);
    CAVEA_ASSERT(next != newest_.log.end());
    applied_index_ = next->first;
    checker_.committed(next->second);
    if (next->second.type == EntryType::command) {
      applied_.push_back({next->first, *next->second.data});
    }
  }
}

void SimulatedServer::tick(Instant now) {
  if (now < replica_->next_timeout()) return;
  carry_out(replica_->tick(now));
}

void SimulatedServer::receive(const Sent& sent, Instant now) {
  incoming_state_ = sent.snapshot_state;
  auto outcome = replica_->receive(sent.message, now);
  CAVEA_ASSERT(outcome.has_value());
  carry_out(outcome.value());
}

void SimulatedServer::sync_one(Instant now) {
  if (writes_.empty()) return;
  const auto batch = std::move(writes_.front());
  writes_.pop_front();
  ++writes_done_;
  batch.apply_to(disk_);
  for (const auto& entry : batch.entries) checker_.left_memory(entry);
  while (!held_.empty() && held_.front().write <= writes_done_) {
    outbox.push_back(std::move(held_.front().sent));
    held_.pop_front();
  }
  if (batch.installs_snapshot) {
    applied_ = batch.snapshot_state;
    applied_index_ = batch.snapshot->index;
    carry_out(replica_->snapshot_installed(now));
  } else if (batch.ticket.value != 0) {
    carry_out(replica_->persisted(batch.ticket, now));
  }
}

void SimulatedServer::take_snapshot(std::uint32_t trailing, Instant now) {
  carry_out(replica_->take_snapshot(applied_index_, trailing, now));
}

}  // namespace cavea::cluster
