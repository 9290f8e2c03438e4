#include "actors/shard_log.hpp"
#include "actors/stored_log.hpp"

// How a copy of the state from another node takes the place of a log that does not go back far
// enough.

namespace cavea::actors {

std::optional<cluster::ServerId> ShardLog::copy_source() const {
  if (installed_) return std::nullopt;
  if (installing_) return installing_->source;
  if (!lacks_state_ || is_leading()) return std::nullopt;
  return replica_->leader();
}

bool ShardLog::may_install(std::uint64_t applied) const {
  return !installing_ || applied >= installing_->descriptor.index.value;
}

void ShardLog::begin_install() {
  lacks_state_ = true;
}

/// The log goes only when the copy is on the disk, too: nobody may forget what it said it has.
void ShardLog::end_install(std::uint64_t applied) {
  installed_ = applied;
  parts_.journal->persist_state();
}

void ShardLog::begin_log_anew() {
  const auto applied = *installed_;
  lacks_state_ = false;
  materialised_ = applied;
  applied_ = applied;
  not_settled_.clear();
  unsettled_.clear();
  unsettled_bytes_ = 0;
  parts_.probe->copies_installed.add();
  if (!installing_) {
    // Raft did not ask for it; the log goes on behind it.
    installed_.reset();
    trim_recent();
    return;
  }
  // Within one write the log is removed before entries are added: what came before goes first.
  hand_in();
  const auto& descriptor = installing_->descriptor;
  write_.snapshot = stored(descriptor);
  write_.truncate_from = 0;
  write_.installs = true;
  // Entries between the descriptor and the copy come again, but are not to be read before.
  kept_ = {applied + 1, descriptor.index.value + 1};
  write_.kept = kept_;
  write_.cut_from = kept_.removed_before;
  has_something_ = true;
  recent_.clear();
  recent_bytes_ = 0;
  not_persisted_.clear();
  logged_ = descriptor.index.value;
  cut_at_ = logged_;
  entries_since_cut_ = 0;
  bytes_since_cut_ = 0;
  next_cut_at_ = 0;
  install_write_ = next_number_;
  hand_in();
}

}  // namespace cavea::actors
