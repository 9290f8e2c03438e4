#include "actors/shard_log.hpp"

#include "actors/limits.hpp"
#include "actors/stored_log.hpp"
#include "persistence/turn_codec.hpp"

#include <chrono>
#include <utility>

namespace cavea::actors {

namespace {

std::size_t size_of(const cluster::LogEntry& entry) {
  return entry.data == nullptr ? 0 : entry.data->size();
}

}  // namespace

cluster::Instant ShardLog::now() {
  const auto time = std::chrono::steady_clock::now().time_since_epoch();
  return {static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(time).count())};
}

ShardLog::ShardLog(ShardLogParts parts) : parts_(std::move(parts)) {
  write_.shard = parts_.shard;
}

std::optional<std::string> ShardLog::open(persistence::ShardStart start) {
  cluster::Replica::Options options;
  options.id = parts_.server;
  // Replicas of a shard must not all wait for the same time before an election.
  options.seed = parts_.shard.value * 64U + static_cast<std::uint32_t>(parts_.server.value) + 1U;
  begin_keeping(start);
  replica_ = std::make_unique<cluster::Replica>(options);

  const bool is_new =
      start.hard_state.term == 0 && start.entries.empty() && !start.snapshot.has_value();
  cluster::StartState state;
  if (is_new && parts_.founds) {
    state = cluster::Replica::bootstrap(parts_.server);
    write_.hard_state = {state.hard_state.term.value, state.hard_state.voted_for.value};
    for (const auto& entry : state.entries) write_.entries.push_back(stored(entry));
    gathering_log_.last = state.entries.back().index.value;
    has_something_ = true;
  } else if (!is_new) {
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
    for (auto& entry : start.entries) state.entries.push_back(loaded(std::move(entry)));
    logged_ = state.entries.empty() ? start.applied : state.entries.back().index.value;
  }

  applied_ = start.applied;
  materialised_ = start.applied;
  lacks_state_ = start.lacks_state;
  auto started = replica_->start(state, now());
  if (!started) return std::string(cluster::to_text(started.error()));
  for (const auto& entry : state.entries) {
    if (entry.index.value <= applied_ && !lacks_state_) continue;
    recent_bytes_ += size_of(entry);
    recent_.push_back(entry);
  }
  take_in(std::move(*started));

  // A node that restarts often must cut its log all the same.
  cut_at_ = start.snapshot ? start.snapshot->index : 0;
  if (start.applied < cut_at_ && !lacks_state_) {
    return "it begins behind entry " + std::to_string(cut_at_)
           + ", but the state only has those up to " + std::to_string(start.applied);
  }
  for (const auto& entry : state.entries) {
    if (entry.index.value <= cut_at_) continue;
    ++entries_since_cut_;
    bytes_since_cut_ += size_of(entry);
  }
  return materialise_committed();
}

std::optional<std::string> ShardLog::materialise_committed() {
  if (lacks_state_) return std::nullopt;
  while (materialised_ < commit_index() && unsettled_bytes_ < limits::unsettled_bytes_max) {
    const auto index = materialised_ + 1;
    if (recent_.empty() || index < recent_.front().index.value) {
      return "entry " + std::to_string(index) + " is missing";
    }
    const auto& entry = recent_.at(index - recent_.front().index.value);
    std::shared_ptr<const persistence::Turn> turn;
    if (entry.type == cluster::EntryType::command) {
      auto decoded = persistence::decode_turn(*entry.data);
      if (!decoded) {
        return "entry " + std::to_string(index) + " cannot be read: " + decoded.error().text;
      }
      turn = std::make_shared<const persistence::Turn>(std::move(*decoded));
      parts_.learn(*turn);
    }
    unsettled_.push_back({index, size_of(entry)});
    unsettled_bytes_ += size_of(entry);
    materialise(index, std::move(turn), 0);
  }
  return std::nullopt;
}

