#include "actors/shard_log.hpp"

#include "actors/limits.hpp"
#include "persistence/turn_codec.hpp"

#include <chrono>
#include <utility>

namespace cavea::actors {

namespace {

/// The only voter of a single node. A cluster gives every node its own number.
constexpr cluster::ServerId first_server{1};

cluster::Instant raft_now() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return {static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(now).count())};
}

persistence::StoredEntry stored(const cluster::LogEntry& entry) {
  return {entry.index.value, entry.term.value, static_cast<std::uint8_t>(entry.type), entry.data};
}

persistence::SnapshotMark stored(const cluster::SnapshotDescriptor& snapshot) {
  return {
      snapshot.index.value,
      snapshot.term.value,
      snapshot.configuration_index.value,
      snapshot.configuration.encode()};
}

}  // namespace

ShardLog::ShardLog(
    engine::ShardId shard,
    persistence::Journal& journal,
    ActorsProbe& probe,
    Notify persisted,
    Notify settled)
    : shard_(shard),
      journal_(journal),
      probe_(probe),
      persisted_(std::move(persisted)),
      settled_(std::move(settled)) {
  write_.shard = shard_;
}

std::optional<std::string> ShardLog::open(persistence::ShardStart start) {
  cluster::Replica::Options options;
  options.id = first_server;
  options.seed = shard_.value + 1U;
  begin_keeping(start);
  replica_ = std::make_unique<cluster::Replica>(options);

  const bool is_new =
      start.hard_state.term == 0 && start.entries.empty() && !start.snapshot.has_value();
  cluster::StartState state;
  if (is_new) {
    state = cluster::Replica::bootstrap(first_server);
    write_.hard_state = {state.hard_state.term.value, state.hard_state.voted_for.value};
    for (const auto& entry : state.entries) write_.entries.push_back(stored(entry));
    has_something_ = true;
  } else {
    state.hard_state = {{start.hard_state.term}, {start.hard_state.voted_for}};
    if (start.snapshot) {
      auto configuration = cluster::Configuration::decode(start.snapshot->configuration);
      if (!configuration) return "the snapshot mark names no members";
      state.snapshot = cluster::SnapshotDescriptor{
          {start.snapshot->index},
          {start.snapshot->term},
          {start.snapshot->configuration_index},
          std::move(*configuration)};
    }
    for (auto& entry : start.entries) {
      state.entries.push_back(
          {{entry.index},
           {entry.term},
           static_cast<cluster::EntryType>(entry.type),
           std::move(entry.data)});
    }
  }

  auto started = replica_->start(state, raft_now());
  if (!started) return std::string(cluster::to_text(started.error()));
  take_in(std::move(*started));

  // A node that restarts often must cut its log all the same.
  cut_at_ = start.snapshot ? start.snapshot->index : 0;
  if (start.applied < cut_at_) {
    return "it begins behind entry " + std::to_string(cut_at_)
           + ", but the state only has those up to " + std::to_string(start.applied);
  }
  for (const auto& entry : state.entries) {
    if (entry.index.value <= cut_at_) continue;
    ++entries_since_cut_;
    bytes_since_cut_ += entry.data == nullptr ? 0 : entry.data->size();
  }

  std::map<std::uint64_t, cluster::LogEntry> entries;
  for (auto& entry : state.entries) entries.emplace(entry.index.value, std::move(entry));
  applied_ = start.applied;
  return materialise_recovered(entries, start.applied);
}

std::optional<std::string> ShardLog::materialise_recovered(
    const std::map<std::uint64_t, cluster::LogEntry>& entries, std::uint64_t applied) {
  for (const auto& [index, entry] : entries) {
    if (index <= applied || index > commit_) continue;
    if (entry.type != cluster::EntryType::command) {
      materialise(index, nullptr, 0);
      continue;
    }
    auto turn = persistence::decode_turn(*entry.data);
    if (!turn) return "entry " + std::to_string(index) + " cannot be read: " + turn.error().text;
    materialise(index, std::make_shared<const persistence::Turn>(std::move(*turn)), 0);
  }
  return std::nullopt;
}

bool ShardLog::has_room() const {
  return unsettled_bytes_ < limits::unsettled_bytes_max;
}

std::optional<std::uint64_t> ShardLog::propose(const persistence::Turn& turn) {
  std::string data;
  persistence::encode(turn, data);
  const auto bytes = data.size();
  auto proposed = replica_->submit(std::move(data), raft_now());
  if (!proposed) return std::nullopt;

  probe_.entries.add();
  probe_.entry_bytes.add(bytes);
  ++entries_since_cut_;
  bytes_since_cut_ += bytes;
  const auto index = proposed->index.value;
  unsettled_.push_back({index, bytes});
  unsettled_bytes_ += bytes;
  take_in(std::move(proposed->effects));
  return index;
}

void ShardLog::materialise(
    std::uint64_t index, std::shared_ptr<const persistence::Turn> turn, std::uint64_t number) {
  write_.committed.push_back({index, std::move(turn)});
  gathering_state_.turn = std::max(gathering_state_.turn, number);
  gathering_state_.index = index;
  has_something_ = true;
}

