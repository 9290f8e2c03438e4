#include "bench/load/class_scenario.hpp"

namespace cavea::bench {

/// The very requests of `hot`, byte for byte as large, to a server that does nothing for them: how
/// fast HTTP alone is on this machine, load generator included.
std::unique_ptr<Scenario> make_constant(const Stage& stage) {
  return std::make_unique<ClassScenario>(stage, ClassScenario::Terms{.is_pretence = true});
}

}  // namespace cavea::bench
