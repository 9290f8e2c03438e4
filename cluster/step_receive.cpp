#include "cluster/convert.hpp"
#include "cluster/step.hpp"

#include <algorithm>
#include <vector>

namespace cavea::cluster {
namespace {

/// A message may begin in front of a log that was cut at a snapshot. The library takes entries that
/// it does not have there for new ones and would append them at the end, so what the snapshot
/// covers is taken out: it is committed, and therefore the same on both sides.
AppendEntries trimmed(const AppendEntries& append, const SnapshotDescriptor& snapshot) {
  auto result = append;
  result.prev_index = snapshot.index;
  result.prev_term = snapshot.term;
  const auto after = std::find_if(
      result.entries.begin(), result.entries.end(), [&snapshot](const LogEntry& entry) {
        return entry.index > snapshot.index;
      });
  result.entries.erase(result.entries.begin(), after);
  return result;
}

/// The end of the run of entries from `begin` on that the library may get at once: it notes a
/// change of the members at the index of the first new entry of a message, wherever it stands, so
/// that a change must always stand first.
std::size_t end_of_run(const std::vector<LogEntry>& entries, std::size_t begin) {
  auto end = begin;
  while (end < entries.size() && (end == begin || entries[end].type != EntryType::change)) ++end;
  return end;
}

}  // namespace

cavea_raft_status Step::receive(const Message& message) {
  const auto* append = std::get_if<AppendEntries>(&message.body);
  const auto status =
      append == nullptr ? receive_other(message) : receive_append(message.peer, *append);
  if (status == CAVEA_RAFT_OK) correct_answers(message);
  return status;
}

cavea_raft_status Step::receive_append(ServerId leader, const AppendEntries& append) {
  const auto& snapshot = replica_.snapshot_;
  const bool is_cut = snapshot && !replica_.installing_;
  if (is_cut && append.prev_index < replica_.first_index() - 1) {
    return receive_append(leader, trimmed(append, *snapshot));
  }

  const auto& entries = append.entries;
  std::vector<cavea_raft_entry> converted(entries.size());
  std::transform(entries.begin(), entries.end(), converted.begin(), [](const LogEntry& entry) {
    return to_shim(entry);
  });
  auto part = to_shim(Message{leader, append});
  for (std::size_t begin = 0;;) {
    const auto end = end_of_run(entries, begin);
    part.n_entries = static_cast<unsigned>(end - begin);
    const auto status =
        cavea_raft_receive(raft(), now(), &part, converted.data() + begin, nullptr, update());
    if (status != CAVEA_RAFT_OK) return status;
    absorb(std::span(entries).subspan(begin, end - begin));
    // The members of a run may be committed by it; the next change needs to know.
    report_configurations();
    if (end == entries.size()) return CAVEA_RAFT_OK;

    const auto& last = entries[end - 1];
    if (replica_.term_at(last.index) != last.term) return CAVEA_RAFT_OK;  // Refused.
    part.prev_log_index = last.index.value;
    part.prev_log_term = last.term.value;
    begin = end;
  }
}

cavea_raft_status Step::receive_other(const Message& message) {
  const auto converted = to_shim(message);
  const auto* install = std::get_if<InstallSnapshot>(&message.body);
  if (install == nullptr) {
    const auto status = cavea_raft_receive(raft(), now(), &converted, nullptr, nullptr, update());
    if (status == CAVEA_RAFT_OK) absorb();
    return status;
  }

  const auto encoded = install->snapshot.configuration.encode();
  const auto snapshot = to_shim(install->snapshot, encoded);
  const auto status = cavea_raft_receive(raft(), now(), &converted, nullptr, &snapshot, update());
  if (status != CAVEA_RAFT_OK) return status;
  if (update_.installs_snapshot) {
    replica_.installing_ = install->snapshot;
    // Nothing of the old log counts any more, whether it reaches the disk or not.
    for (auto& request : replica_.unpersisted_) request.last = LogIndex{0};
    effects_.install_snapshot = SnapshotToInstall{message.peer, install->snapshot};
  }
  absorb();
  return status;
}

void Step::correct_answers(const Message& request) {
  const auto term = replica_.term();
  const bool is_outdated = term_of(request) < term;
  if (!is_outdated) return;
  for (auto& answer : effects_.messages) {
    // The library answers a leader of an earlier term with an uninitialised index.
    if (auto* result = std::get_if<AppendEntriesResult>(&answer.body)) {
      result->last_index = LogIndex{0};
    }
    // The library repeats the term of a pre-vote in its answer. A candidate with the better log
    // would then never hear of our later term: it asks for ever, we refuse for ever, and nobody
    // else may be there to be elected.
    if (auto* result = std::get_if<RequestVoteResult>(&answer.body)) {
      if (result->pre_vote && !result->vote_granted) result->term = term;
    }
  }
}

}  // namespace cavea::cluster
