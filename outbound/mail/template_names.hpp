#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::outbound::mail {

/// What a template may name, in the order of docs/notifications.md.
[[nodiscard]] const std::vector<std::string_view>& template_names();

/// A tag of a template, as `{{> items}}`.
struct TemplateTag {
  char sigil = '\0';  ///< '#', '^', '/', '>', '&', '!', '{'; '\0': a value.
  std::string_view name;
  std::size_t line = 0;  ///< From 1.
};

/// The tags in a text, in their order. What is no tag (braces that are not closed) is left out.
[[nodiscard]] std::vector<TemplateTag> tags_in(std::string_view text);

}  // namespace cavea::outbound::mail
