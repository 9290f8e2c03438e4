#include "bench/load/progress.hpp"

#include <cstdio>

namespace cavea::bench {

void Progress::say(const std::string& line) const {
  if (is_quiet_) return;
  std::fprintf(stderr, "%s\n", line.c_str());
}

}  // namespace cavea::bench
