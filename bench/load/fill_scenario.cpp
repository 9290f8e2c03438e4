#include "bench/load/class_scenario.hpp"

namespace cavea::bench {

/// Fills a store, for measuring what it costs to have much in it: start, memory, disk.
std::unique_ptr<Scenario> make_fill(const Stage& stage) {
  return std::make_unique<ClassScenario>(
      stage,
      ClassScenario::Terms{
          .offerings = *stage.options.classes, .reservations = *stage.options.reservations});
}

}  // namespace cavea::bench
