#pragma once

#include "bench/load/measurement.hpp"
#include "bench/load/progress.hpp"
#include "bench/load/run_plan.hpp"
#include "bench/load/workload.hpp"

#include <atomic>
#include <memory>
#include <vector>

namespace cavea::bench {

/// Makes load on as many threads as there are workloads, says once a second how it goes, and
/// returns when all is over; `interrupted` ends it early.
[[nodiscard]] Measurement run_load(
    const RunPlan& plan,
    const std::vector<std::unique_ptr<Workload>>& workloads,
    const std::atomic<bool>& interrupted,
    const Progress& progress);

}  // namespace cavea::bench
