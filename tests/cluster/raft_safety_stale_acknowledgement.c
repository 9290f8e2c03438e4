#include "tests/cluster/raft_safety_cases.h"
#include "tests/cluster/raft_safety_servers.h"

#include <string.h>

/* All hold command A of term 2; server 2 holds X of term 2 after it, which nobody else has. */
static void prepare(struct safety_servers* servers) {
  for (unsigned i = 0; i < servers->n; ++i) {
    safety_servers_add_entry(servers, i, 2, "A");
    raft_fixture_set_term(&servers->fixture, i, 2);
  }
  safety_servers_add_entry(servers, 2, 2, "X");
}

/* Server 2 comes back and gets a message of the leader, with which its log agrees up to A. */
static bool let_server_2_hear_of_the_leader(struct safety_servers* servers) {
  struct raft_fixture* fixture = &servers->fixture;
  const unsigned received = raft_fixture_n_recv(fixture, 2, RAFT_APPEND_ENTRIES);
  safety_servers_join(servers, 0, 2);
  for (unsigned i = 0; i < 5000; ++i) {
    if (raft_fixture_n_recv(fixture, 2, RAFT_APPEND_ENTRIES) > received) return true;
    raft_fixture_step(fixture);
  }
  return false;
}

static bool has_applied(
    const struct safety_servers* servers, unsigned server, const char* command) {
  const struct applied_commands* applied = &servers->applied[server];
  for (unsigned i = 0; i < applied->n; ++i) {
    if (strcmp(applied->commands[i], command) == 0) return true;
  }
  return false;
}

raft_safety_verdict raft_safety_stale_acknowledgement(void) {
  raft_safety_verdict verdict = {false, false};
  struct safety_servers* servers = safety_servers_new(3);
  struct raft_fixture* fixture = &servers->fixture;
  prepare(servers);
  raft_fixture_start(fixture);

  /* Server 0 leads with 1. */
  safety_servers_cut(servers, 0, 2);
  safety_servers_cut(servers, 1, 2);
  safety_servers_let_campaign(servers, 0);
  const bool led = safety_servers_run_until_leads(servers, 0, 5000);
  const bool heard = let_server_2_hear_of_the_leader(servers);

  /* Command C reaches nobody: server 1 is cut off, and nothing gets from 0 to 2, though the answers
   * of 2 still come back. The length of its log must not count as a copy of C. */
  safety_servers_cut(servers, 0, 1);
  const bool proposed = safety_servers_propose(servers, 0, "C");
  raft_fixture_saturate(fixture, 0, 2);
  for (unsigned i = 0; i < 5000 && raft_fixture_time(fixture) < 1600; ++i) {
    raft_fixture_step(fixture);
  }
  const bool was_acknowledged = servers->was_acknowledged[0];

  /* Server 0 is lost, 2 leads with 1 and goes on without C. */
  safety_servers_cut(servers, 0, 2);
  safety_servers_join(servers, 1, 2);
  safety_servers_let_campaign(servers, 2);
  const bool went_on =
      safety_servers_run_until_leads(servers, 2, 20000) && safety_servers_propose(servers, 2, "D");
  raft_fixture_step_until_elapsed(fixture, 1500);

  verdict.was_played = led && heard && proposed && went_on;
  verdict.was_violated =
      safety_servers_disagree(servers) || (was_acknowledged && !has_applied(servers, 2, "C"));
  safety_servers_free(servers);
  return verdict;
}
