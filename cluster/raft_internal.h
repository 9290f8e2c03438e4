#pragma once

/* Shared by the C files of the shim; the only file that includes the library's header. */

#include "cluster/raft_shim.h"

#include <raft.h>

#if RAFT_VERSION_NUMBER < 2200
#error "cowsql raft 0.22 or newer is needed: older versions lose acknowledged entries"
#endif

struct cavea_raft {
  struct raft raft;
  struct raft_entry* entries; /* Handed to the library for the duration of one step. */
  unsigned entries_capacity;
  cavea_raft_message* messages; /* What the last step wants sent. */
  size_t messages_capacity;
};

/* Without the entries and the configuration of a snapshot, which live outside of the library. */
cavea_raft_message cavea_raft_outgoing(const struct raft_message* from);
struct raft_message cavea_raft_incoming(const cavea_raft_message* from);
