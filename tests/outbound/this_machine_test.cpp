#include "outbound/this_machine.hpp"

#include <doctest/doctest.h>

namespace cavea::outbound {

TEST_CASE("only addresses of the loopback network are this machine") {
  for (const auto* host : {"localhost", "127.0.0.1", "127.9.8.7", "[::1]"}) {
    CAPTURE(host);
    CHECK(is_this_machine(host));
  }
  for (const auto* host :
       {"", "127.0.0.1.example", "127.evil.example", "localhost.example", "10.0.0.1", "[::2]"}) {
    CAPTURE(host);
    CHECK_FALSE(is_this_machine(host));
  }
}

}  // namespace cavea::outbound
