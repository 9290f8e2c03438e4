#include "tests/tidy/text_rules.hpp"

#include "tests/tidy/function_scan.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace cavea::tidy {
namespace {

std::size_t line_at(std::string_view text, std::size_t position) {
  return 1 + static_cast<std::size_t>(std::ranges::count(text.substr(0, position), '\n'));
}

}  // namespace

std::vector<Fault> length_faults(const SourceFile& file) {
  std::vector<Fault> faults;
  const auto lines = lines_of(file.text).size();
  if (lines > file_lines_max) {
    faults.push_back(
        {.path = file.path,
         .line = lines,
         .what = "the file has " + std::to_string(lines) + " lines"});
  }
  for (const auto& function : functions_in(file.text)) {
    if (function.length() <= function_lines_max) continue;
    faults.push_back(
        {.path = file.path,
         .line = function.first_line,
         .what = function.name + " has " + std::to_string(function.length()) + " lines"});
  }
  return faults;
}

std::vector<Fault> unfinished_faults(const SourceFile& file) {
  // Put together here, so that this file does not accuse itself.
  static const std::string words[] = {std::string("TO") + "DO", std::string("FIX") + "ME"};
  std::vector<Fault> faults;
  for (const auto& word : words) {
    for (auto at = file.text.find(word); at != std::string::npos;
         at = file.text.find(word, at + 1)) {
      faults.push_back({.path = file.path, .line = line_at(file.text, at), .what = word});
    }
  }
  return faults;
}

std::vector<Fault> header_faults(const SourceFile& file) {
  if (!file.is_header()) return {};
  const auto code = without_comments_and_literals(file.text);
  for (const auto line : lines_of(code)) {
    if (line.starts_with("#pragma once")) return {};
    if (line.starts_with('#')) break;
  }
  return {{.path = file.path, .line = 1, .what = "the header does not start with #pragma once"}};
}

std::vector<Fault> test_name_faults(const SourceFile& file) {
  constexpr std::string_view start = "TEST_CASE(\"";
  std::vector<Fault> faults;
  for (auto at = file.text.find(start); at != std::string::npos;
       at = file.text.find(start, at + 1)) {
    const auto name = at + start.size();
    const auto length = std::min(file.text.find('"', name), file.text.size()) - name;
    const auto text = file.text.substr(name, length);
    if (text.find(';') == std::string::npos) continue;
    faults.push_back(
        {.path = file.path,
         .line = line_at(file.text, at),
         .what = "a test name may hold no semicolon: " + text});
  }
  return faults;
}

}  // namespace cavea::tidy
