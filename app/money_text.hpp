#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace cavea::app {

/// "14", "14.50" in minor units of a currency with that many decimals. Nothing when it is negative,
/// has more decimals, or is no such number.
[[nodiscard]] std::optional<std::int64_t> read_amount(std::string_view text, int decimals);

}  // namespace cavea::app
