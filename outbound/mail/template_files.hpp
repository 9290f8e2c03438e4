#pragma once

#include "engine/result.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cavea::outbound::mail {

/// Templates by their paths below their folder: "en/reminder.txt".
using TemplateFiles = std::map<std::string, std::string, std::less<>>;

/// What is wrong with templates: one sentence for people that names the file and, where there is
/// one, the line.
struct TemplateFault {
  std::string text;
};

/// Those that are compiled in: `outbound/mail/templates`.
[[nodiscard]] TemplateFiles built_in_templates();

/// All `.txt` and `.html` files in the folders of `folder`, one for each language.
[[nodiscard]] engine::Result<TemplateFiles, TemplateFault> read_templates(
    const std::string& folder);

}  // namespace cavea::outbound::mail
