#pragma once

#include <cstdint>

namespace cavea::app {

/// What the operating system says about this process.
struct ProcessStats {
  std::uint64_t resident_bytes = 0;
  std::uint64_t open_files = 0;
  std::uint64_t open_files_max = 0;
  double cpu_seconds = 0;  ///< User and system time together.
};

/// Reads /proc and asks for the limits; what cannot be read is 0.
[[nodiscard]] ProcessStats read_process_stats();

}  // namespace cavea::app
