#pragma once

#include "bench/load/address.hpp"
#include "bench/load/options.hpp"
#include "bench/load/report.hpp"
#include "engine/result.hpp"

#include <atomic>

namespace cavea::bench {

/// Carries out one run from reaching the server to reading back. Setting `interrupted` ends it
/// early: what was measured until then is reported, and nothing is read back. Trouble: the server
/// is not there, or does not let the scenario be prepared.
[[nodiscard]] engine::Result<Report, Trouble> run_session(
    const Options& options, const std::atomic<bool>& interrupted);

}  // namespace cavea::bench
