#pragma once

#include "engine/result.hpp"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace cavea::outbound::kafka {

using Properties = std::vector<std::pair<std::string, std::string>>;

/// Reads a file of `name=value` lines, as those of Kafka's own tools; empty lines and those that
/// begin with # are left out. The error is a sentence that names the line, without its value.
[[nodiscard]] engine::Result<Properties, std::string> read_properties(
    const std::filesystem::path& file);

}  // namespace cavea::outbound::kafka
