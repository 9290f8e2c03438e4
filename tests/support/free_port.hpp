#pragma once

#include <cstdint>

namespace cavea::test {

/// A port of the loopback interface that nobody listens on, for servers that must come back on the
/// same one. It is below those that the system gives to connections, so that none of these takes it
/// meanwhile. Throws when there is none.
[[nodiscard]] std::uint16_t free_port();

}  // namespace cavea::test
