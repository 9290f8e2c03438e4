#pragma once

#include "bench/load/histogram.hpp"
#include "bench/load/purchase_requests.hpp"
#include "bench/load/reservation_requests.hpp"
#include "bench/load/workload.hpp"
#include "engine/ids.hpp"

#include <atomic>
#include <cstdint>
#include <vector>

namespace cavea::bench {

/// What the buyers of all threads share.
struct PurchasePlan {
  const ReservationRequests& reservations;
  const PurchaseRequests& requests;
  const std::vector<ReservationRequests::Claim>& claims;  ///< Asked for in turn.

  /// Every so many buyers look at my page when they have bought.
  std::uint64_t page_every = 4;

  std::atomic<std::uint64_t> begun{0};
};

/// Buyers who reserve a place, begin to pay, look whether they have it until they do, and some of
/// them at my page then. The provider's customers pay by themselves (`customers_pay_ms`). It is one
/// task, whose latency is that of the whole purchase.
class Purchases final : public Workload {
 public:
  explicit Purchases(PurchasePlan& plan) : plan_(plan) {}

  bool next(Task& task) override;
  Verdict judge(Task& task, const Answer& answer) override;
  void begin_measuring() override;

  /// Those that were confirmed.
  [[nodiscard]] const std::vector<engine::ReservationId>& acknowledged() const noexcept {
    return acknowledged_;
  }

  /// From knowing that a purchase is done to my page showing it.
  [[nodiscard]] const Histogram& page_visible() const noexcept { return page_visible_; }

  [[nodiscard]] std::uint64_t pages_read() const noexcept { return pages_read_; }

 private:
  enum Stage : std::uint32_t { reserving = 0, paying = 1, looking = 2, reading_page = 3 };

  [[nodiscard]] Verdict on_reserved(Task& task, const Answer& answer);
  [[nodiscard]] Verdict on_payment_begun(Task& task, const Answer& answer);
  [[nodiscard]] Verdict on_look(Task& task, const Answer& answer);
  [[nodiscard]] Verdict on_page(Task& task, const Answer& answer);
  void expect(Clock::duration time);

  PurchasePlan& plan_;
  std::vector<engine::ReservationId> acknowledged_;
  Histogram page_visible_;
  std::uint64_t pages_read_ = 0;

  /// How long after beginning to pay a buyer looks for the first time.
  Clock::duration first_look_ = std::chrono::milliseconds(20);
};

}  // namespace cavea::bench
