#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace cavea::app {

/// JSON for people: objects and arrays that fit on a line of 120 characters stand on one, the
/// others have a line for each member. A seat is a line, not eight.
[[nodiscard]] std::string readable_json(const nlohmann::ordered_json& value);

}  // namespace cavea::app
