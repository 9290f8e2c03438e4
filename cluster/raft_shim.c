#include "cluster/raft_shim.h"

#include "cluster/raft_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void* not_null(void* memory) {
  if (memory == NULL) {
    fputs("cavea: out of memory in the consensus library\n", stderr);
    abort();
  }
  return memory;
}

static cavea_raft_status status_of(int rv) {
  switch (rv) {
    case 0:
      return CAVEA_RAFT_OK;
    case RAFT_NOTLEADER:
      return CAVEA_RAFT_NOT_LEADER;
    case RAFT_CANTCHANGE:
      return CAVEA_RAFT_CANNOT_CHANGE;
    case RAFT_BADID:
    case RAFT_NOTFOUND:
      return CAVEA_RAFT_BAD_SERVER;
    case RAFT_SHUTDOWN:
      return CAVEA_RAFT_CONFLICT;
    case RAFT_NOMEM:
      not_null(NULL);
      return CAVEA_RAFT_MALFORMED;
    default:
      return CAVEA_RAFT_MALFORMED;
  }
}

static struct raft_configuration decode_configuration(const void* data, size_t size) {
  struct raft_configuration configuration;
  struct raft_buffer buffer = {.base = (void*)data, .len = size};
  raft_configuration_init(&configuration);
  /* The caller checked the encoding, so that only memory can be missing. */
  if (raft_configuration_decode(&buffer, &configuration) != 0) not_null(NULL);
  return configuration;
}

static struct raft_snapshot_metadata metadata_of(const cavea_raft_snapshot* snapshot) {
  struct raft_snapshot_metadata metadata;
  metadata.index = snapshot->index;
  metadata.term = snapshot->term;
  metadata.configuration =
      decode_configuration(snapshot->configuration, snapshot->configuration_size);
  metadata.configuration_index = snapshot->configuration_index;
  return metadata;
}

/* Fills self->entries. All of them name one batch, which holds copies of the changes only: the
 * library decodes those, and frees the batch on some ways out of receiving. The caller of this
 * function frees it on the others. */
static void* fill_entries(cavea_raft* self, const cavea_raft_entry* entries, unsigned n) {
  size_t size = 1;
  for (unsigned i = 0; i < n; ++i) {
    if (entries[i].type == RAFT_CHANGE) size += entries[i].size;
  }
  if (n > self->entries_capacity) {
    self->entries = not_null(realloc(self->entries, n * sizeof *self->entries));
    self->entries_capacity = n;
  }
  char* batch = not_null(raft_malloc(size));
  size_t used = 0;
  for (unsigned i = 0; i < n; ++i) {
    const int is_change = entries[i].type == RAFT_CHANGE;
    struct raft_entry* entry = &self->entries[i];
    memset(entry, 0, sizeof *entry);
    entry->term = entries[i].term;
    entry->type = (enum raft_entry_type)entries[i].type;
    entry->batch = batch;
    if (!is_change) continue;
    entry->buf.base = memcpy(batch + used, entries[i].data, entries[i].size);
    entry->buf.len = entries[i].size;
    used += entries[i].size;
  }
  return batch;
}

static void collect_messages(
    cavea_raft* self, const struct raft_update* update, cavea_raft_update* out) {
  if (!(update->flags & (RAFT_UPDATE_MESSAGES))) return;
  if (update->messages.n > self->messages_capacity) {
    self->messages_capacity = update->messages.n;
    self->messages =
        not_null(realloc(self->messages, self->messages_capacity * sizeof *self->messages));
  }
  for (unsigned i = 0; i < update->messages.n; ++i) {
    self->messages[i] = cavea_raft_outgoing(&update->messages.batch[i]);
  }
  out->messages = self->messages;
  out->n_messages = update->messages.n;
}

static cavea_raft_status step(
    cavea_raft* self, uint64_t now, struct raft_event* event, cavea_raft_update* out) {
  struct raft_update update;
  memset(&update, 0, sizeof update);
  memset(out, 0, sizeof *out);
  event->time = now;
  const int rv = raft_step(&self->raft, event, &update);
  if (rv != 0) return status_of(rv);

  if (update.flags & (RAFT_UPDATE_ENTRIES)) {
    out->first_index = update.entries.index;
    out->n_entries = update.entries.n;
    out->is_barrier = update.entries.batch == &self->raft.barrier;
    /* The library allocated the eight bytes of its barrier and leaves them to us. */
    if (out->is_barrier) raft_free(self->raft.barrier.buf.base);
  }
  if (update.flags & (RAFT_UPDATE_SNAPSHOT)) {
    out->installs_snapshot = true;
    struct raft_snapshot_metadata* metadata = &update.snapshot.metadata;
    raft_configuration_close(&metadata->configuration);
    raft_free(update.snapshot.chunk.base);
  }
  collect_messages(self, &update, out);
  return CAVEA_RAFT_OK;
}

