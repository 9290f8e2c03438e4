#pragma once

#include "tests/tidy/source_file.hpp"

#include <cstddef>
#include <vector>

namespace cavea::tidy {

/// A longer file holds more than one thing: part it.
inline constexpr std::size_t file_lines_max = 400;

/// A longer function cannot be read at one glance.
inline constexpr std::size_t function_lines_max = 70;

/// Files of more than `file_lines_max` lines and functions of more than `function_lines_max`.
std::vector<Fault> length_faults(const SourceFile& file);

/// Notes about work that was left undone: it belongs into the issues, or is done now.
std::vector<Fault> unfinished_faults(const SourceFile& file);

/// Headers whose first directive is not `#pragma once`.
std::vector<Fault> header_faults(const SourceFile& file);

/// Test names with a semicolon: CMake parts its lists there, so ctest would look for two tests,
/// find neither, and call that a success.
std::vector<Fault> test_name_faults(const SourceFile& file);

}  // namespace cavea::tidy
