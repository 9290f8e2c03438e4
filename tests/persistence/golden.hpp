#pragma once

#include <string>
#include <string_view>

namespace cavea::test {

/// The bytes of tests/persistence/golden/`name`.hex: hexadecimal digits, blanks and line ends
/// between them. Such a file is never changed: it is what an earlier program wrote.
std::string golden(std::string_view name);

/// Lines of 32 bytes in hexadecimal digits.
std::string hex(std::string_view bytes);

/// Fails the test when `bytes` are not those of the golden file, and prints what they are.
void expect_golden(std::string_view name, std::string_view bytes);

}  // namespace cavea::test
