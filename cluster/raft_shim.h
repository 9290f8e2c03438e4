#pragma once

/* A small C interface over raft_step() of cowsql raft 0.22.1, whose header is no valid C++.
 *
 * What it settles, so that nothing above has to know it:
 * - Memory. The library keeps the terms of the log, never its entries, and frees some of what it is
 *   given on some ways out. The shim gives it only what it frees, copies out what it hands back,
 * and shows it no bytes of commands at all: they are never copied and never freed here.
 * - Tracing is switched off: the library formats each trace line into a static buffer, which costs
 *   time and would be a data race between shards that run in different threads.
 * - Out of memory ends the process.
 *
 * Not thread-safe per object; different objects may be used in different threads at once. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cavea_raft cavea_raft;

typedef enum {
  CAVEA_RAFT_OK = 0,
  CAVEA_RAFT_NOT_LEADER,
  CAVEA_RAFT_CANNOT_CHANGE, /* A configuration change or a catch-up is under way. */
  CAVEA_RAFT_BAD_SERVER,    /* Unknown, or of a role for which this cannot be done. */
  CAVEA_RAFT_CONFLICT,      /* A leader contradicts a committed entry: some log is damaged. */
  CAVEA_RAFT_MALFORMED
} cavea_raft_status;

typedef enum {
  CAVEA_RAFT_FOLLOWER = 1,
  CAVEA_RAFT_CANDIDATE = 2,
  CAVEA_RAFT_LEADER = 3
} cavea_raft_role;

typedef enum {
  CAVEA_RAFT_CATCH_UP_NONE,
  CAVEA_RAFT_CATCH_UP_RUNNING,
  CAVEA_RAFT_CATCH_UP_ABORTED,
  CAVEA_RAFT_CATCH_UP_FINISHED
} cavea_raft_catch_up_status;

typedef enum {
  CAVEA_RAFT_APPEND_ENTRIES = 1,
  CAVEA_RAFT_APPEND_ENTRIES_RESULT,
  CAVEA_RAFT_REQUEST_VOTE,
  CAVEA_RAFT_REQUEST_VOTE_RESULT,
  CAVEA_RAFT_INSTALL_SNAPSHOT,
  CAVEA_RAFT_TIMEOUT_NOW
} cavea_raft_message_type;

typedef struct {
  uint64_t id; /* Greater than zero. */
  unsigned seed;
  unsigned election_timeout_ms;
  unsigned heartbeat_timeout_ms;
  unsigned install_snapshot_timeout_ms;
  unsigned inflight_entries_max;
} cavea_raft_options;

typedef struct {
  uint64_t term;
  int type;         /* 1 command, 2 barrier, 3 change. */
  const void* data; /* Read only of a change, and copied. */
  size_t size;
} cavea_raft_entry;

typedef struct {
  uint64_t index;
  uint64_t term;
  uint64_t configuration_index;
  const void* configuration; /* Encoded and well-formed; copied. */
  size_t configuration_size;
} cavea_raft_snapshot;

/* One message; fields that its type does not have are zero. */
typedef struct {
  cavea_raft_message_type type;
  uint64_t peer;           /* The receiver of an outgoing message, the sender of an incoming one. */
  uint64_t term;           /* All. */
  uint64_t prev_log_index; /* Append entries. */
  uint64_t prev_log_term;  /* Append entries. */
  uint64_t leader_commit;  /* Append entries. */
  unsigned n_entries;      /* Append entries. */
  uint64_t rejected;       /* Append entries result. */
  uint64_t last_log_index; /* Append entries result, request vote, timeout now. */
  uint64_t last_log_term;  /* Request vote, timeout now. */
  uint64_t candidate_id;   /* Request vote. */
  bool disrupt_leader;     /* Request vote. */
  bool pre_vote;           /* Request vote and its result. */
  bool vote_granted;       /* Request vote result. */
} cavea_raft_message;