engine::ShardStatus ShardLog::status() const {
  engine::ShardStatus status;
  status.shard = parts_.shard;
  status.role = static_cast<engine::ShardRole>(replica_->role());
  status.leader = replica_->leader().value_or(cluster::ServerId{}).value;
  status.term = replica_->term().value;
  status.last = replica_->last_index().value;
  status.commit = commit_;
  status.applied = applied_;
  for (const auto& member : replica_->configuration().servers) {
    status.members.push_back(
        {member.id.value,
         static_cast<engine::MemberRole>(member.role),
         is_leading() ? replica_->match_index(member.id).value : 0});
  }
  return status;
}

bool ShardLog::has_room() const {
  return unsettled_bytes_ < limits::unsettled_bytes_max && replica_->takes_proposals();
}

void ShardLog::begin_turns() {
  settled_turn_ = 0;
  gathering_state_.turn = 0;
  for (auto& applied : not_settled_) applied.turn = 0;
}

std::optional<std::uint64_t> ShardLog::propose(const persistence::Turn& turn) {
  std::string data;
  persistence::encode(turn, data);
  const auto bytes = data.size();
  auto proposed = replica_->submit(std::move(data), now());
  if (!proposed) return std::nullopt;

  parts_.probe->entries.add();
  parts_.probe->entry_bytes.add(bytes);
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
  materialised_ = index;
  has_something_ = true;
  trim_recent();
}

std::optional<persistence::StoreError> ShardLog::tick() {
  if (now() >= replica_->next_timeout()) take_in(replica_->tick(now()));
  if (!installed_ || install_write_ != 0) return std::nullopt;
  auto persisted = parts_.journal->persisted_applied(parts_.shard);
  if (!persisted) return std::move(persisted).error();
  if (*persisted >= *installed_) begin_log_anew();
  return std::nullopt;
}

void ShardLog::purge_before(engine::Timestamp before) {
  write_.purge_idempotency_before = before;
  has_something_ = true;
}

std::optional<std::string> ShardLog::receive(const cluster::Message& message) {
  auto effects = replica_->receive(message, now());
  if (effects) {
    take_in(std::move(*effects));
    return std::nullopt;
  }
  if (effects.error() == cluster::Refusal::log_conflict) {
    return std::string(cluster::to_text(effects.error()));
  }
  parts_.probe->peer_messages_refused.add();
  return std::nullopt;
}

void ShardLog::take_in(cluster::Effects effects) {
  // Within one write the log is truncated before entries are added: what came before goes first.
  if (effects.truncate_from && !write_.entries.empty()) hand_in();
  if (effects.hard_state) {
    write_.hard_state = {effects.hard_state->term.value, effects.hard_state->voted_for.value};
    hard_state_write_ = next_number_;
    has_something_ = true;
  }
  if (effects.truncate_from) truncate(effects.truncate_from->value);
  for (const auto& entry : effects.entries) append(entry);
  if (effects.persist_ticket.value != 0) gathering_log_.ticket = effects.persist_ticket;
  if (effects.install_snapshot) installing_ = std::move(effects.install_snapshot);
  if (effects.snapshot) {
    write_.snapshot = stored(*effects.snapshot);
    has_something_ = true;
    note_kept(kept_);
  }
  commit_ = effects.commit_index.value;
  for (auto& message : effects.messages) send(std::move(message));
  note_leadership();
}

void ShardLog::append(const cluster::LogEntry& entry) {
  write_.entries.push_back(stored(entry));
  gathering_log_.last = entry.index.value;
  has_something_ = true;
  recent_.push_back(entry);
  recent_bytes_ += size_of(entry);
  ++entries_since_cut_;
  bytes_since_cut_ += size_of(entry);
}

/// What is taken back was never committed, so nothing of it is in the state.
void ShardLog::truncate(std::uint64_t from) {
  write_.truncate_from = from;
  has_something_ = true;
  logged_ = std::min(logged_, from - 1);
  for (auto& logged : not_persisted_) logged.last = std::min(logged.last, from - 1);
  for (; !recent_.empty() && recent_.back().index.value >= from; recent_.pop_back()) {
    recent_bytes_ -= size_of(recent_.back());
  }
}

