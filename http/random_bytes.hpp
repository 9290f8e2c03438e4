#pragma once

#include <cstddef>
#include <string>

namespace cavea::http {

/// Bytes that nobody can guess, from the system.
[[nodiscard]] std::string random_bytes(std::size_t count);

/// The same number of bytes as hexadecimal digits, two for each.
[[nodiscard]] std::string random_hex(std::size_t bytes);

}  // namespace cavea::http
