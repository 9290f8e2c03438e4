#include "bench/load/class_scenario.hpp"

namespace cavea::bench {

/// Brings every offering into memory by a reservation in each, for measuring what it takes there.
std::unique_ptr<Scenario> make_load(const Stage& stage) {
  return std::make_unique<ClassScenario>(
      stage,
      ClassScenario::Terms{
          .offerings = *stage.options.classes,
          .reservations = *stage.options.classes,
          .seats = stage.options.seats.value_or(0)});
}

}  // namespace cavea::bench
