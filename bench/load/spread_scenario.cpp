#include "bench/load/class_scenario.hpp"

namespace cavea::bench {

/// An ordinary day: many classes, each as likely as any other.
std::unique_ptr<Scenario> make_spread(const Stage& stage) {
  return std::make_unique<ClassScenario>(
      stage,
      ClassScenario::Terms{.offerings = *stage.options.classes, .order = ClaimPlan::Order::random});
}

}  // namespace cavea::bench
