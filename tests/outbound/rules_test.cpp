#include "outbound/payment/provider_amount.hpp"
#include "outbound/payment/retry.hpp"
#include "outbound/payment/settings.hpp"
#include "outbound/secret.hpp"
#include "tests/support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>

namespace cavea::outbound::payment {
namespace {

using namespace std::chrono_literals;

std::optional<std::int64_t> sent(std::int64_t minor, std::string_view code) {
  return to_provider({minor}, *engine::Currency::from(code));
}

std::int64_t came(std::int64_t amount, std::string_view code) {
  return from_provider(amount, *engine::Currency::from(code)).minor;
}

TEST_CASE("amounts are sent in the units in which the provider counts the currency") {
  CHECK(sent(1099, "EUR") == 1099);
  CHECK(sent(500, "JPY") == 500);
  CHECK(sent(500, "KRW") == 500);
  CHECK(sent(5, "ISK") == 500);
  CHECK(sent(5, "UGX") == 500);
  CHECK(sent(1500, "MGA") == 15);
  CHECK_FALSE(sent(1550, "MGA").has_value());
  CHECK(sent(5120, "KWD") == 5120);
  CHECK_FALSE(sent(5124, "KWD").has_value());
  CHECK_FALSE(sent(std::numeric_limits<std::int64_t>::max(), "ISK").has_value());
}

TEST_CASE("amounts come back as what was sent") {
  for (const auto* code : {"EUR", "JPY", "ISK", "UGX", "MGA", "KWD"}) {
    INFO(code);
    CHECK(came(*sent(120'000, code), code) == 120'000);
  }
  CHECK(came(std::numeric_limits<std::int64_t>::max(), "MGA") > 0);
}

TEST_CASE("pauses between tries are random parts of a span that doubles up to a bound") {
  const RetryRules rules{.attempts_max = 9, .pause_first = 100ms, .pause_max = 1'000ms};
  const auto most = [&](unsigned attempts, std::int64_t span_ms) {
    return pause_after(attempts, static_cast<std::uint64_t>(span_ms), rules);
  };
  CHECK(most(1, 100) == 100ms);
  CHECK(most(1, 101) == 0ms);
  CHECK(most(2, 200) == 200ms);
  CHECK(most(3, 400) == 400ms);
  CHECK(most(4, 800) == 800ms);
  CHECK(most(5, 1000) == 1000ms);
  CHECK(most(5, 1001) == 0ms);
  CHECK(most(4'000'000'000, 1000) == 1000ms);
  CHECK(pause_after(1, 0, rules) == 0ms);
  CHECK(pause_after(1, std::numeric_limits<std::uint64_t>::max(), rules) <= 100ms);
}

Settings good_settings() {
  Settings settings;
  settings.base_url = "https://api.stripe.com";
  settings.secret_key = Secret("sk_live_abc");
  settings.webhook_secrets = {Secret("whsec_abc")};
  return settings;
}

std::string fault_with(void (*change)(Settings&)) {
  auto settings = good_settings();
  change(settings);
  return fault_of(settings).value_or("");
}

bool names(const std::string& fault, const std::string& setting) {
  return fault.find(setting) != std::string::npos;
}

TEST_CASE("settings that cannot work are refused with the name of the setting") {
  CHECK_FALSE(fault_of(good_settings()).has_value());
  CHECK(names(fault_with([](Settings& s) { s.base_url = "stripe"; }), "base_url"));
  CHECK(names(fault_with([](Settings& s) { s.base_url = "ftp://host"; }), "base_url"));
  CHECK(names(fault_with([](Settings& s) { s.base_url = "https://a:b@host"; }), "base_url"));
  CHECK(names(fault_with([](Settings& s) { s.base_url = "https://host/?a=b"; }), "base_url"));
  CHECK(names(fault_with([](Settings& s) { s.secret_key = Secret(); }), "secret_key"));
  CHECK(names(fault_with([](Settings& s) { s.secret_key = Secret("a\r\nb"); }), "secret_key"));
  CHECK(names(fault_with([](Settings& s) { s.webhook_secrets[0] = Secret(); }), "webhook_secrets"));
  CHECK(names(fault_with([](Settings& s) { s.ca_file = "/no/such/file"; }), "ca_file"));
  CHECK(names(fault_with([](Settings& s) { s.attempt_time = 0ms; }), "attempt_time"));
  CHECK(names(fault_with([](Settings& s) { s.under_way_max = 0; }), "under_way_max"));
  CHECK(names(fault_with([](Settings& s) { s.breaker.failed_percent = 101; }), "failed_percent"));
}

TEST_CASE("a live key is never sent in the clear to another machine") {
  auto settings = good_settings();
  settings.base_url = "http://payments.example:8090";
  const auto fault = fault_of(settings).value_or("");
  CHECK(names(fault, "base_url"));
  CHECK_FALSE(names(fault, "sk_live_abc"));
  settings.secret_key = Secret("sk_test_abc");
  CHECK_FALSE(fault_of(settings).has_value());
  settings.secret_key = Secret("sk_live_abc");
  for (const auto* url : {"http://127.0.0.1:8090", "http://localhost:8090", "http://[::1]:8090"}) {
    INFO(url);
    settings.base_url = url;
    CHECK_FALSE(fault_of(settings).has_value());
  }
}

TEST_CASE("a secret is one line of a file") {
  const test::TempDir folder;
  CHECK(read_secret(folder.write("key", "sk_test_1\n")).value().reveal() == "sk_test_1");
  CHECK(read_secret(folder.write("key", "sk_test_2 \r\n\n")).value().reveal() == "sk_test_2");
  for (const auto* text : {"", "\n", "two words\n", "two\nlines\n"}) {
    INFO(text);
    const auto file = folder.write("bad", text);
    const auto secret = read_secret(file);
    REQUIRE_FALSE(secret.has_value());
    CHECK(secret.error().text.find(file.string()) != std::string::npos);
  }
  CHECK_FALSE(read_secret(folder.write("long", std::string(5'000, 'a'))).has_value());
  CHECK_FALSE(read_secret(folder / "missing").has_value());
  CHECK_FALSE(read_secret(folder.path()).has_value());
}

}  // namespace
}  // namespace cavea::outbound::payment
