#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cavea::tidy {

/// A function with a body, or something that reads like one: a TEST_CASE, a lambda in a namespace.
struct FunctionSpan {
  /// What stands before its first parenthesis, for the message.
  std::string name;
  /// From the first line of its head to the line of its closing brace, both counted from 1.
  std::size_t first_line = 0;
  std::size_t last_line = 0;

  std::size_t length() const { return last_line - first_line + 1; }
};

/// Finds the outermost functions of a C or C++ text by its braces. It knows namespaces, classes,
/// templates, member initializers and tables; it does not expand macros. What is inside a function,
/// lambdas and local classes too, belongs to that function.
std::vector<FunctionSpan> functions_in(std::string_view text);

}  // namespace cavea::tidy
