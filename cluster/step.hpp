#pragma once

#include "cluster/raft_shim.h"
#include "cluster/replica.hpp"

#include <span>

namespace cavea::cluster {

/// One step of a `Replica`, which may need several of the library. Gathers their effects.
class Step {
 public:
  /// `now` is moved forward where it would go back: the library subtracts times without a sign.
  Step(Replica& replica, Instant now);

  /// For a start, when the library does not know yet what is on the disk.
  Step(Replica& replica, Instant now, HardState on_disk);

  [[nodiscard]] cavea_raft* raft() const { return replica_.raft_.get(); }

  [[nodiscard]] std::uint64_t now() const { return replica_.now_.ms; }

  /// Where the next call of the shim leaves what it wants done; then call `absorb`.
  [[nodiscard]] cavea_raft_update* update() { return &update_; }

  /// `proposed` are the entries that were handed to the library with this call.
  void absorb(std::span<const LogEntry> proposed = {});

  /// Takes in one message. Everything that has to be put right around the library is here.
  [[nodiscard]] cavea_raft_status receive(const Message& message);

  /// Reports committed configurations to the library and completes the effects.
  [[nodiscard]] Effects finish();

 private:
  void absorb_entries(std::span<const LogEntry> proposed);
  void overwrite_from(LogIndex index);
  [[nodiscard]] cavea_raft_status receive_append(ServerId leader, const AppendEntries& append);
  [[nodiscard]] cavea_raft_status receive_other(const Message& message);
  void correct_answers(const Message& request);
  void report_configurations();

  Replica& replica_;
  HardState on_disk_;
  bool was_leader_;
  LogIndex last_before_;
  cavea_raft_update update_{};
  Effects effects_;
};

}  // namespace cavea::cluster
