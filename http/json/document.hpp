#pragma once

#include "engine/result.hpp"
#include "http/json/findings.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string_view>

namespace cavea::http::json {

using Json = nlohmann::json;

/// Nesting of our deepest document (a venue) is 8; whoever sends more has no good reason.
inline constexpr std::size_t depth_max = 32;

/// Reads a whole JSON text (RFC 8259) strictly: valid UTF-8, nothing after the value, at most
/// `depth_max` deep. A member named twice is a fault of shape with its pointer; all else that is
/// wrong is `Severity::malformed` with line and column. Never throws.
[[nodiscard]] engine::Result<Json, BadInput> parse_document(std::string_view text);

/// The line, from 1, on which the value at `pointer` begins in a text that `parse_document` took;
/// of its nearest parent that is there when the value itself is missing. For messages about files.
[[nodiscard]] std::size_t line_of(std::string_view text, std::string_view pointer);

/// "line 3, column 14" of a byte offset.
[[nodiscard]] std::string position_words(std::string_view text, std::size_t offset);

}  // namespace cavea::http::json