cavea_raft* cavea_raft_new(const cavea_raft_options* options) {
  cavea_raft* self = not_null(calloc(1, sizeof *self));
  struct raft* raft = &self->raft;
  char address[24];
  snprintf(address, sizeof address, "%llu", (unsigned long long)options->id);
  if (raft_init(raft, NULL, NULL, options->id, address) != 0) not_null(NULL);
  raft->tracer = NULL;
  raft_seed(raft, options->seed);
  raft_set_election_timeout(raft, options->election_timeout_ms);
  raft_set_heartbeat_timeout(raft, options->heartbeat_timeout_ms);
  raft_set_install_snapshot_timeout(raft, options->install_snapshot_timeout_ms);
  raft_set_max_inflight_entries(raft, options->inflight_entries_max);
  raft_set_pre_vote(raft, true);
  return self;
}

void cavea_raft_free(cavea_raft* self) {
  if (self == NULL) return;
  raft_close(&self->raft, NULL);
  free(self->entries);
  free(self->messages);
  free(self);
}

cavea_raft_status cavea_raft_start(
    cavea_raft* self,
    uint64_t now,
    uint64_t term,
    uint64_t voted_for,
    const cavea_raft_snapshot* snapshot,
    uint64_t first_index,
    const cavea_raft_entry* entries,
    unsigned n_entries,
    cavea_raft_update* update) {
  struct raft_event event = {.type = RAFT_START};
  struct raft_snapshot_metadata metadata;
  void* batch = fill_entries(self, entries, n_entries);
  event.start.term = term;
  event.start.voted_for = voted_for;
  event.start.start_index = first_index;
  event.start.entries = self->entries;
  event.start.n_entries = n_entries;
  if (snapshot != NULL) {
    metadata = metadata_of(snapshot); /* The library keeps the configuration. */
    event.start.metadata = &metadata;
  }
  const cavea_raft_status status = step(self, now, &event, update);
  /* When starting fails the library has freed entries and batch; the replica is of no use then. */
  if (status != CAVEA_RAFT_OK) {
    self->entries = NULL;
    self->entries_capacity = 0;
    return status;
  }
  raft_free(batch);
  return status;
}

cavea_raft_status cavea_raft_submit(
    cavea_raft* self, uint64_t now, const cavea_raft_entry* entry, cavea_raft_update* update) {
  struct raft_event event = {.type = RAFT_SUBMIT};
  void* batch = fill_entries(self, entry, 1);
  event.submit.entries = self->entries;
  event.submit.n = 1;
  const cavea_raft_status status = step(self, now, &event, update);
  raft_free(batch); /* Submitting never frees. */
  return status;
}

static cavea_raft_status receive_entries(
    cavea_raft* self,
    uint64_t now,
    struct raft_event* event,
    const cavea_raft_entry* entries,
    cavea_raft_update* update) {
  struct raft_append_entries* append = &event->receive.message->append_entries;
  void* batch = NULL;
  if (append->n_entries > 0) {
    batch = fill_entries(self, entries, append->n_entries);
    append->entries = self->entries;
  }
  const cavea_raft_status status = step(self, now, event, update);
  /* The library frees the batch unless it wants the entries persisted. */
  if (status == CAVEA_RAFT_OK && update->n_entries > 0) raft_free(batch);
  return status;
}

/* A server has to vote even if, as far as it knows, it is no voter: the candidate may hold the
 * change that made it one, and then needs this vote to lead and to pass the change on. The library
 * refuses, and a shard that grows from one voter to two would be stuck for ever if the first one
 * stopped at the wrong moment. The candidate counts only votes of its own configuration
 * (Ongaro, 4.2.2). */
static cavea_raft_status receive_vote_request(
    cavea_raft* self, uint64_t now, struct raft_event* event, cavea_raft_update* update) {
  const struct raft_configuration* members = &self->raft.configuration;
  struct raft_server* local = NULL;
  for (unsigned i = 0; i < members->n; ++i) {
    if (members->servers[i].id == self->raft.id) local = &members->servers[i];
  }
  if (local == NULL) return step(self, now, event, update);
  const int role = local->role;
  local->role = RAFT_VOTER;
  const cavea_raft_status status = step(self, now, event, update);
  local->role = role; /* Voting does not touch the configuration. */
  return status;
}

