#include "engine/email_address.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::tests {

TEST_CASE("What mail can be sent to is an address, and nothing else is") {
  const std::string local_max(64, 'a');
  const std::string label_max(63, 'b');
  for (const auto& address :
       {std::string("alice@example.org"),
        std::string("a.b+tag@mail.example.co.kr"),
        std::string("o'neil_{x}@xn--bcher-kva.example"),
        std::string("A@1.b"),
        local_max + "@example.org",
        "a@" + label_max + ".org"}) {
    CAPTURE(address);
    CHECK(engine::is_email_address(address));
  }
  for (const auto& text :
       {std::string(),
        std::string("@"),
        std::string("alice"),
        std::string("alice@"),
        std::string("@example.org"),
        std::string("alice@localhost"),
        std::string("alice@example..org"),
        std::string("alice@.org"),
        std::string("alice@example.org."),
        std::string("alice@-example.org"),
        std::string("al ice@example.org"),
        std::string("alice@example.org\r\nBcc: bob@example.org"),
        std::string("alice\n@example.org"),
        std::string("alice@exam\0ple.org", 18),
        std::string(".alice@example.org"),
        std::string("al..ice@example.org"),
        std::string("alice@bob@example.org"),
        std::string("<alice@example.org>"),
        std::string("\"a b\"@example.org"),
        std::string("j\xC3\xBCrgen@example.org"),
        std::string("alice@[127.0.0.1]"),
        local_max + "a@example.org",
        "a@" + label_max + "b.org",
        "a@" + label_max + "." + label_max + "." + label_max + "." + label_max + ".org"}) {
    CAPTURE(text);
    CHECK_FALSE(engine::is_email_address(text));
  }
}

}  // namespace cavea::tests
