#pragma once

#include "actors/reads.hpp"
#include "engine/ids.hpp"
#include "engine/notification.hpp"
#include "engine/offering_progress.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <vector>

namespace cavea::actors {

/// Counts how far an offering is, some reservations at a time, so that other reads come between.
/// Of one query.
class ProgressCount {
 public:
  ProgressCount(
      const persistence::StateReader& reader,
      const Reads& reads,
      engine::ShardId shard,
      engine::OfferingProgress progress);

  /// The next so many; false: all are counted.
  [[nodiscard]] bool count(std::size_t limit);

  [[nodiscard]] const engine::OfferingProgress& progress() const noexcept { return progress_; }

 private:
  void find_round();
  void take(const engine::Reservation& reservation);
  void take_refund(engine::ReservationId saga);

  const persistence::StateReader& reader_;
  const Reads& reads_;
  engine::ShardId shard_;
  engine::OfferingProgress progress_;
  std::vector<engine::ReservationId> ids_;
  std::size_t next_ = 0;
  std::set<engine::ReservationId> sagas_;            ///< Counted already.
  std::optional<engine::ReservationId> told_up_to_;  ///< Of a round; nothing: none goes on.
};

/// Answers with `OfferingProgress`, or a refusal.
void answer_progress(
    Reads& reads,
    const persistence::StateReader& reader,
    std::uint16_t shard_count,
    engine::GetProgress query,
    engine::ReturnAddress back);

}  // namespace cavea::actors
