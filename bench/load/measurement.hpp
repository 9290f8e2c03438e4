#pragma once

#include "bench/load/clock.hpp"
#include "bench/load/histogram.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::bench {

/// One second of the measured time.
struct Second {
  std::uint64_t confirmed = 0;
  std::uint64_t refused = 0;
  Histogram latencies;
};

/// What came of a run, of one thread or of all.
struct Measurement {
  /// Different failures that are described; more of them say nothing new.
  static constexpr std::size_t failures_described_max = 5;

  Clock::duration time{};      ///< From the start of measuring to its end.
  std::uint64_t requests = 0;  ///< Answered, or failed, in the measured time; steps count too.
  std::uint64_t confirmed = 0;
  std::map<std::string, std::uint64_t, std::less<>> refused;  ///< By problem.
  std::uint64_t failed = 0;
  std::uint64_t unsent = 0;  ///< Open loop: due, but no connection was free until the end.
  Histogram latencies;  ///< Of all answers but those of steps, and of what was unsent as long as it
                        ///< waited.
  std::vector<Second> timeline;
  std::vector<std::string> failures;
  bool is_interrupted = false;

  void count_refusal(std::string_view problem);
  void describe_failure(std::string text);
  [[nodiscard]] std::uint64_t refused_total() const;
  [[nodiscard]] Second& second_at(Clock::duration since_start);

  /// Adds what another thread measured.
  void merge(const Measurement& other);
};

}  // namespace cavea::bench
