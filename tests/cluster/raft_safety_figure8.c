#include "tests/cluster/raft_safety_cases.h"
#include "tests/cluster/raft_safety_servers.h"

/* Servers 0 and 1 hold command A of term 2 at index 2, server 4 holds B of term 3 there. */
static void prepare(struct safety_servers* servers) {
  safety_servers_add_entry(servers, 0, 2, "A");
  safety_servers_add_entry(servers, 1, 2, "A");
  safety_servers_add_entry(servers, 4, 3, "B");
  for (unsigned i = 0; i < servers->n; ++i) raft_fixture_set_term(&servers->fixture, i, 3);
}

raft_safety_verdict raft_safety_figure8(void) {
  raft_safety_verdict verdict = {false, false};
  struct safety_servers* servers = safety_servers_new(5);
  struct raft_fixture* fixture = &servers->fixture;
  prepare(servers);
  raft_fixture_start(fixture);

  /* Server 0 leads a later term with 1 and 2, and copies A to 2: a majority holds it. Nothing of
   * its own term is proposed. */
  for (unsigned i = 0; i < 4; ++i) safety_servers_cut(servers, i, 4);
  for (unsigned i = 0; i < 3; ++i) safety_servers_cut(servers, i, 3);
  safety_servers_let_campaign(servers, 0);
  const bool first_led = safety_servers_run_until_leads(servers, 0, 5000);
  /* Long enough for the answers; a leader that cannot commit steps down at 2100. */
  while (raft_fixture_get(fixture, 0)->commit_index < 2 && raft_fixture_time(fixture) < 1900) {
    raft_fixture_step(fixture);
  }
  const bool majority_has_it = raft_last_index(raft_fixture_get(fixture, 2)) >= 2;

  /* Servers 0 and 1 vanish. Server 4, whose last term is later than A's, is elected by 2 and 3 and
   * puts B in A's place, unless server 2 got an entry of the first leader's own term together with
   * A. */
  for (unsigned i = 1; i < 5; ++i) safety_servers_cut(servers, 0, i);
  for (unsigned i = 2; i < 5; ++i) safety_servers_cut(servers, 1, i);
  safety_servers_join(servers, 2, 3);
  safety_servers_join(servers, 2, 4);
  safety_servers_join(servers, 3, 4);
  safety_servers_let_campaign(servers, 4);
  raft_fixture_step_until_elapsed(fixture, 12000);
  for (unsigned i = 2; i < 5; ++i) {
    if (!safety_servers_leads(servers, i)) continue;
    verdict.was_played = first_led && majority_has_it && safety_servers_propose(servers, i, "C");
  }
  raft_fixture_step_until_elapsed(fixture, 3000);
  verdict.was_violated = safety_servers_disagree(servers);
  safety_servers_free(servers);
  return verdict;
}