/* What one step asks for, besides what the getters below say. */
typedef struct {
  uint64_t first_index; /* Of the entries to persist; 0 when there are none. */
  unsigned n_entries;   /* The last that many entries of those handed in, or one barrier. */
  bool is_barrier;      /* The library appended a barrier of its own; no entry was handed in. */
  bool installs_snapshot;
  const cavea_raft_message* messages; /* Valid until the next step. */
  size_t n_messages;
} cavea_raft_update;

int cavea_raft_version_number(void);

cavea_raft* cavea_raft_new(const cavea_raft_options* options);
void cavea_raft_free(cavea_raft* self);

/* Steps. Times are milliseconds and must not go back. `update` is always filled. */
cavea_raft_status cavea_raft_start(
    cavea_raft* self,
    uint64_t now,
    uint64_t term,
    uint64_t voted_for,
    const cavea_raft_snapshot* snapshot, /* May be null. */
    uint64_t first_index,
    const cavea_raft_entry* entries,
    unsigned n_entries,
    cavea_raft_update* update);
cavea_raft_status cavea_raft_submit(
    cavea_raft* self, uint64_t now, const cavea_raft_entry* entry, cavea_raft_update* update);
cavea_raft_status cavea_raft_receive(
    cavea_raft* self,
    uint64_t now,
    const cavea_raft_message* message,
    const cavea_raft_entry* entries,     /* Append entries. */
    const cavea_raft_snapshot* snapshot, /* Install snapshot. */
    cavea_raft_update* update);
cavea_raft_status cavea_raft_persisted_entries(
    cavea_raft* self, uint64_t now, uint64_t index, cavea_raft_update* update);
cavea_raft_status cavea_raft_persisted_snapshot(
    cavea_raft* self, uint64_t now, const cavea_raft_snapshot* snapshot, cavea_raft_update* update);
cavea_raft_status cavea_raft_committed_configuration(
    cavea_raft* self,
    uint64_t now,
    uint64_t index,
    const void* configuration,
    size_t size,
    cavea_raft_update* update);
cavea_raft_status cavea_raft_snapshot_taken(
    cavea_raft* self,
    uint64_t now,
    const cavea_raft_snapshot* snapshot,
    unsigned trailing,
    cavea_raft_update* update);
cavea_raft_status cavea_raft_timeout(cavea_raft* self, uint64_t now, cavea_raft_update* update);
/* Only a leader may ask, and only for a server of its configuration that does not vote. */
cavea_raft_status cavea_raft_catch_up(
    cavea_raft* self, uint64_t now, uint64_t server, cavea_raft_update* update);
/* `server` 0: the voter that is furthest. */
cavea_raft_status cavea_raft_transfer(
    cavea_raft* self, uint64_t now, uint64_t server, cavea_raft_update* update);

/* Begins the next term with a vote for itself; only for a follower. The library lets a sole voter
 * lead without an election, in the term that it finds; see Replica::start for why that is not safe.
 */
void cavea_raft_begin_term(cavea_raft* self);

uint64_t cavea_raft_current_term(const cavea_raft* self);
uint64_t cavea_raft_voted_for(const cavea_raft* self);
uint64_t cavea_raft_commit_index(const cavea_raft* self);
uint64_t cavea_raft_last_index(const cavea_raft* self);
uint64_t cavea_raft_last_stored(const cavea_raft* self);
uint64_t cavea_raft_first_index(const cavea_raft* self);
/* 0 when the index is neither in the log nor that of the last snapshot. */
uint64_t cavea_raft_term_of(const cavea_raft* self, uint64_t index);
uint64_t cavea_raft_next_timeout(const cavea_raft* self);
uint64_t cavea_raft_transferee(const cavea_raft* self);
cavea_raft_role cavea_raft_current_role(const cavea_raft* self);
uint64_t cavea_raft_leader(const cavea_raft* self); /* 0 when unknown. */
bool cavea_raft_is_installing_snapshot(const cavea_raft* self);
/* Of a leader: the highest index that `server` is known to hold; 0 otherwise. */
uint64_t cavea_raft_match_index(const cavea_raft* self, uint64_t server);
cavea_raft_catch_up_status cavea_raft_catch_up_state(const cavea_raft* self, uint64_t server);

#ifdef __cplusplus
}
#endif
