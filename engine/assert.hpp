#pragma once

namespace cavea::engine {

/// Prints `expression` with its place to standard error and aborts. Never returns.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace cavea::engine

/// Checks an invariant of our own code; stays on in release builds. Never use it on user input.
#define CAVEA_ASSERT(expression)       \
  ((expression) ? static_cast<void>(0) \
                : ::cavea::engine::assertion_failed(#expression, __FILE__, __LINE__))
