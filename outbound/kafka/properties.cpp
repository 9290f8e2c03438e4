#include "outbound/kafka/properties.hpp"

#include <fmt/format.h>

#include <fstream>
#include <string_view>

namespace cavea::outbound::kafka {

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  const auto first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace

engine::Result<Properties, std::string> read_properties(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) return fmt::format("{}: cannot be read", file.string());
  Properties properties;
  std::string line;
  for (unsigned number = 1; std::getline(in, line); ++number) {
    const auto text = trimmed(line);
    if (text.empty() || text.front() == '#') continue;
    const auto equals = text.find('=');
    const auto name = trimmed(text.substr(0, equals));
    if (equals == text.npos || name.empty()) {
      return fmt::format("{}:{}: must be name=value", file.string(), number);
    }
    properties.emplace_back(name, trimmed(text.substr(equals + 1)));
  }
  if (in.bad()) return fmt::format("{}: cannot be read", file.string());
  return properties;
}

}  // namespace cavea::outbound::kafka
