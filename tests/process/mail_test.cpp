#include "tests/support/http_client.hpp"
#include "tests/support/mail_server.hpp"
#include "tests/support/node_process.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

// Mail from a real node to a real mail server.

namespace cavea::test {
namespace {

using nlohmann::json;

std::vector<std::string> mail_options(const MailServer& server) {
  return {
      "--mail-url",
      server.url(),
      "--mail-from",
      "Sun Street Studio <box-office@studio.example>",
      "--public-url",
      "https://studio.example"};
}

void create_class(HttpClient& admin) {
  const json venue{
      {"id", "studio"},
      {"name", "햇살 스튜디오"},
      {"address", "서울 1"},
      {"time_zone", "Asia/Seoul"}};
  REQUIRE(admin.post("/v1/venues", venue.dump()).status == 201);
  const json yoga{
      {"id", "yoga"},
      {"title", "아침 요가"},
      {"venue", "studio"},
      {"capacity", 4},
      {"price", 0},
      {"currency", "KRW"},
      {"sale_opens_at", "2020-01-01T00:00:00+09:00"},
      {"starts_at", "2036-12-05T07:30:00+09:00"},
      {"ends_at", "2036-12-05T08:30:00+09:00"}};
  const auto answer = admin.post("/v1/classes", yoga.dump());
  INFO(answer.body);
  REQUIRE(answer.status == 201);
}

HttpResponse reserve(HttpClient& person, const std::string& key, int quantity) {
  const json body{{"items", {{{"offering", "yoga"}, {"quantity", quantity}}}}};
  return person.post("/v1/reservations", body.dump(), {"Idempotency-Key: " + key});
}

TEST_CASE("who gave an address is sent what happens, in their language, once") {
  MailServer server;
  const TempDir data;
  std::string reservation;
  {
    NodeProcess node(CAVEA_BINARY, data.path(), mail_options(server));
    HttpClient admin(node.url());
    admin.use_token(node.token("admin", "box-office"));
    create_class(admin);
    HttpClient ada(node.url());
    ada.use_token(node.token("user", "ada"));
    const auto settings =
        ada.send("PUT", "/v1/me/settings", R"({"email": "ada@people.example", "language": "ko"})");
    REQUIRE(settings.status == 200);
    CHECK(json::parse(settings.body)["languages"] == json::array({"en", "ko"}));
    const auto made = reserve(ada, "first", 2);
    INFO(made.body);
    REQUIRE(made.status == 201);
    reservation = json::parse(made.body)["id"].get<std::string>();

    const auto told = server.mail(1);
    CHECK(told["to"] == json::array({"ada@people.example"}));
    CHECK(header_of(told, "Subject") == "예약이 확정되었습니다: 아침 요가");
    const auto text = content_of(told, "text/plain");
    CHECK(text.find("2036년 12월 5일 금요일 오전 7:30") != std::string::npos);
    CHECK(text.find("https://studio.example/reservations/" + reservation) != std::string::npos);
    CHECK(text.find("햇살 스튜디오, 서울 1") != std::string::npos);
    CHECK(contents_of(told, "image/png").size() == 4);
    CHECK(
        content_of(told, "text/calendar").find("DTSTART;TZID=Asia/Seoul:20361205T073000")
        != std::string::npos);

    CHECK(ada.send("DELETE", "/v1/reservations/" + reservation).status == 200);
    const auto cancelled = server.mail(2);
    CHECK(header_of(cancelled, "Subject") == "예약이 취소되었습니다: 아침 요가");
    CHECK(content_of(cancelled, "text/calendar").find("METHOD:CANCEL") != std::string::npos);
    CHECK(header_of(cancelled, "Message-ID") != header_of(told, "Message-ID"));
    CHECK(node.stop().code == 0);
  }
  // Another run has nothing left to send; who gave no address is sent nothing.
  NodeProcess node(CAVEA_BINARY, data.path(), mail_options(server));
  for (const auto* name : {"ben", "ada"}) {
    HttpClient person(node.url());
    person.use_token(node.token("user", name));
    const auto made = reserve(person, "second", 1);
    CHECK(made.status == 201);
  }
  CHECK(server.mail(3)["to"] == json::array({"ada@people.example"}));
  CHECK(server.count() == 3);
}

TEST_CASE("a node with mail settings that cannot be used says which and does not start") {
  const TempDir data;
  const auto secret = data.write("secret", "hunter2\n").string();
  const auto empty = (data / "none").string();
  const std::string url = "smtp://mail.example:587";

  const struct {
    std::vector<std::string> options;
    std::string says;
  } rows[] = {
      {{"--mail-url", "mail.example"}, "mail-url 'mail.example'"},
      {{"--mail-url", url}, "mail-from is needed with mail-url"},
      {{"--mail-url", url, "--mail-from", "studio"}, "mail-from 'studio' is no address"},
      {{"--mail-url", url, "--mail-from", "a@b.example", "--mail-user", "ada"},
       "mail-user 'ada' needs mail-secret-file"},
      {{"--mail-url", url, "--mail-from", "a@b.example", "--mail-secret-file", secret},
       "mail-secret-file needs mail-user"},
      {{"--mail-url", url, "--mail-from", "a@b.example", "--mail-secret-file", empty},
       "mail-secret-file: the secret in " + empty + " cannot be read"},
      {{"--mail-url", url, "--mail-from", "a@b.example", "--mail-templates", empty},
       "mail-templates '" + empty + "': " + empty + " cannot be read"},
      {{"--mail-url", url, "--mail-from", "a@b.example", "--public-url", "studio"},
       "public-url 'studio' is no address of a page"},
      {{"--mail-from", "a@b.example"}, "mail-from needs mail-url, too"},
  };

  for (const auto& row : rows) {
    std::vector<std::string> command{
        CAVEA_BINARY, "serve", "--port", "0", "--data", (data / "data").string()};
    command.insert(command.end(), row.options.begin(), row.options.end());
    const auto finished = run(command);
    CAPTURE(row.says);
    CAPTURE(finished.error_output);
    CHECK(finished.status.code == 2);
    CHECK(finished.error_output.find(row.says) != std::string::npos);
    CHECK(finished.error_output.find("hunter2") == std::string::npos);
  }
}

}  // namespace
}  // namespace cavea::test
