#include "bench/load/class_scenario.hpp"

namespace cavea::bench {

/// Everybody wants the same class: the case in which locks and hot rows collapse.
std::unique_ptr<Scenario> make_hot(const Stage& stage) {
  return std::make_unique<ClassScenario>(stage, ClassScenario::Terms{});
}

}  // namespace cavea::bench