cavea_raft_status cavea_raft_receive(
    cavea_raft* self,
    uint64_t now,
    const cavea_raft_message* message,
    const cavea_raft_entry* entries,
    const cavea_raft_snapshot* snapshot,
    cavea_raft_update* update) {
  struct raft_event event = {.type = RAFT_RECEIVE};
  struct raft_message converted = cavea_raft_incoming(message);
  char address[24];
  snprintf(address, sizeof address, "%llu", (unsigned long long)message->peer);
  converted.server_address = address; /* Copied where it is kept. */
  event.receive.message = &converted;
  if (message->type == CAVEA_RAFT_APPEND_ENTRIES) {
    return receive_entries(self, now, &event, entries, update);
  }
  if (message->type == CAVEA_RAFT_REQUEST_VOTE) {
    return receive_vote_request(self, now, &event, update);
  }
  if (message->type == CAVEA_RAFT_INSTALL_SNAPSHOT) {
    /* The library would neither free nor hand back what it ignores while it installs another. */
    if (cavea_raft_is_installing_snapshot(self)) {
      memset(update, 0, sizeof *update);
      return CAVEA_RAFT_OK;
    }
    const struct raft_snapshot_metadata metadata = metadata_of(snapshot);
    converted.install_snapshot.last_index = metadata.index;
    converted.install_snapshot.last_term = metadata.term;
    converted.install_snapshot.conf = metadata.configuration;
    converted.install_snapshot.conf_index = metadata.configuration_index;
    converted.install_snapshot.data.base = not_null(raft_malloc(1)); /* Freed there or in step(). */
    converted.install_snapshot.data.len = 1;
  }
  return step(self, now, &event, update);
}

cavea_raft_status cavea_raft_persisted_entries(
    cavea_raft* self, uint64_t now, uint64_t index, cavea_raft_update* update) {
  struct raft_event event = {.type = RAFT_PERSISTED_ENTRIES};
  event.persisted_entries.index = index;
  return step(self, now, &event, update);
}

cavea_raft_status cavea_raft_persisted_snapshot(
    cavea_raft* self,
    uint64_t now,
    const cavea_raft_snapshot* snapshot,
    cavea_raft_update* update) {
  struct raft_event event = {.type = RAFT_PERSISTED_SNAPSHOT};
  event.persisted_snapshot.metadata = metadata_of(snapshot); /* Kept by the library. */
  event.persisted_snapshot.last = true;
  return step(self, now, &event, update);
}

cavea_raft_status cavea_raft_committed_configuration(
    cavea_raft* self,
    uint64_t now,
    uint64_t index,
    const void* configuration,
    size_t size,
    cavea_raft_update* update) {
  struct raft_event event = {.type = RAFT_CONFIGURATION};
  event.configuration.index = index;
  event.configuration.conf = decode_configuration(configuration, size); /* Kept or freed there. */
  return step(self, now, &event, update);
}

cavea_raft_status cavea_raft_snapshot_taken(
    cavea_raft* self,
    uint64_t now,
    const cavea_raft_snapshot* snapshot,
    unsigned trailing,
    cavea_raft_update* update) {
  struct raft_event event = {.type = RAFT_SNAPSHOT};
  event.snapshot.metadata = metadata_of(snapshot); /* The configuration is kept or freed there. */
  event.snapshot.trailing = trailing;
  return step(self, now, &event, update);
}

cavea_raft_status cavea_raft_timeout(cavea_raft* self, uint64_t now, cavea_raft_update* update) {
  struct raft_event event = {.type = RAFT_TIMEOUT};
  struct raft* raft = &self->raft;
  /* A follower that has heard nothing for so long has no leader. The library forgets it only when
   * it becomes a candidate; a server without a vote never does, and would refuse its vote for ever.
   */
  if (raft->state == RAFT_FOLLOWER && now >= raft_timeout(raft)) {
    raft_free(raft->follower_state.current_leader.address);
    raft->follower_state.current_leader.address = NULL;
    raft->follower_state.current_leader.id = 0;
  }
  /* An election that brought no leader begins again with a pre-vote, and without the permission to
   * disturb a leader. The library would go on raising the term instead, and a server that was taken
   * out while leadership was handed to it would unseat every leader for ever. */
  if (raft->state == RAFT_CANDIDATE && now >= raft_timeout(raft)) {
    raft->candidate_state.disrupt_leader = false;
    raft->candidate_state.in_pre_vote = true;
  }
  return step(self, now, &event, update);
}

cavea_raft_status cavea_raft_catch_up(
    cavea_raft* self, uint64_t now, uint64_t server, cavea_raft_update* update) {
  struct raft_event event = {.type = RAFT_CATCH_UP};
  event.catch_up.server_id = server;
  return step(self, now, &event, update);
}

cavea_raft_status cavea_raft_transfer(
    cavea_raft* self, uint64_t now, uint64_t server, cavea_raft_update* update) {
  struct raft_event event = {.type = RAFT_TRANSFER};
  event.transfer.server_id = server;
  return step(self, now, &event, update);
}
