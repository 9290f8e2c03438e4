#include "cluster/step.hpp"

#include "cluster/convert.hpp"
#include "engine/assert.hpp"

#include <algorithm>

namespace cavea::cluster {

Step::Step(Replica& replica, Instant now)
    : Step(
        replica,
        now,
        {{cavea_raft_current_term(replica.raft_.get())},
         {cavea_raft_voted_for(replica.raft_.get())}}) {}

Step::Step(Replica& replica, Instant now, HardState on_disk)
    : replica_(replica),
      on_disk_(on_disk),
      was_leader_(replica.is_leader()),
      last_before_(replica.last_index()) {
  replica_.now_ = std::max(replica_.now_, now);
}

void Step::absorb(std::span<const LogEntry> proposed) {
  if (update_.n_entries > 0) absorb_entries(proposed);
  for (std::size_t i = 0; i < update_.n_messages; ++i) {
    effects_.messages.push_back(from_shim(update_.messages[i], replica_.snapshot_));
  }
  last_before_ = replica_.last_index();
  if (!replica_.installing_) {
    const LogIndex committed{cavea_raft_commit_index(raft())};
    replica_.commit_index_ = std::max(replica_.commit_index_, committed);
  }
}

void Step::absorb_entries(std::span<const LogEntry> proposed) {
  const LogIndex first{update_.first_index};
  if (first <= last_before_) overwrite_from(first);

  if (update_.is_barrier) {
    effects_.entries.push_back({first, replica_.term(), EntryType::barrier, make_bytes({})});
  } else {
    CAVEA_ASSERT(update_.n_entries <= proposed.size());
    const auto wanted = proposed.last(update_.n_entries);
    CAVEA_ASSERT(wanted.front().index == first);
    effects_.entries.insert(effects_.entries.end(), wanted.begin(), wanted.end());
    for (const auto& entry : wanted) replica_.learn_configuration(entry);
  }
  replica_.last_ticket_.value += 1;
  effects_.persist_ticket = replica_.last_ticket_;
  replica_.unpersisted_.push_back({replica_.last_ticket_, effects_.entries.back().index});
}

void Step::overwrite_from(LogIndex index) {
  effects_.truncate_from = std::min(effects_.truncate_from.value_or(index), index);
  for (auto& request : replica_.unpersisted_) request.last = std::min(request.last, index - 1);
  auto& known = replica_.configurations_;
  while (!known.empty() && known.back().index >= index) known.pop_back();
}

void Step::report_configurations() {
  // By index, since reporting is a step of its own that must not disturb the loop.
  auto& known = replica_.configurations_;
  for (std::size_t i = 0; i < known.size(); ++i) {
    const auto& next = known[i];
    if (next.index <= replica_.configuration_reported_) continue;
    if (next.index > replica_.commit_index()) return;
    const auto status = cavea_raft_committed_configuration(
        raft(), now(), next.index.value, next.encoded->data(), next.encoded->size(), update());
    CAVEA_ASSERT(status == CAVEA_RAFT_OK);
    replica_.configuration_reported_ = next.index;
    effects_.configuration_changed = true;
    absorb();
  }
}

Effects Step::finish() {
  report_configurations();
  const HardState after{replica_.term(), {cavea_raft_voted_for(raft())}};
  if (after != on_disk_) effects_.hard_state = after;
  effects_.commit_index = replica_.commit_index();
  effects_.role = replica_.role();
  effects_.leadership_changed = was_leader_ != replica_.is_leader();
  effects_.leader = replica_.leader();
  effects_.first_index = replica_.first_index();
  effects_.next_timeout = replica_.next_timeout();
  return std::move(effects_);
}

}  // namespace cavea::cluster
