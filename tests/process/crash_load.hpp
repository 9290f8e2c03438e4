#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <random>

// What the tests that kill nodes under load have in common.

namespace cavea::test {

/// How long a load may take to get as far as it should.
inline constexpr auto load_time_max = std::chrono::seconds(60);

/// Another one for each run; `CRASH_SEED` repeats one (as far as threads can be repeated).
inline std::uint64_t choose_seed() {
  if (const char* given = std::getenv("CRASH_SEED")) return std::strtoull(given, nullptr, 10);
  return std::random_device()();
}

}  // namespace cavea::test
