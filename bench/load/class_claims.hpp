#pragma once

#include "bench/load/random.hpp"
#include "bench/load/reservation_requests.hpp"
#include "bench/load/workload.hpp"
#include "engine/ids.hpp"

#include <atomic>
#include <cstdint>
#include <vector>

namespace cavea::bench {

/// What all threads of a load of reservations share.
struct ClaimPlan {
  enum class Order : std::uint8_t { in_turn = 0, random = 1 };

  const ReservationRequests& requests;
  const std::vector<ReservationRequests::Claim>& claims;  ///< Each is asked for over and over.
  Order order = Order::in_turn;
  std::uint64_t count_max = UINT64_MAX;  ///< Reservations of all threads together.
  bool keeps_ids = true;                 ///< To compare them later.
  std::atomic<std::uint64_t> begun{0};
};

/// Reservations that each must be confirmed at once.
class ClassClaims final : public Workload {
 public:
  ClassClaims(ClaimPlan& plan, std::uint64_t seed) : plan_(plan), random_(seed) {}

  bool next(Task& task) override;
  Verdict judge(Task& task, const Answer& answer) override;

  /// The ids of all that were confirmed.
  [[nodiscard]] const std::vector<engine::ReservationId>& acknowledged() const noexcept {
    return acknowledged_;
  }

 private:
  ClaimPlan& plan_;
  Random random_;
  std::vector<engine::ReservationId> acknowledged_;
};

}  // namespace cavea::bench
