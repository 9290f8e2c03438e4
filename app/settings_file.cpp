#include "app/settings_file.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace cavea::app {
namespace {

/// The line on which `key` is set for the `nth` time, from 0. The library that reads the file keeps
/// no lines; keys stand at the beginning of one.
std::size_t line_of_key(const std::string& text, const std::string& key, std::size_t nth) {
  std::istringstream lines(text);
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    const auto name = CLI::detail::trim_copy(line.substr(0, line.find('=')));
    const bool is_it = name == key || name == '"' + key + '"';
    if (is_it && nth-- == 0) return number;
  }
  return 1;
}

std::size_t line_of_section(const std::string& text) {
  std::istringstream lines(text);
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    if (CLI::detail::trim_copy(line).starts_with('[')) return number;
  }
  return 1;
}

}  // namespace

engine::Result<std::vector<FileSetting>, SettingsFileError> read_settings_text(
    const std::string& name, const std::string& text) {
  std::istringstream stream(text);
  std::vector<CLI::ConfigItem> items;
  try {
    items = CLI::ConfigTOML().from_config(stream);
  } catch (const CLI::Error& error) {
    return SettingsFileError{fmt::format("{}: {}", name, error.what())};
  }

  std::vector<FileSetting> settings;
  for (const auto& item : items) {
    if (!item.parents.empty() || item.name == "++" || item.name == "--") {
      return SettingsFileError{fmt::format(
          "{}:{}: sections are not used here; write `key = value` lines only",
          name,
          line_of_section(text))};
    }
    const auto is_same = [&](const FileSetting& earlier) { return earlier.key == item.name; };
    if (std::any_of(settings.begin(), settings.end(), is_same)) {
      return SettingsFileError{fmt::format(
          "{}:{}: '{}' is set twice; keep one of them",
          name,
          line_of_key(text, item.name, 1),
          item.name)};
    }
    settings.push_back(
        {.key = item.name, .values = item.inputs, .line = line_of_key(text, item.name, 0)});
  }
  return settings;
}

engine::Result<std::vector<FileSetting>, SettingsFileError> read_settings_file(
    const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return SettingsFileError{fmt::format("--config {}: is a folder, not a file", path)};
  }
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.is_open() || in.bad()) {
    return SettingsFileError{fmt::format("--config {}: the file cannot be read", path)};
  }
  return read_settings_text(path, text);
}

}  // namespace cavea::app
