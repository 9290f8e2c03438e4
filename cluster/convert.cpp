#include "cluster/convert.hpp"

#include "engine/assert.hpp"

namespace cavea::cluster {
namespace {

cavea_raft_message body_to_shim(const AppendEntries& body) {
  cavea_raft_message to{};
  to.type = CAVEA_RAFT_APPEND_ENTRIES;
  to.prev_log_index = body.prev_index.value;
  to.prev_log_term = body.prev_term.value;
  to.leader_commit = body.leader_commit.value;
  to.n_entries = static_cast<unsigned>(body.entries.size());
  return to;
}

cavea_raft_message body_to_shim(const AppendEntriesResult& body) {
  cavea_raft_message to{};
  to.type = CAVEA_RAFT_APPEND_ENTRIES_RESULT;
  to.rejected = body.rejected.value;
  to.last_log_index = body.last_index.value;
  return to;
}

cavea_raft_message body_to_shim(const RequestVote& body) {
  cavea_raft_message to{};
  to.type = CAVEA_RAFT_REQUEST_VOTE;
  to.candidate_id = body.candidate.value;
  to.last_log_index = body.last_index.value;
  to.last_log_term = body.last_term.value;
  to.disrupt_leader = body.disrupt_leader;
  to.pre_vote = body.pre_vote;
  return to;
}

cavea_raft_message body_to_shim(const RequestVoteResult& body) {
  cavea_raft_message to{};
  to.type = CAVEA_RAFT_REQUEST_VOTE_RESULT;
  to.pre_vote = body.pre_vote;
  to.vote_granted = body.vote_granted;
  return to;
}

cavea_raft_message body_to_shim(const InstallSnapshot&) {
  cavea_raft_message to{};
  to.type = CAVEA_RAFT_INSTALL_SNAPSHOT;
  return to;
}

cavea_raft_message body_to_shim(const TimeoutNow& body) {
  cavea_raft_message to{};
  to.type = CAVEA_RAFT_TIMEOUT_NOW;
  to.last_log_index = body.last_index.value;
  to.last_log_term = body.last_term.value;
  return to;
}

AppendEntries append_from_shim(const cavea_raft_message& from) {
  return {
      .term = {from.term},
      .prev_index = {from.prev_log_index},
      .prev_term = {from.prev_log_term},
      .leader_commit = {from.leader_commit},
      .entry_count = from.n_entries,
      .entries = {}};
}

RequestVote vote_from_shim(const cavea_raft_message& from) {
  return {
      .term = {from.term},
      .candidate = {from.candidate_id},
      .last_index = {from.last_log_index},
      .last_term = {from.last_log_term},
      .disrupt_leader = from.disrupt_leader,
      .pre_vote = from.pre_vote};
}

}  // namespace

cavea_raft_entry to_shim(const LogEntry& entry) {
  cavea_raft_entry to{};
  to.term = entry.term.value;
  to.type = static_cast<int>(entry.type);
  if (entry.type == EntryType::change) {
    to.data = entry.data->data();
    to.size = entry.data->size();
  }
  return to;
}

cavea_raft_snapshot to_shim(const SnapshotDescriptor& descriptor, const std::string& encoded) {
  return {
      .index = descriptor.index.value,
      .term = descriptor.term.value,
      .configuration_index = descriptor.configuration_index.value,
      .configuration = encoded.data(),
      .configuration_size = encoded.size()};
}

cavea_raft_message to_shim(const Message& message) {
  auto to = std::visit([](const auto& body) { return body_to_shim(body); }, message.body);
  to.peer = message.peer.value;
  to.term = term_of(message).value;
  return to;
}

Message from_shim(
    const cavea_raft_message& from, const std::optional<SnapshotDescriptor>& snapshot) {
  const ServerId peer{from.peer};
  switch (from.type) {
    case CAVEA_RAFT_APPEND_ENTRIES:
      return {peer, append_from_shim(from)};
    case CAVEA_RAFT_APPEND_ENTRIES_RESULT:
      return {peer, AppendEntriesResult{{from.term}, {from.rejected}, {from.last_log_index}}};
    case CAVEA_RAFT_REQUEST_VOTE:
      return {peer, vote_from_shim(from)};
    case CAVEA_RAFT_REQUEST_VOTE_RESULT:
      return {peer, RequestVoteResult{{from.term}, from.pre_vote, from.vote_granted}};
    case CAVEA_RAFT_INSTALL_SNAPSHOT:
      CAVEA_ASSERT(snapshot.has_value());
      return {peer, InstallSnapshot{{from.term}, *snapshot}};
    case CAVEA_RAFT_TIMEOUT_NOW:
      return {peer, TimeoutNow{{from.term}, {from.last_log_index}, {from.last_log_term}}};
  }
  CAVEA_ASSERT(false && "a message type that the library does not send");
  return {};
}

}  // namespace cavea::cluster
