#include "outbound/mail/settings.hpp"
#include "tests/outbound/mail_world.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::outbound::mail {
namespace {

std::string fault_text(const Settings& settings) {
  const auto fault = fault_of(settings);
  return fault ? fault->setting + " " + fault->text : "";
}

TEST_CASE("a server is spoken to with TLS unless it is on this machine or its URL says otherwise") {
  const struct {
    const char* url;
    bool needs_tls;
    const char* for_libcurl;
  } rows[] = {
      {"smtp://mail.example:587", true, "smtp://mail.example:587/"},
      {"smtps://mail.example", true, "smtps://mail.example/"},
      {"smtp://127.0.0.1:2525", false, "smtp://127.0.0.1:2525/"},
      {"smtp://localhost", false, "smtp://localhost/"},
      {"smtp://[::1]:25", false, "smtp://[::1]:25/"},
      {"smtp://localhost?tls=required", true, "smtp://localhost/"},
      {"smtp://relay.internal:25?tls=none", false, "smtp://relay.internal:25/"},
      {"smtp://relay.internal/node-1.example?tls=required",
       true,
       "smtp://relay.internal/node-1.example"},
      {"smtp://127.evil.example", true, "smtp://127.evil.example/"},
  };

  for (const auto& row : rows) {
    CAPTURE(row.url);
    CHECK(fault_text(mail_settings(row.url)).empty());
    const auto server = read_server_url(row.url);
    REQUIRE(server);
    CHECK(server->needs_tls == row.needs_tls);
    CHECK(server->url == row.for_libcurl);
  }
}

TEST_CASE("a setting that cannot be used is named with its value") {
  const struct {
    const char* url;
    const char* says;
  } urls[] = {
      {"mail.example", "mail-url 'mail.example'"},
      {"", "mail-url '' is no URL"},
      {"http://mail.example", "mail-url 'http://mail.example' must begin with smtp://"},
      {"smtp://mail.example?tls=no", "mail-url 'smtp://mail.example?tls=no' may end in"},
      {"smtp://mail.example#x", "may end in"},
      {"smtps://mail.example?tls=none", "smtps is TLS from the start"},
      {"smtp://a:hunter2@mail.example", "mail-url must not have a user or a password in it"},
      {"smtp://mail.example/a b", "is no URL"},
      {"smtp://mail.example/a\r\nMAIL FROM", "is no URL"},
  };

  for (const auto& row : urls) {
    CAPTURE(row.url);
    const auto text = fault_text(mail_settings(row.url));
    CAPTURE(text);
    CHECK(text.find(row.says) != std::string::npos);
    CHECK(text.find("hunter2") == std::string::npos);
  }

  const auto with = [](auto change) {
    auto settings = mail_settings("smtp://mail.example");
    change(settings);
    return fault_text(settings);
  };
  CHECK(with([](Settings& s) { s.from.clear(); }).starts_with("mail-from is needed"));
  CHECK(with([](Settings& s) { s.from = "studio"; }).starts_with("mail-from 'studio' is no"));
  CHECK(with([](Settings& s) { s.user = "ada"; }).starts_with("mail-user 'ada' needs"));
  CHECK(with([](Settings& s) { s.user = "a b"; }).starts_with("mail-user 'a b' must be"));
  CHECK(with([](Settings& s) { s.password = Secret("x"); }).starts_with("mail-secret-file needs"));
  CHECK(with([](Settings& s) { s.ca_file = "/none.pem"; }).starts_with("mail-ca-file /none.pem"));
  CHECK(with([](Settings& s) { s.page_url = "studio"; }).starts_with("public-url 'studio' is no"));
  CHECK(with([](Settings& s) { s.page_url = "https://x.example/?a"; }).starts_with("public-url"));
  CHECK(
      with([](Settings& s) {
        s.url = "smtp://mail.example?tls=none";
        s.user = "ada";
        s.password = Secret("hunter2");
      }).find("would send the password of ada in the clear")
      != std::string::npos);
}

}  // namespace
}  // namespace cavea::outbound::mail
