#pragma once

/* Two protocol cases of raft, played on the in-memory servers (`raft/fixture.h`) that the linked
 * library exports. cowsql raft 0.15, which Debian 12 carries in its main archive, fails both: it
 * loses entries that it has acknowledged. */

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  /* False when the servers did not come to the point where the case is decided; then the rest says
   * nothing. */
  bool was_played;
  /* Two servers applied different commands at one index, or an acknowledged command is lost. */
  bool was_violated;
} raft_safety_verdict;

/* Figure 8 of the raft paper (Ongaro and Ousterhout, "In Search of an Understandable Consensus
 * Algorithm", 2014, 5.4.2): a leader must not commit an entry of an earlier term by counting its
 * copies, since a server without the entry can still be elected. */
raft_safety_verdict raft_safety_figure8(void);

/* A follower must not acknowledge entries of its own log that the new leader has never compared
 * with its own; otherwise the leader counts a copy that does not exist. */
raft_safety_verdict raft_safety_stale_acknowledgement(void);

#ifdef __cplusplus
}
#endif
