#include "app/logging.hpp"
#include "app/money_text.hpp"
#include "app/readable_json.hpp"
#include "app/ticket_key_file.hpp"
#include "app/token_key.hpp"
#include "engine/minor_unit.hpp"
#include "tests/support/temp_dir.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <spdlog/details/log_msg.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace cavea::app {
namespace {

std::string logged(const std::string& format, const std::string& text) {
  LogFormatter formatter(format);
  const auto time = spdlog::log_clock::time_point(std::chrono::milliseconds(1'800'000'000'123));
  const spdlog::details::log_msg message(
      time, spdlog::source_loc{}, "cavea", spdlog::level::warn, text);
  spdlog::memory_buf_t out;
  formatter.format(message, out);
  return {out.data(), out.size()};
}

TEST_CASE("Log lines have time, level and fields, as logfmt or JSON") {
  const std::string text = R"(event=stopped reason="no \"space\" left" n=3)";
  CHECK(logged("logfmt", text) == "time=2027-01-15T08:00:00.123Z level=warning " + text + "\n");
  const auto json = nlohmann::json::parse(logged("json", text));
  CHECK(json["level"] == "warning");
  CHECK(json["event"] == "stopped");
  CHECK(json["reason"] == "no \"space\" left");
  CHECK(json["n"] == "3");
}

TEST_CASE("Plain words become the message, a finished JSON object is taken over") {
  CHECK(logged("logfmt", "all is well n=1").find(R"(msg="all is well" n=1)") != std::string::npos);
  const auto json = nlohmann::json::parse(logged("json", R"({"event":"request","status":200})"));
  CHECK(json["status"] == 200);
  CHECK(json["time"] == "2027-01-15T08:00:00.123Z");
}

TEST_CASE("Amounts are read in the decimals of their currency") {
  CHECK(read_amount("14", engine::decimals_of("EUR")) == 1400);
  CHECK(read_amount("14.5", engine::decimals_of("EUR")) == 1450);
  CHECK(read_amount("14.50", engine::decimals_of("GBP")) == 1450);
  CHECK(read_amount("1500", engine::decimals_of("JPY")) == 1500);
  CHECK(read_amount("1.250", engine::decimals_of("KWD")) == 1250);
  CHECK(read_amount("0", engine::decimals_of("EUR")) == 0);
  for (const auto* text : {"", "-1", "1.234", "1,50", ".5", "1.", "1e3", "9999999999999999"}) {
    CHECK_MESSAGE(!read_amount(text, 2), text);
  }
  CHECK(!read_amount("1.5", engine::decimals_of("JPY")));
}

TEST_CASE("A key of tickets is made once, for its owner only, and found again") {
  const test::TempDir folder;
  const auto file = folder / "ticket.key";
  const auto first = read_or_make_ticket_key(file);
  REQUIRE(first);
  using std::filesystem::perms;
  CHECK(std::filesystem::status(file).permissions() == (perms::owner_read | perms::owner_write));
  const auto second = read_or_make_ticket_key(file);
  REQUIRE(second);
  CHECK(second.value().public_keys() == first.value().public_keys());
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);

  std::ofstream(folder / "other.key") << "no key";
  const auto other = read_or_make_ticket_key(folder / "other.key");
  REQUIRE_FALSE(other.has_value());
  CHECK(other.error().text.find("other.key is no key for tickets") != std::string::npos);
  CHECK_FALSE(read_or_make_ticket_key(folder.path()).has_value());
  CHECK_FALSE(read_or_make_ticket_key(folder / "no" / "such").has_value());
}

TEST_CASE("A token key is made once, for its owner only, and found again") {
  const test::TempDir folder;
  const auto file = folder / "token.key";
  const auto first = read_or_make_token_key(file);
  REQUIRE(first.has_value());
  CHECK(first.value().size() >= token_key_bytes_min);
  CHECK(
      std::filesystem::status(file).permissions()
      == (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  CHECK(read_or_make_token_key(file).value() == first.value());
  CHECK(read_token_key(file).value() == first.value());
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("A missing or short token key is refused with the name of its file") {
  const test::TempDir folder;
  CHECK(read_token_key(folder / "none").error().text.find("none") != std::string::npos);
  const auto file = folder.write("short.key", "secret\n");
  CHECK(read_token_key(file).error().text.find("short.key") != std::string::npos);
}

TEST_CASE("Readable JSON has one line for a seat and is the same document") {
  const auto document = nlohmann::ordered_json::parse(
      R"({"b": [{"number": "1", "x": 1.5, "traits": ["accessible"]}, {"number": "2", "x": 2.5}],
          "a": {}, "c": [], "long": ")"
      + std::string(130, 'x') + "\"}");
  const auto text = readable_json(document);
  CHECK(nlohmann::ordered_json::parse(text) == document);
  CHECK(text.find("\n    {\"number\": \"2\", \"x\": 2.5}\n") != std::string::npos);
}

TEST_CASE("Only a public key on the curve P-256 verifies tokens of others") {
  const auto pem = [](const std::string& lines) {
    return "-----BEGIN PUBLIC KEY-----\n" + lines + "\n-----END PUBLIC KEY-----\n";
  };
  CHECK_FALSE(
      fault_of_public_key(pem("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAElOT8CP6uOhVn48oXO5l6lPFbzKM7\n"
                              "t1WJ7Rhw/Mykki5DcHpxDJScjwEZ75j1mTETJJb2/kLsIK3IeqWs5ldzjw=="))
          .has_value());

  struct Wrong {
    std::string kind;
    std::string lines;
  };

  const Wrong others[] = {
      {"secp384r1",
       "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEYDs5ltPfeH80DaXJUTvJJ9Gh5cxDMxsK\n"
       "jt9O+Lm4aBv+3DDSObJYeNGvZScqYlzuLVx+32wxwWDGjoamPPcbzkOjZuT7EkpB\n"
       "S6rcfHpBJWxpcoaNHJNaXZfqbAzWsgRF"},
      {"RSA",
       "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDpwR6fAw1aI0pde3Y4RiLB09ga\n"
       "jLWn42+ldMk9S+EvTkgqN7/UK3dPzWXUW4NbexA51oV+Jss52uKQIOQBo2aLjNsc\n"
       "zqvEMxoTNvY6uqv1dN5qupo+JBkctlYB02rmBBf89ELh3B5rP5SP1KGZZVGihace\n"
       "XxDEeLKKxHM36vm+TQIDAQAB"},
      {"ED25519", "MCowBQYDK2VwAyEAQ2gp+HbmSeM5XwBuceDBGc8AZs1poCEfvuECWI4uERI="},
      {"no public key", "bm8ga2V5"}};
  for (const auto& wrong : others) {
    INFO(wrong.kind);
    const auto fault = fault_of_public_key(pem(wrong.lines));
    REQUIRE(fault.has_value());
    CHECK(fault->find(wrong.kind) != std::string::npos);
    CHECK(fault->find("P-256") != std::string::npos);
  }
}

}  // namespace
}  // namespace cavea::app
