#pragma once

#include <string>
#include <string_view>

// Lines of templates that have nothing but the tag of a section or a comment leave no line behind,
// as Mustache's specification asks for; the library forgets it where a section is left out.

namespace cavea::outbound::mail {

/// Puts a mark into such lines.
[[nodiscard]] std::string mark_tag_lines(std::string_view source);

/// Takes lines that have a mark and else only blanks out of what was made of it.
[[nodiscard]] std::string without_marked_lines(std::string_view made);

}  // namespace cavea::outbound::mail
