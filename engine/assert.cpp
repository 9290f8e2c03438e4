#include "engine/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace cavea::engine {

void assertion_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr, "cavea: invariant broken: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace cavea::engine
