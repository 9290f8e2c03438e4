#pragma once

#include "cluster/types.hpp"

#include <cstddef>
#include <span>
#include <variant>
#include <vector>

namespace cavea::cluster {

/// The leader's entries after `prev_index`, or without entries its heartbeat.
struct AppendEntries {
  Term term;
  LogIndex prev_index;
  Term prev_term;
  LogIndex leader_commit;
  /// Outgoing: how many entries from `prev_index + 1` on `fill_append` has to put in. Not sent.
  std::uint32_t entry_count = 0;
  std::vector<LogEntry> entries;
};

struct AppendEntriesResult {
  Term term;
  LogIndex rejected;    ///< The refused `prev_index`, or 0 when the entries were taken.
  LogIndex last_index;  ///< What the sender holds on its disk, as far as this leader's log says.
};

struct RequestVote {
  Term term;
  ServerId candidate;
  LogIndex last_index;
  Term last_term;
  bool disrupt_leader = false;  ///< The leader asked for this election: leadership moves.
  bool pre_vote = false;        ///< Only asks whether a vote would be given.
};

struct RequestVoteResult {
  Term term;
  bool pre_vote = false;
  bool vote_granted = false;
};

/// Tells a server that it is so far behind that it must fetch the state; the data travels apart.
struct InstallSnapshot {
  Term term;
  SnapshotDescriptor snapshot;
};

/// The leader hands over: start an election now.
struct TimeoutNow {
  Term term;
  LogIndex last_index;
  Term last_term;
};

/// A message between the replicas of one shard.
struct Message {
  ServerId peer;  ///< The receiver of an outgoing message, the sender of a received one.
  std::variant<
      AppendEntries,
      AppendEntriesResult,
      RequestVote,
      RequestVoteResult,
      InstallSnapshot,
      TimeoutNow>
      body;
};

[[nodiscard]] Term term_of(const Message& message);

/// False for what no correct peer sends: gaps, terms that go back, a damaged configuration.
/// Received messages are checked by it before the library, which trusts them, sees them.
[[nodiscard]] bool is_well_formed(const Message& message);

/// Makes an outgoing `AppendEntries` ready to send: puts in the `entry_count` entries from
/// `prev_index + 1` on and cuts it into messages of at most `bytes_max` bytes of data each, but at
/// least one entry. `entries` must be exactly those entries.
[[nodiscard]] std::vector<Message> fill_append(
    const Message& append, std::span<const LogEntry> entries, std::size_t bytes_max);

}  // namespace cavea::cluster
