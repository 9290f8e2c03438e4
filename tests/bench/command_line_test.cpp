#include "bench/load/command_line.hpp"

#include "bench/load/address.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::bench {
namespace {

Options hot() {
  Options options;
  options.scenario = "hot";
  options.token_key = "token.key";
  return options;
}

std::string trouble_with(Options options) {
  const auto trouble = complete_options(options);
  return trouble ? trouble->text : "";
}

TEST_CASE("A scenario brings what the options do not say") {
  auto options = hot();
  REQUIRE_FALSE(complete_options(options));
  CHECK(options.seconds == 10);
  CHECK(options.warm_up == 1);
  options = hot();
  options.scenario = "on-sale";
  options.buyers = 7;
  REQUIRE_FALSE(complete_options(options));
  CHECK(options.seats == 10'000);
  CHECK(options.buyers == 7);
  CHECK_FALSE(options.seconds);
}

TEST_CASE("Bad options are named with their value") {
  auto options = hot();
  options.scenario = "warm";
  CHECK(trouble_with(options).find("--scenario warm: must be one of constant, hot") == 0);
  options = hot();
  options.rate = 0;
  CHECK(trouble_with(options).find("--rate 0: must be") == 0);
  options = hot();
  options.threads = 65;
  CHECK(trouble_with(options).find("--threads 65: there are only 64") == 0);
  options = hot();
  options.prefix = "Big";
  CHECK(trouble_with(options).find("--prefix Big:") == 0);
  options = hot();
  options.url = "ftp://x";
  CHECK(trouble_with(options).find("--url ftp://x:") == 0);
  options = hot();
  options.token_key.clear();
  CHECK(trouble_with(options).find("--scenario hot needs tokens") == 0);
  options.user_tokens = "file";
  CHECK(trouble_with(options).find("belong together") != std::string::npos);
}

TEST_CASE("A URL is a host and a port") {
  const auto plain = Address::from_url("http://example.org");
  REQUIRE(plain);
  CHECK(plain->host_header() == "example.org:80");
  const auto full = Address::from_url("http://127.0.0.1:8088/");
  REQUIRE(full);
  CHECK(full->host == "127.0.0.1");
  CHECK(full->port == 8088);
  const auto ipv6 = Address::from_url("http://[::1]:9000");
  REQUIRE(ipv6);
  CHECK(ipv6->host == "::1");
  CHECK(ipv6->host_header() == "[::1]:9000");
  for (const auto* bad :
       {"https://a",
        "http://",
        "http://a:0",
        "http://a:x",
        "http://a:70000",
        "http://a/b",
        "a:1",
        "http://[::1"}) {
    CAPTURE(bad);
    CHECK_FALSE(Address::from_url(bad));
  }
}

}  // namespace
}  // namespace cavea::bench
