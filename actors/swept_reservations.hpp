#pragma once

#include "actors/reads.hpp"
#include "engine/ids.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace cavea::actors {

/// The whole ids of the reservations of cancelled offerings: when such an offering gives them back,
/// the log has only their low halves. They do not change any more, so those of the last few
/// offerings are remembered. Thread-safe.
class SweptReservations {
 public:
  /// The id with that low half; as it is when the store has none.
  [[nodiscard]] engine::ReservationId whole(
      const persistence::StateReader& reader,
      const Reads& reads,
      engine::ShardId shard,
      const engine::OfferingId& offering,
      engine::ReservationId id);

 private:
  using HighByLow = std::unordered_map<std::uint64_t, std::uint64_t>;

  struct Remembered {
    engine::OfferingId offering;
    std::shared_ptr<const HighByLow> ids;
  };

  [[nodiscard]] std::shared_ptr<const HighByLow> find(const engine::OfferingId& offering);
  void remember(const engine::OfferingId& offering, std::shared_ptr<const HighByLow> ids);

  std::mutex mutex_;
  std::vector<Remembered> remembered_;  ///< Used last, last.
};

}  // namespace cavea::actors
