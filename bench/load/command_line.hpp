#pragma once

#include "bench/load/address.hpp"
#include "bench/load/options.hpp"

#include <optional>

namespace cavea::bench {

/// Fills `options` from the command line. A value: the program is to end with it at once, because
/// help was asked for (0) or the input is bad (2); what there is to say has been said.
[[nodiscard]] std::optional<int> read_command_line(
    int argc, const char* const* argv, Options& options);

/// Looks whether the options fit the scenario, and fills in what it takes where they say nothing.
/// Trouble names the option and its value.
[[nodiscard]] std::optional<Trouble> complete_options(Options& options);

}  // namespace cavea::bench
