#pragma once

#include "bench/load/class_claims.hpp"
#include "bench/load/scenario.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cavea::bench {

/// What `hot`, `spread`, `fill` and `load` have in common: reservations of one place each, over a
/// number of offerings that are there for that, all read back in the end.
class ClassScenario final : public Scenario {
 public:
  struct Terms {
    std::uint64_t offerings = 1;
    ClaimPlan::Order order = ClaimPlan::Order::in_turn;
    std::uint64_t reservations = UINT64_MAX;

    /// More than 0: performances with so many numbered seats, of which the best is asked for.
    std::uint64_t seats = 0;

    /// Nothing is created and read back: the server does not keep anything.
    bool is_pretence = false;
  };

  ClassScenario(const Stage& stage, const Terms& terms);

  std::optional<Trouble> prepare() override;
  std::unique_ptr<Workload> workload(unsigned thread) override;
  std::optional<Trouble> verify(Report& report) override;

 private:
  Stage stage_;
  Terms terms_;
  ReservationRequests requests_;
  std::vector<std::string> offerings_;
  std::vector<ReservationRequests::Claim> claims_;
  ClaimPlan plan_;
  std::vector<const ClassClaims*> workloads_;
};

}  // namespace cavea::bench