/// Keeps what the state does not have, and, for other replicas, a little more.
void ShardLog::trim_recent() {
  const bool is_alone = replica_->configuration().has_sole_voter(parts_.server);
  const auto bytes_max = is_alone ? 0 : limits::recent_bytes_max;
  while (!recent_.empty() && recent_.front().index.value <= materialised_
         && (recent_bytes_ > bytes_max || is_alone)) {
    recent_bytes_ -= size_of(recent_.front());
    recent_.pop_front();
  }
}

void ShardLog::note_leadership() {
  if (is_leading() == is_counted_as_leading_) return;
  is_counted_as_leading_ = is_leading();
  parts_.probe->shards_leading.add(is_counted_as_leading_ ? 1 : -1);
  if (is_counted_as_leading_) {
    leads_from_ = replica_->last_index().value;
    return;
  }
  // What was proposed may be taken back; what is committed of it is counted again.
  for (; !unsettled_.empty() && unsettled_.back().index > materialised_; unsettled_.pop_back()) {
    unsettled_bytes_ -= unsettled_.back().bytes;
  }
}

void ShardLog::hand_in() {
  if (!has_something_) return;
  const auto number = next_number_++;
  gathering_log_.number = number;
  gathering_state_.number = number;
  // Copies: the journal may still have writes of a shard that is gone.
  write_.persisted = [notify = parts_.persisted, number] { notify(number); };
  write_.settled = [notify = parts_.settled, number] { notify(number); };
  const bool has_entries = gathering_log_.ticket.value != 0 || gathering_log_.last != 0;
  if (has_entries) not_persisted_.push_back(gathering_log_);
  if (gathering_state_.index != 0) not_settled_.push_back(gathering_state_);
  gathering_log_ = {};
  gathering_state_ = {};
  has_something_ = false;
  parts_.journal->write(std::exchange(write_, {}));
  write_.shard = parts_.shard;
}

void ShardLog::on_persisted(std::uint64_t number) {
  persisted_write_ = std::max(persisted_write_, number);
  for (; !held_.empty() && held_.front().number <= number; held_.pop_front()) {
    parts_.peers->send(parts_.shard, std::move(held_.front().message));
  }
  if (install_write_ != 0 && number >= install_write_) {
    install_write_ = 0;
    installed_.reset();
    installing_.reset();
    take_in(replica_->snapshot_installed(now()));
  }
  cluster::PersistTicket ticket;
  for (; !not_persisted_.empty() && not_persisted_.front().number <= number;
       not_persisted_.pop_front()) {
    const auto& logged = not_persisted_.front();
    logged_ = std::max(logged_, logged.last);
    if (logged.ticket.value != 0) ticket = logged.ticket;
  }
  if (ticket.value != 0) take_in(replica_->persisted(ticket, now()));
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
  return entries_since_cut_ >= parts_.entries_max
         || bytes_since_cut_ >= limits::bytes_between_snapshots;
}

std::optional<persistence::StoreError> ShardLog::cut_when_grown() {
  if (!has_grown() || replica_->last_index().value < next_cut_at_) return std::nullopt;
  if (auto error = cut()) return error;
  if (!has_grown()) return std::nullopt;
  // Most of the log is still needed to make the state again.
  next_cut_at_ = replica_->last_index().value
                 + std::min(limits::entries_between_cuts_min, parts_.entries_max / 4);
  parts_.journal->persist_state();
  return std::nullopt;
}

std::optional<persistence::StoreError> ShardLog::cut() {
  auto persisted = parts_.journal->persisted_applied(parts_.shard);
  if (!persisted) return std::move(persisted).error();
  const auto index = std::min(applied_, *persisted);
  const auto last = replica_->last_index().value;
  if (index > cut_at_) {
    take_in(replica_->take_snapshot({index}, limits::trailing_entries, now()));
    parts_.probe->snapshots.add();
    bytes_since_cut_ = bytes_since_cut_ * (last - index) / (last - cut_at_);
    entries_since_cut_ = last - index;
    cut_at_ = index;
  }
  return std::nullopt;
}

}  // namespace cavea::actors
