#pragma once

#include "bench/load/house.hpp"
#include "bench/load/reservation_requests.hpp"
#include "bench/load/workload.hpp"
#include "engine/ids.hpp"

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace cavea::bench {

/// What the buyers of all threads share.
struct RushPlan {
  const ReservationRequests& requests;
  const House& house;
  const std::string& offering;
  std::uint64_t buyers = 0;
  std::uint64_t seed = 0;

  std::atomic<std::uint64_t> buyers_begun{0};
  std::atomic<std::uint64_t> seats_confirmed{0};

  /// When the last seat was confirmed; the clock's first moment while seats are left.
  std::atomic<TimePoint> sold_out_at{TimePoint()};
};

/// Buyers who all want the same good seats. Each asks for one to four neighbouring seats by name,
/// and, when these are refused, once for the best available for as many people; then they give up.
class RushBuyers final : public Workload {
 public:
  static constexpr std::uint32_t party_max = 4;

  explicit RushBuyers(RushPlan& plan) : plan_(plan) {}

  bool next(Task& task) override;
  Verdict judge(Task& task, const Answer& answer) override;

  [[nodiscard]] const std::vector<engine::ReservationId>& acknowledged() const noexcept {
    return acknowledged_;
  }

  /// Every seat of every confirmed answer.
  [[nodiscard]] const std::vector<std::uint32_t>& seats() const noexcept { return seats_; }

 private:
  enum Stage : std::uint32_t { named_seats = 0, best_available = 1, stages = 2 };

  void ask(Task& task, Stage stage, std::string_view claim);
  [[nodiscard]] bool take_seats(const Task& task, std::string_view body);

  RushPlan& plan_;
  std::vector<engine::ReservationId> acknowledged_;
  std::vector<std::uint32_t> seats_;
};

}  // namespace cavea::bench
