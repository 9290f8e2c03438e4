#include "cluster/replica.hpp"

#include "cluster/convert.hpp"
#include "cluster/raft_shim.h"
#include "cluster/step.hpp"
#include "engine/assert.hpp"

#include <algorithm>
#include <utility>

namespace cavea::cluster {
namespace {

bool is_consistent(const SnapshotDescriptor& snapshot) {
  return is_well_formed(Message{{1}, InstallSnapshot{snapshot.term, snapshot}});
}

/// Without gaps, terms never going back and never beyond the hard state, changes readable, and
/// joined to the snapshot, or beginning with the shard's first members.
bool is_consistent(const StartState& state) {
  if (state.snapshot && !is_consistent(*state.snapshot)) return false;
  const auto covered = state.snapshot ? state.snapshot->index : LogIndex{0};
  auto term = state.snapshot ? state.snapshot->term : Term{0};
  if (state.entries.empty()) return term <= state.hard_state.term;

  const auto first = state.entries.front().index;
  if (first.value == 0 || first > covered + 1) return false;
  if (state.entries.back().index < covered) return false;
  if (first.value == 1 && state.entries.front().type != EntryType::change) return false;
  // Entries that the snapshot covers may be of earlier terms than its last one.
  term = Term{1};
  auto expected = first;
  for (const auto& entry : state.entries) {
    if (entry.index != expected || entry.term < term) return false;
    if (entry.index == covered && entry.term != state.snapshot->term) return false;
    if (entry.type == EntryType::change) {
      if (entry.data == nullptr || !Configuration::decode(*entry.data)) return false;
    }
    term = entry.term;
    expected = expected + 1;
  }
  return term <= state.hard_state.term;
}

Refusal refusal_of(cavea_raft_status status) {
  switch (status) {
    case CAVEA_RAFT_NOT_LEADER:
      return Refusal::not_leader;
    case CAVEA_RAFT_CANNOT_CHANGE:
      return Refusal::change_in_progress;
    case CAVEA_RAFT_BAD_SERVER:
      return Refusal::wrong_role;
    case CAVEA_RAFT_CONFLICT:
      return Refusal::log_conflict;
    case CAVEA_RAFT_MALFORMED:
    case CAVEA_RAFT_OK:
      break;
  }
  return Refusal::message_malformed;
}

cavea_raft_options to_shim(const Replica::Options& options) {
  return {
      .id = options.id.value,
      .seed = options.seed,
      .election_timeout_ms = options.election_timeout_ms,
      .heartbeat_timeout_ms = options.heartbeat_ms,
      .install_snapshot_timeout_ms = options.install_snapshot_timeout_ms,
      .inflight_entries_max = options.inflight_entries_max};
}

}  // namespace

void Replica::RaftDeleter::operator()(cavea_raft* raft) const noexcept {
  cavea_raft_free(raft);
}

Replica::Replica(const Options& options) : options_(options) {
  CAVEA_ASSERT(options.id.value != 0);
  const auto converted = to_shim(options);
  raft_.reset(cavea_raft_new(&converted));
}

Replica::~Replica() = default;
Replica::Replica(Replica&&) noexcept = default;
Replica& Replica::operator=(Replica&&) noexcept = default;

StartState Replica::bootstrap(ServerId first_voter) {
  const Configuration configuration{{{first_voter, ServerRole::voter}}};
  StartState state;
  state.hard_state.term = Term{1};
  state.entries.push_back(
      {LogIndex{1}, Term{1}, EntryType::change, make_bytes(configuration.encode())});
  return state;
}

Replica::Outcome Replica::start(const StartState& state, Instant now) {
  if (!is_consistent(state)) return Refusal::stored_state_malformed;
  if (state.snapshot) set_configuration(*state.snapshot);
  for (const auto& entry : state.entries) learn_configuration(entry);

  auto hard_state = state.hard_state;
  if (configuration().has_sole_voter(id())) {
    hard_state.term.value += 1;
    hard_state.voted_for = id();
  }
  std::vector<cavea_raft_entry> entries(state.entries.size());
  std::transform(
      state.entries.begin(), state.entries.end(), entries.begin(), [](const LogEntry& entry) {
        return to_shim(entry);
      });
  const auto encoded = state.snapshot ? state.snapshot->configuration.encode() : std::string();
  const auto snapshot = state.snapshot ? to_shim(*state.snapshot, encoded) : cavea_raft_snapshot{};
  const auto next = (state.snapshot ? state.snapshot->index : LogIndex{0}) + 1;
  const auto first = state.entries.empty() ? next : state.entries.front().index;

  Step step(*this, now, state.hard_state);
  snapshot_ = state.snapshot;
  const auto status = cavea_raft_start(
      step.raft(),
      step.now(),
      hard_state.term.value,
      hard_state.voted_for.value,
      state.snapshot ? &snapshot : nullptr,
      first.value,
      entries.data(),
      static_cast<unsigned>(entries.size()),
      step.update());
  if (status != CAVEA_RAFT_OK) return Refusal::stored_state_malformed;
  step.absorb();
  return step.finish();
}

std::optional<Refusal> Replica::may_propose() const {
  if (!is_leader()) return Refusal::not_leader;
  if (cavea_raft_transferee(raft_.get()) != 0) return Refusal::leadership_is_moving;
  return std::nullopt;
}

Replica::Proposed Replica::propose(EntryType type, Bytes data, Instant now) {
  CAVEA_ASSERT(data != nullptr);
  if (const auto refusal = may_propose()) return *refusal;

  const LogEntry entry{last_index() + 1, term(), type, std::move(data)};
  const auto converted = to_shim(entry);
  Step step(*this, now);
  const auto status = cavea_raft_submit(step.raft(), step.now(), &converted, step.update());
  if (status != CAVEA_RAFT_OK) return refusal_of(status);
  step.absorb(std::span(&entry, 1));
  return Proposal{entry.index, entry.term, step.finish()};
}

Replica::Proposed Replica::submit(Bytes data, Instant now) {
  return propose(EntryType::command, std::move(data), now);
}

Replica::Proposed Replica::submit_barrier(Instant now) {
  return propose(EntryType::barrier, make_bytes({}), now);
}

Effects Replica::persisted(PersistTicket ticket, Instant now) {
  Step step(*this, now);
  LogIndex last;
  while (!unpersisted_.empty() && unpersisted_.front().ticket <= ticket) {
    last = unpersisted_.front().last;
    unpersisted_.pop_front();
  }
  // The library must not be told of less than it knows, nor of entries that were overwritten.
  if (last.value > cavea_raft_last_stored(raft_.get()) && !installing_) {
    const auto status =
        cavea_raft_persisted_entries(step.raft(), step.now(), last.value, step.update());
    CAVEA_ASSERT(status == CAVEA_RAFT_OK);
    step.absorb();
  }
  return step.finish();
}

Effects Replica::tick(Instant now) {
  Step step(*this, now);
  if (now_ < next_timeout()) return step.finish();

  last_tick_ = now_;
  const bool is_settled = last_index().value == cavea_raft_last_stored(raft_.get());
  if (role() == Role::follower && configuration().has_sole_voter(id()) && is_settled) {
    // The others were taken out: it will lead at once, for which it needs a term of its own.
    cavea_raft_begin_term(raft_.get());
  }
  const auto status = cavea_raft_timeout(step.raft(), step.now(), step.update());
  CAVEA_ASSERT(status == CAVEA_RAFT_OK);
  step.absorb();
  return step.finish();
}

bool Replica::must_drop(const Message& message) const {
  if (message.peer == id()) return true;
  // In the library the fields of a candidate lie over those of other roles, and a late answer to a
  // pre-vote would raise the term of a follower that has a leader.
  if (std::holds_alternative<RequestVoteResult>(message.body)) return role() != Role::candidate;
  // A term has one leader; the library would write a follower's fields over a leader's.
  if (std::holds_alternative<AppendEntries>(message.body)
      || std::holds_alternative<InstallSnapshot>(message.body)) {
    return is_leader() && term_of(message) == term();
  }
  // A follower cannot refuse what it has acknowledged, so this comes late. The library would go
  // back behind what is acknowledged, count the entries on their way as minus one, and send none
  // again.
  if (const auto* result = std::get_if<AppendEntriesResult>(&message.body)) {
    return result->rejected.value > 0 && result->rejected <= match_index(message.peer);
  }
  // It will lead without being asked, in a term of its own.
  if (std::holds_alternative<TimeoutNow>(message.body)) return configuration().has_sole_voter(id());
  return false;
}

Replica::Outcome Replica::receive(const Message& message, Instant now) {
  if (!is_well_formed(message)) return Refusal::message_malformed;
  Step step(*this, now);
  if (must_drop(message)) return step.finish();
  const auto status = step.receive(message);
  if (status != CAVEA_RAFT_OK) return refusal_of(status);
  return step.finish();
}

Role Replica::role() const {
  switch (cavea_raft_current_role(raft_.get())) {
    case CAVEA_RAFT_FOLLOWER:
      return Role::follower;
    case CAVEA_RAFT_CANDIDATE:
      return Role::candidate;
    case CAVEA_RAFT_LEADER:
      return Role::leader;
  }
  return Role::follower;
}

std::optional<ServerId> Replica::leader() const {
  const ServerId leader{cavea_raft_leader(raft_.get())};
  return leader.value == 0 ? std::nullopt : std::optional(leader);
}

Term Replica::term() const {
  return {cavea_raft_current_term(raft_.get())};
}

LogIndex Replica::last_index() const {
  return {cavea_raft_last_index(raft_.get())};
}

LogIndex Replica::first_index() const {
  return {cavea_raft_first_index(raft_.get())};
}

std::optional<Term> Replica::term_at(LogIndex index) const {
  const Term term{cavea_raft_term_of(raft_.get(), index.value)};
  return term.value == 0 ? std::nullopt : std::optional(term);
}

Instant Replica::next_timeout() const {
  const Instant wanted{cavea_raft_next_timeout(raft_.get())};
  // For a spare that no longer gets the log, the library waits for a heartbeat that it never sends
  // and wants to be called again at once, for ever.
  if (is_leader() && wanted <= last_tick_) return {last_tick_.ms + options_.heartbeat_ms};
  return wanted;
}

LogIndex Replica::match_index(ServerId server) const {
  return {cavea_raft_match_index(raft_.get(), server.value)};
}

}  // namespace cavea::cluster
