#include "app/settings_file.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

namespace cavea::app {
namespace {

/// The line on which `key` is set for the `nth` time, from 0; nothing when it is not set so often.
/// The library that reads the file keeps no lines; keys stand at the beginning of one.
std::optional<std::size_t> line_of_key(
    const std::string& text, const std::string& key, std::size_t nth) {
  std::istringstream lines(text);
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    const auto name = CLI::detail::trim_copy(line.substr(0, line.find('=')));
    const bool is_it = name == key || name == '"' + key + '"';
    if (is_it && nth-- == 0) return number;
  }
  return std::nullopt;
}

/// Whether a quote is opened on this line and not closed. The library takes what follows as it is.
bool has_open_quote(const std::string& line) {
  char quote = '\0';
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote == '\0') {
      if (c == '#') return false;
      if (c == '"' || c == '\'') quote = c;
    } else if (c == '\\' && quote == '"') {
      ++i;
    } else if (c == quote) {
      quote = '\0';
    }
  }
  return quote != '\0';
}

std::optional<std::size_t> line_of_open_quote(const std::string& text) {
  std::istringstream lines(text);
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    if (has_open_quote(line)) return number;
  }
  return std::nullopt;
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
  if (const auto line = line_of_open_quote(text)) {
    return SettingsFileError{fmt::format("{}:{}: a quote is opened and not closed", name, *line)};
  }
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
    // The library makes one item of two lines that follow each other.
    if (const auto again = line_of_key(text, item.name, 1)) {
      return SettingsFileError{
          fmt::format("{}:{}: '{}' is set twice; keep one of them", name, *again, item.name)};
    }
    settings.push_back(
        {.key = item.name,
         .values = item.inputs,
         .line = line_of_key(text, item.name, 0).value_or(1)});
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
