#pragma once

#include <string_view>

namespace cavea::engine {

/// How many digits of a currency stand behind the point (ISO 4217, "minor unit"): 2 for GBP, 0 for
/// JPY, 3 for KWD.
[[nodiscard]] int decimals_of(std::string_view currency) noexcept;

}  // namespace cavea::engine
