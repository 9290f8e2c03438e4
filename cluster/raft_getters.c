#include "cluster/raft_internal.h"

/* Some of the library's getters take a pointer to a changeable raft; none of them changes it. */
static struct raft* raft_of(const cavea_raft* self) {
  return (struct raft*)&self->raft;
}

int cavea_raft_version_number(void) {
  return raft_version_number();
}

void cavea_raft_begin_term(cavea_raft* self) {
  self->raft.current_term += 1;
  self->raft.voted_for = self->raft.id;
  /* Nothing is known yet of what a leader of this term holds. */
  if (self->raft.state == RAFT_FOLLOWER) self->raft.follower_state.match = 0;
}

uint64_t cavea_raft_current_term(const cavea_raft* self) {
  return raft_current_term(&self->raft);
}

uint64_t cavea_raft_voted_for(const cavea_raft* self) {
  return raft_voted_for(&self->raft);
}

uint64_t cavea_raft_commit_index(const cavea_raft* self) {
  return raft_commit_index(&self->raft);
}

uint64_t cavea_raft_last_index(const cavea_raft* self) {
  return raft_last_index(raft_of(self));
}

uint64_t cavea_raft_last_stored(const cavea_raft* self) {
  return self->raft.last_stored;
}

uint64_t cavea_raft_first_index(const cavea_raft* self) {
  return self->raft.trail.offset + 1;
}

/* The library has this function but does not export it. A record of the trail holds the last index
 * of a term; a term begins after the last index of the record before it. */
uint64_t cavea_raft_term_of(const cavea_raft* self, uint64_t index) {
  const struct raft_trail* trail = &self->raft.trail;
  if (index > trail->offset) {
    for (unsigned i = trail->front; i != trail->back; i = (i + 1) % trail->size) {
      if (index <= trail->records[i].index) return trail->records[i].term;
    }
  }
  return index == trail->snapshot.index ? trail->snapshot.term : 0;
}

uint64_t cavea_raft_next_timeout(const cavea_raft* self) {
  return raft_timeout(&self->raft);
}

uint64_t cavea_raft_transferee(const cavea_raft* self) {
  return raft_transferee(&self->raft);
}

cavea_raft_role cavea_raft_current_role(const cavea_raft* self) {
  switch (raft_state(raft_of(self))) {
    case RAFT_LEADER:
      return CAVEA_RAFT_LEADER;
    case RAFT_CANDIDATE:
      return CAVEA_RAFT_CANDIDATE;
    case RAFT_FOLLOWER:
    case RAFT_UNAVAILABLE:
      break;
  }
  return CAVEA_RAFT_FOLLOWER;
}

uint64_t cavea_raft_leader(const cavea_raft* self) {
  if (self->raft.state == RAFT_LEADER) return self->raft.id;
  raft_id id = 0;
  const char* address = NULL;
  raft_leader(raft_of(self), &id, &address);
  return id;
}

bool cavea_raft_is_installing_snapshot(const cavea_raft* self) {
  return self->raft.snapshot.installing;
}

uint64_t cavea_raft_match_index(const cavea_raft* self, uint64_t server) {
  raft_index index = 0;
  return raft_match_index(&self->raft, server, &index) == 0 ? index : 0;
}

cavea_raft_catch_up_status cavea_raft_catch_up_state(const cavea_raft* self, uint64_t server) {
  int status = RAFT_CATCH_UP_NONE;
  if (raft_catch_up(&self->raft, server, &status) != 0) return CAVEA_RAFT_CATCH_UP_NONE;
  switch (status) {
    case RAFT_CATCH_UP_RUNNING:
      return CAVEA_RAFT_CATCH_UP_RUNNING;
    case RAFT_CATCH_UP_ABORTED:
      return CAVEA_RAFT_CATCH_UP_ABORTED;
    case RAFT_CATCH_UP_FINISHED:
      return CAVEA_RAFT_CATCH_UP_FINISHED;
    default:
      return CAVEA_RAFT_CATCH_UP_NONE;
  }
}
