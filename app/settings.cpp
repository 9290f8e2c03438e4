#include "app/settings.hpp"

#include "app/settings_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>
#include <thread>

namespace cavea::app {
namespace {

/// Origins by option; an option that is not in it has its default.
using Origins = std::map<const CLI::Option*, std::string>;

unsigned threads_default() {
  return std::clamp(std::thread::hardware_concurrency(), 1U, 16U);
}

/// The options that the file and the environment may set, in the order of their declaration.
std::vector<CLI::Option*> settings_of(CLI::App& command) {
  return command.get_options([](CLI::Option* option) {
    return option->get_configurable() && !option->get_lnames().empty();
  });
}

const std::string& name_of(const CLI::Option& option) {
  return option.get_lnames().front();
}

bool is_list(const CLI::Option& option) {
  return option.get_items_expected_max() > 1;
}

/// A value as the file would have it: numbers bare, all else as text.
std::string file_form(const std::string& value) {
  const bool is_number = !value.empty() && value.size() < 19
                         && std::all_of(value.begin(), value.end(), [](unsigned char c) {
                              return std::isdigit(c) != 0;
                            });
  return is_number ? value : '"' + value + '"';
}

std::string file_form(const CLI::Option& option) {
  if (!is_list(option)) {
    return file_form(option.count() > 0 ? option.results().back() : option.get_default_str());
  }
  std::string list;
  for (const auto& value : option.results()) {
    list += (list.empty() ? "" : ", ") + file_form(value);
  }
  return '[' + list + ']';
}

/// Gives an option values that did not come from the command line; the error says what is wrong.
std::optional<std::string> set_option(CLI::Option& option, const std::vector<std::string>& values) {
  // An empty list, as the printed configuration has where none is set.
  const bool is_list = option.get_expected_max() > 1;
  const bool is_empty = values.empty() || (values.size() == 1 && values.front().empty());
  if (is_list && is_empty) return std::nullopt;
  try {
    option.add_result(values);
    option.run_callback();
    return std::nullopt;
  } catch (const CLI::ConversionError&) {
    return fmt::format("'{}' is no {}", fmt::join(values, ", "), option.get_type_name());
  } catch (const CLI::ParseError& error) {
    return error.what();
  }
}

/// What is wrong with values that are overruled by a place of more weight, and so never set.
std::optional<std::string> fault_of(
    const CLI::Option& overruled, const std::vector<std::string>& values) {
  CLI::App trial;
  ServeSettings ignored;
  declare_serve_options(trial, ignored);
  return set_option(*trial.get_option("--" + name_of(overruled)), values);
}

std::string list_of_names(CLI::App& command) {
  std::string names;
  for (const auto* option : settings_of(command)) {
    names += (names.empty() ? "" : ", ") + name_of(*option);
  }
  return names;
}

std::optional<SettingsError> take_environment(
    CLI::App& command, const Environment& environment, Origins& origins) {
  for (auto* option : settings_of(command)) {
    const auto variable = environment_name(name_of(*option));
    const auto value = environment(variable);
    if (!value || value->empty()) continue;
    const bool is_overruled = option->count() > 0;
    const auto fault = is_overruled ? fault_of(*option, {*value}) : set_option(*option, {*value});
    if (fault) return SettingsError{fmt::format("{}={}: {}", variable, *value, *fault)};
    if (!is_overruled) origins[option] = variable;
  }
  return std::nullopt;
}

std::optional<SettingsError> take_file(
    CLI::App& command, const std::string& path, Origins& origins) {
  const auto read = read_settings_file(path);
  if (!read) return SettingsError{read.error().text};
  for (const auto& setting : read.value()) {
    const auto place = fmt::format("{}:{}", path, setting.line);
    const auto options = settings_of(command);
    const auto found = std::find_if(options.begin(), options.end(), [&](const auto* option) {
      return option->check_lname(setting.key);
    });
    if (found == options.end()) {
      return SettingsError{fmt::format(
          "{}: there is no setting '{}'; known are {}",
          place,
          setting.key,
          list_of_names(command))};
    }
    // Flags and the environment win.
    const bool is_overruled = origins.contains(*found) || (*found)->count() > 0;
    const auto fault =
        is_overruled ? fault_of(**found, setting.values) : set_option(**found, setting.values);
    if (fault) {
      return SettingsError{fmt::format(
          "{}: {} = {}: {}", place, setting.key, fmt::join(setting.values, ", "), *fault)};
    }
    if (!is_overruled) origins[*found] = place;
  }
  return std::nullopt;
}

}  // namespace

ServeSettings::ServeSettings() : io_threads(threads_default()), workers(threads_default()) {}

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

std::string environment_name(const std::string& option) {
  std::string name = "CAVEA_";
  for (const unsigned char c : option) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(c));
  }
  return name;
}

engine::Result<std::vector<EffectiveSetting>, SettingsError> complete_settings(
    CLI::App& command, const ServeSettings& settings, const Environment& environment) {
  Origins origins;
  for (const auto* option : settings_of(command)) {
    if (option->count() > 0) origins[option] = "flag --" + name_of(*option);
  }
  if (auto fault = take_environment(command, environment, origins)) return *fault;
  const auto config =
      settings.config.empty() ? environment("CAVEA_CONFIG").value_or("") : settings.config;
  if (!config.empty()) {
    if (auto fault = take_file(command, config, origins)) return *fault;
  }

  std::vector<EffectiveSetting> effective;
  for (const auto* option : settings_of(command)) {
    const auto origin = origins.find(option);
    effective.push_back(
        {.name = name_of(*option),
         .value = file_form(*option),
         .origin = origin == origins.end() ? "default" : origin->second});
  }
  return effective;
}

std::string print_settings(const std::vector<EffectiveSetting>& settings) {
  std::size_t width = 0;
  for (const auto& setting : settings) {
    width = std::max(width, setting.name.size() + setting.value.size() + 3);
  }
  std::string text =
      "# What holds for `cavea serve`, and where each value came from. Files with keys are\n"
      "# named here, their contents never shown.\n";
  for (const auto& setting : settings) {
    const auto line = setting.name + " = " + setting.value;
    text += fmt::format("{:<{}}  # {}\n", line, width, setting.origin);
  }
  return text;
}

}  // namespace cavea::app
