#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cavea::http {

/// Our entity tags are a number in quotes: the revision of a definition, or the version of a seat
/// map.
[[nodiscard]] std::string make_etag(std::uint64_t number);

/// Reads `If-Match` with exactly one strong tag of ours: `"3"`. Nothing for everything else.
[[nodiscard]] std::optional<std::uint64_t> parse_etag(std::string_view header);

/// Whether `If-None-Match` (RFC 9110, 13.1.2: a list, or `*`) has the tag. Weak tags match too.
[[nodiscard]] bool if_none_match_has(std::string_view header, std::uint64_t number);

}  // namespace cavea::http
