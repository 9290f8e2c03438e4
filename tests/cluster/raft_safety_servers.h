#pragma once

/* What both cases need: a few of the library's in-memory servers and what they applied. */

#include <raft.h>
#include <raft/fixture.h>

#include <stdbool.h>

enum { servers_max = 5, commands_max = 8, command_size = 8 };

struct applied_commands {
  char commands[commands_max][command_size];
  unsigned n;
};

struct safety_servers {
  struct raft_fixture fixture;
  struct raft_fsm state_machines[servers_max];
  struct applied_commands applied[servers_max];
  unsigned n;
  /* One proposal per server is enough; the library keeps a pointer to it. */
  struct raft_apply proposals[servers_max];
  bool was_acknowledged[servers_max];
};

/* All servers are voters and hold the configuration at index 1. */
struct safety_servers* safety_servers_new(unsigned n);
void safety_servers_free(struct safety_servers* servers);

/* Before the start: what a server's disk holds. */
void safety_servers_add_entry(
    struct safety_servers* servers, unsigned server, raft_term term, const char* command);

void safety_servers_cut(struct safety_servers* servers, unsigned a, unsigned b);
void safety_servers_join(struct safety_servers* servers, unsigned a, unsigned b);

/* The next server to campaign. */
void safety_servers_let_campaign(struct safety_servers* servers, unsigned candidate);

bool safety_servers_leads(struct safety_servers* servers, unsigned server);

/* At most `steps_max` steps until `server` leads. */
bool safety_servers_run_until_leads(
    struct safety_servers* servers, unsigned server, unsigned steps_max);

bool safety_servers_propose(struct safety_servers* servers, unsigned server, const char* command);

/* Some server applied another command than another one at the same place. */
bool safety_servers_disagree(const struct safety_servers* servers);
