#include "cluster/raft_internal.h"

#include <string.h>

/* The version of the vote result that tells a pre-vote from a vote; older ones are not sent. */
enum { request_vote_result_version = 2 };

/* Field by field: outgoing messages of the library may carry fields that it never set. */
cavea_raft_message cavea_raft_outgoing(const struct raft_message* from) {
  cavea_raft_message to;
  memset(&to, 0, sizeof to);
  to.type = (cavea_raft_message_type)from->type;
  to.peer = from->server_id;
  switch (from->type) {
    case RAFT_APPEND_ENTRIES:
      to.term = from->append_entries.term;
      to.prev_log_index = from->append_entries.prev_log_index;
      to.prev_log_term = from->append_entries.prev_log_term;
      to.leader_commit = from->append_entries.leader_commit;
      to.n_entries = from->append_entries.n_entries;
      break;
    case RAFT_APPEND_ENTRIES_RESULT:
      to.term = from->append_entries_result.term;
      to.rejected = from->append_entries_result.rejected;
      to.last_log_index = from->append_entries_result.last_log_index;
      break;
    case RAFT_REQUEST_VOTE:
      to.term = from->request_vote.term;
      to.candidate_id = from->request_vote.candidate_id;
      to.last_log_index = from->request_vote.last_log_index;
      to.last_log_term = from->request_vote.last_log_term;
      to.disrupt_leader = from->request_vote.disrupt_leader;
      to.pre_vote = from->request_vote.pre_vote;
      break;
    case RAFT_REQUEST_VOTE_RESULT:
      to.term = from->request_vote_result.term;
      to.pre_vote = from->request_vote_result.pre_vote;
      to.vote_granted = from->request_vote_result.vote_granted;
      break;
    case RAFT_INSTALL_SNAPSHOT:
      to.term = from->install_snapshot.term;
      break;
    case RAFT_TIMEOUT_NOW:
      to.term = from->timeout_now.term;
      to.last_log_index = from->timeout_now.last_log_index;
      to.last_log_term = from->timeout_now.last_log_term;
      break;
  }
  return to;
}

struct raft_message cavea_raft_incoming(const cavea_raft_message* from) {
  struct raft_message to;
  memset(&to, 0, sizeof to);
  to.type = (enum raft_message_type)from->type;
  to.server_id = from->peer;
  switch (from->type) {
    case CAVEA_RAFT_APPEND_ENTRIES:
      to.append_entries.term = from->term;
      to.append_entries.prev_log_index = from->prev_log_index;
      to.append_entries.prev_log_term = from->prev_log_term;
      to.append_entries.leader_commit = from->leader_commit;
      to.append_entries.n_entries = from->n_entries;
      break;
    case CAVEA_RAFT_APPEND_ENTRIES_RESULT:
      to.append_entries_result.term = from->term;
      to.append_entries_result.rejected = from->rejected;
      to.append_entries_result.last_log_index = from->last_log_index;
      break;
    case CAVEA_RAFT_REQUEST_VOTE:
      to.request_vote.term = from->term;
      to.request_vote.candidate_id = from->candidate_id;
      to.request_vote.last_log_index = from->last_log_index;
      to.request_vote.last_log_term = from->last_log_term;
      to.request_vote.disrupt_leader = from->disrupt_leader;
      to.request_vote.pre_vote = from->pre_vote;
      break;
    case CAVEA_RAFT_REQUEST_VOTE_RESULT:
      to.request_vote_result.version = request_vote_result_version;
      to.request_vote_result.term = from->term;
      to.request_vote_result.pre_vote = from->pre_vote;
      to.request_vote_result.vote_granted = from->vote_granted;
      break;
    case CAVEA_RAFT_INSTALL_SNAPSHOT:
      to.install_snapshot.term = from->term;
      break;
    case CAVEA_RAFT_TIMEOUT_NOW:
      to.timeout_now.term = from->term;
      to.timeout_now.last_log_index = from->last_log_index;
      to.timeout_now.last_log_term = from->last_log_term;
      break;
  }
  return to;
}
