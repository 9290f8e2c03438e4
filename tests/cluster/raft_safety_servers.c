#include "tests/cluster/raft_safety_servers.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int apply(struct raft_fsm* fsm, const struct raft_buffer* buffer, void** result) {
  struct applied_commands* applied = fsm->data;
  if (applied->n < commands_max) {
    char* command = applied->commands[applied->n++];
    snprintf(command, command_size, "%s", (const char*)buffer->base);
  }
  *result = NULL;
  return 0;
}

static int snapshot(struct raft_fsm* fsm, struct raft_buffer* buffers[], unsigned* n) {
  (void)fsm;
  *buffers = NULL;
  *n = 0;
  return 0;
}

static int restore(struct raft_fsm* fsm, struct raft_buffer* buffer) {
  (void)fsm;
  raft_free(buffer->base);
  return 0;
}

static void* command_memory(const char* command) {
  char* memory = raft_calloc(1, command_size);
  if (memory == NULL) abort();
  snprintf(memory, command_size, "%s", command);
  return memory;
}

static void require(int rv) {
  if (rv == 0) return;
  fprintf(stderr, "the in-memory servers cannot be set up: error %d\n", rv);
  abort();
}

struct safety_servers* safety_servers_new(unsigned n) {
  struct safety_servers* servers = calloc(1, sizeof *servers);
  if (servers == NULL) abort();
  struct raft_fixture* fixture = &servers->fixture;
  servers->n = n;
  require(raft_fixture_initialize(fixture));
  for (unsigned i = 0; i < n; ++i) {
    struct raft_fsm* fsm = &servers->state_machines[i];
    fsm->version = 1;
    fsm->data = &servers->applied[i];
    fsm->apply = apply;
    fsm->snapshot = snapshot;
    fsm->restore = restore;
    require(raft_fixture_grow(fixture, fsm));
    raft_fixture_get(fixture, i)->tracer = NULL; /* It would print every step. */
  }
  struct raft_configuration configuration;
  require(raft_fixture_configuration(fixture, n, &configuration));
  require(raft_fixture_bootstrap(fixture, &configuration));
  raft_configuration_close(&configuration);
  return servers;
}

void safety_servers_free(struct safety_servers* servers) {
  raft_fixture_close(&servers->fixture);
  free(servers);
}

void safety_servers_add_entry(
    struct safety_servers* servers, unsigned server, raft_term term, const char* command) {
  struct raft_entry entry;
  memset(&entry, 0, sizeof entry);
  entry.term = term;
  entry.type = RAFT_COMMAND;
  entry.buf.len = command_size;
  entry.buf.base = command_memory(command);
  raft_fixture_add_entry(&servers->fixture, server, &entry);
}

void safety_servers_cut(struct safety_servers* servers, unsigned a, unsigned b) {
  raft_fixture_disconnect(&servers->fixture, a, b);
  raft_fixture_disconnect(&servers->fixture, b, a);
}

void safety_servers_join(struct safety_servers* servers, unsigned a, unsigned b) {
  raft_fixture_reconnect(&servers->fixture, a, b);
  raft_fixture_reconnect(&servers->fixture, b, a);
}

void safety_servers_let_campaign(struct safety_servers* servers, unsigned candidate) {
  for (unsigned i = 0; i < servers->n; ++i) {
    const unsigned timeout_ms = i == candidate ? 1000 : 2000;
    raft_fixture_set_randomized_election_timeout(&servers->fixture, i, timeout_ms);
  }
}

bool safety_servers_leads(struct safety_servers* servers, unsigned server) {
  return raft_state(raft_fixture_get(&servers->fixture, server)) == RAFT_LEADER;
}

bool safety_servers_run_until_leads(
    struct safety_servers* servers, unsigned server, unsigned steps_max) {
  for (unsigned i = 0; i < steps_max && !safety_servers_leads(servers, server); ++i) {
    raft_fixture_step(&servers->fixture);
  }
  return safety_servers_leads(servers, server);
}

static void on_applied(struct raft_apply* proposal, int status, void* result) {
  bool* was_acknowledged = proposal->data;
  (void)result;
  *was_acknowledged = status == 0;
}

bool safety_servers_propose(struct safety_servers* servers, unsigned server, const char* command) {
  struct raft_apply* proposal = &servers->proposals[server];
  struct raft_buffer buffer = {.base = command_memory(command), .len = command_size};
  proposal->data = &servers->was_acknowledged[server];
  struct raft* raft = raft_fixture_get(&servers->fixture, server);
  if (raft_apply(raft, proposal, &buffer, 1, on_applied) == 0) return true;
  raft_free(buffer.base);
  return false;
}

bool safety_servers_disagree(const struct safety_servers* servers) {
  for (unsigned i = 0; i < servers->n; ++i) {
    for (unsigned j = i + 1; j < servers->n; ++j) {
      const struct applied_commands* a = &servers->applied[i];
      const struct applied_commands* b = &servers->applied[j];
      for (unsigned k = 0; k < a->n && k < b->n; ++k) {
        if (strcmp(a->commands[k], b->commands[k]) != 0) return true;
      }
    }
  }
  return false;
}
