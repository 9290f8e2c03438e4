#pragma once

#include "engine/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::app {

/// A record of a CSV file.
struct CsvRow {
  std::size_t line = 0;  ///< On which it begins, from 1.
  std::vector<std::string> fields;
};

struct CsvError {
  std::size_t line = 0;
  std::string reason;
};

/// Reads CSV as RFC 4180 describes it: commas, fields in double quotes where needed, a quote inside
/// them doubled, line breaks CRLF or LF, also inside quotes. A byte order mark at the beginning and
/// empty lines are skipped; spaces around a field without quotes are dropped.
[[nodiscard]] engine::Result<std::vector<CsvRow>, CsvError> read_csv(std::string_view text);

}  // namespace cavea::app