void ShardLog::tick() {
  if (raft_now() < replica_->next_timeout()) return;
  take_in(replica_->tick(raft_now()));
}

void ShardLog::purge_before(engine::Timestamp before) {
  write_.purge_idempotency_before = before;
  has_something_ = true;
}

void ShardLog::take_in(cluster::Effects effects) {
  // Within one write the log is truncated before entries are added: what came before goes first.
  if (effects.truncate_from && !write_.entries.empty()) hand_in();
  if (effects.hard_state) {
    write_.hard_state = {effects.hard_state->term.value, effects.hard_state->voted_for.value};
    has_something_ = true;
  }
  if (effects.truncate_from) {
    write_.truncate_from = effects.truncate_from->value;
    has_something_ = true;
  }
  for (const auto& entry : effects.entries) {
    write_.entries.push_back(stored(entry));
    has_something_ = true;
  }
  if (effects.persist_ticket.value != 0) gathering_log_.ticket = effects.persist_ticket;
  if (effects.snapshot) {
    write_.snapshot = stored(*effects.snapshot);
    has_something_ = true;
    note_kept(kept_);
  }
  commit_ = effects.commit_index.value;
  if (is_leading() != is_counted_as_leading_) {
    is_counted_as_leading_ = is_leading();
    probe_.shards_leading.add(is_counted_as_leading_ ? 1 : -1);
  }
}

void ShardLog::hand_in() {
  if (!has_something_) return;
  const auto number = next_number_++;
  gathering_log_.number = number;
  gathering_state_.number = number;
  // Copies: the journal may still have writes of a shard that is gone.
  write_.persisted = [notify = persisted_, number] { notify(number); };
  write_.settled = [notify = settled_, number] { notify(number); };
  if (gathering_log_.ticket.value != 0) not_persisted_.push_back(gathering_log_);
  if (gathering_state_.index != 0) not_settled_.push_back(gathering_state_);
  gathering_log_ = {};
  gathering_state_ = {};
  has_something_ = false;
  journal_.write(std::exchange(write_, {}));
  write_.shard = shard_;
}

void ShardLog::on_persisted(std::uint64_t number) {
  cluster::PersistTicket ticket;
  for (; !not_persisted_.empty() && not_persisted_.front().number <= number;
       not_persisted_.pop_front()) {
    ticket = not_persisted_.front().ticket;
  }
  if (ticket.value != 0) take_in(replica_->persisted(ticket, raft_now()));
}

void ShardLog::on_settled(std::uint64_t number) {
  for (; !not_settled_.empty() && not_settled_.front().number <= number; not_settled_.pop_front()) {
    settled_turn_ = std::max(settled_turn_, not_settled_.front().turn);
    applied_ = std::max(applied_, not_settled_.front().index);
  }
  for (; !unsettled_.empty() && unsettled_.front().index <= applied_; unsettled_.pop_front()) {
    unsettled_bytes_ -= unsettled_.front().bytes;
  }
}

void ShardLog::begin_keeping(const persistence::ShardStart& start) {
  if (start.kept) {
    kept_ = *start.kept;
    return;
  }
  // An earlier program kept what consensus needs and no more; a new log has nothing yet.
  if (!start.entries.empty()) kept_.first = start.entries.front().index;
  write_.kept = kept_;
  has_something_ = true;
}

void ShardLog::show_from(std::uint64_t first) {
  auto kept = kept_;
  kept.first = std::clamp(first, kept_.first, std::max(applied_ + 1, kept_.first));
  note_kept(kept);
}

void ShardLog::note_kept(persistence::KeptLog kept) {
  kept.removed_before =
      std::max(kept.removed_before, std::min(kept.first, replica_->first_index().value));
  if (kept == kept_) return;
  if (!write_.kept) write_.cut_from = kept_.removed_before;
  write_.kept = kept;
  kept_ = kept;
  has_something_ = true;
}

bool ShardLog::has_grown() const {
  return entries_since_cut_ >= limits::entries_between_snapshots
         || bytes_since_cut_ >= limits::bytes_between_snapshots;
}

std::optional<persistence::StoreError> ShardLog::cut_when_grown() {
  if (!has_grown() || replica_->last_index().value < next_cut_at_) return std::nullopt;
  if (auto error = cut()) return error;
  if (!has_grown()) return std::nullopt;
  // Most of the log is still needed to make the state again.
  next_cut_at_ = replica_->last_index().value + limits::entries_between_cuts_min;
  journal_.persist_state();
  return std::nullopt;
}

std::optional<persistence::StoreError> ShardLog::cut() {
  auto persisted = journal_.persisted_applied(shard_);
  if (!persisted) return std::move(persisted).error();
  const auto index = std::min(applied_, *persisted);
  const auto last = replica_->last_index().value;
  if (index > cut_at_) {
    take_in(replica_->take_snapshot({index}, limits::trailing_entries, raft_now()));
    probe_.snapshots.add();
    bytes_since_cut_ = bytes_since_cut_ * (last - index) / (last - cut_at_);
    entries_since_cut_ = last - index;
    cut_at_ = index;
  }
  return std::nullopt;
}

}  // namespace cavea::actors
