#pragma once

#include "engine/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::app {

/// One line `key = value` of a configuration file.
struct FileSetting {
  std::string key;
  std::vector<std::string> values;
  std::size_t line = 0;  ///< From 1.
};

struct SettingsFileError {
  std::string text;  ///< "cavea.toml:3: ...".
};

/// Reads a configuration file: TOML's `key = value` lines with comments, texts and arrays (INI
/// files without sections are the same). Keys given twice, sections and unreadable files are
/// errors.
[[nodiscard]] engine::Result<std::vector<FileSetting>, SettingsFileError> read_settings_file(
    const std::string& path);

/// The same of a text; `name` is for messages.
[[nodiscard]] engine::Result<std::vector<FileSetting>, SettingsFileError> read_settings_text(
    const std::string& name, const std::string& text);

}  // namespace cavea::app
