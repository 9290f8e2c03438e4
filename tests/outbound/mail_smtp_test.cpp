#include "tests/outbound/mail_samples.hpp"
#include "tests/outbound/mail_world.hpp"

#include <doctest/doctest.h>
#include <libical/ical.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

// Mail as a real server takes it.

namespace cavea::outbound::mail {
namespace {

using engine::NotificationKind;
using Kind = engine::DeliveryResult::Kind;
using nlohmann::json;

const json* part_named(const json& mail, const std::string& name, const std::string& disposition) {
  for (const auto& part : mail["parts"]) {
    if (part["filename"] == name && part["disposition"] == disposition) return &part;
  }
  return nullptr;
}

TEST_CASE("a mail arrives whole: text, HTML, tickets as pictures and an appointment") {
  MailServer server;
  const auto port = open_mail(mail_settings(server.url()));
  const auto what = sample_notification(NotificationKind::reservation_confirmed);
  const auto result = send(*port, what);
  CHECK(result.kind == Kind::delivered);
  CHECK(result.status == 250);
  CHECK(result.detail == "250 2.0.0 taken as 1");

  const auto mail = server.mail();
  CHECK(mail["from"] == "box-office@studio.example");
  CHECK(mail["to"] == json::array({"ada@people.example"}));
  CHECK(mail["defects"].empty());
  CHECK(mail["longest_line"].get<int>() <= 998);
  CHECK(header_of(mail, "From") == "Sun Street Studio <box-office@studio.example>");
  CHECK(header_of(mail, "To") == "ada@people.example");
  CHECK(header_of(mail, "Subject") == "Your reservation is confirmed: The Lighthouse");
  CHECK(header_of(mail, "Date") == "Wed, 18 Nov 2026 11:07:40 +0000");
  CHECK(header_of(mail, "Message-ID").starts_with("<3-2f-1."));
  CHECK(header_of(mail, "Mime-Version") == "1.0");
  CHECK(header_of(mail, "Content-Language") == "en");
  CHECK(header_of(mail, "Auto-Submitted") == "auto-generated");
  CHECK(
      mail["tree"]
      == "mixed(related(alternative(text/plain,text/html),image/png,image/png),image/png,image/"
         "png,text/calendar)");

  CHECK(says(content_of(mail, "text/plain"), "Your reservation is confirmed."));
  const auto html = content_of(mail, "text/html");
  for (const auto* number : {"1", "2"}) {
    const auto name = std::string("ticket-") + number + ".png";
    const auto* shown = part_named(mail, name, "inline");
    const auto* attached = part_named(mail, name, "attachment");
    REQUIRE(shown != nullptr);
    REQUIRE(attached != nullptr);
    const auto id = std::string("ticket-") + number + "@studio.example";
    CHECK((*shown)["content_id"] == "<" + id + ">");
    CHECK(says(html, "src=\"cid:" + id + "\""));
    CHECK((*shown)["base64"] == (*attached)["base64"]);
  }
  for (const auto& picture : contents_of(mail, "image/png")) {
    CHECK(picture.starts_with("\x89PNG\r\n"));
  }
}

TEST_CASE("the calendar of a mail can be read, and says what the mail says") {
  const struct {
    NotificationKind kind;
    const char* method;
    icalproperty_method ical_method;
    icalproperty_status status;
  } rows[] = {
      {NotificationKind::reservation_confirmed,
       "PUBLISH",
       ICAL_METHOD_PUBLISH,
       ICAL_STATUS_CONFIRMED},
      {NotificationKind::reservation_changed,
       "PUBLISH",
       ICAL_METHOD_PUBLISH,
       ICAL_STATUS_CONFIRMED},
      {NotificationKind::reservation_cancelled,
       "CANCEL",
       ICAL_METHOD_CANCEL,
       ICAL_STATUS_CANCELLED},
      {NotificationKind::reminder, "PUBLISH", ICAL_METHOD_PUBLISH, ICAL_STATUS_CONFIRMED},
  };

  MailServer server;
  const auto port = open_mail(mail_settings(server.url()));
  int number = 0;
  for (const auto& row : rows) {
    CAPTURE(engine::name_of(row.kind));
    REQUIRE(send(*port, sample_notification(row.kind)).kind == Kind::delivered);
    const auto mail = server.mail(++number);
    const auto parts = mail["parts"];
    const auto part =
        std::ranges::find_if(parts, [](const json& one) { return one["type"] == "text/calendar"; });
    REQUIRE(part != parts.end());
    CHECK((*part)["disposition"] == "attachment");
    CHECK((*part)["parameters"]["method"] == row.method);
    const auto text = content_of(mail, "text/calendar");
    const std::unique_ptr<icalcomponent, decltype(&icalcomponent_free)> root(
        icalparser_parse_string(text.c_str()), icalcomponent_free);
    REQUIRE(root != nullptr);
    CHECK(icalcomponent_get_method(root.get()) == row.ical_method);
    auto* event = icalcomponent_get_first_component(root.get(), ICAL_VEVENT_COMPONENT);
    CHECK(icalcomponent_get_status(event) == row.status);
    CHECK(std::string(icalcomponent_get_summary(event)) == "The Lighthouse");
    CHECK(says(text, "DTSTART;TZID=Europe/London:20261204T193000"));
    CHECK(says(text, "BEGIN:VTIMEZONE"));
    CHECK(says(text, "URL:https://studio.example/my/reservations/"));
    CHECK(says(text, "LOCATION:The Old Mill\\, 1 Mill Lane"));
  }
  for (const auto kind :
       {NotificationKind::reservation_expired,
        NotificationKind::waiting_offer,
        NotificationKind::waiting_ended,
        NotificationKind::reservation_refunded}) {
    REQUIRE(send(*port, sample_notification(kind)).kind == Kind::delivered);
    const auto mail = server.mail(++number);
    CHECK(mail["tree"] == "mixed(related(alternative(text/plain,text/html)))");
  }
}

TEST_CASE("a mail in Korean arrives in Korean") {
  MailServer server;
  auto settings = mail_settings(server.url());
  settings.from = "햇살 스튜디오 <box-office@studio.example>";
  const auto port = open_mail(settings);
  const auto what = notification_about(
      NotificationKind::reservation_confirmed, sample_reservation(sample_class("아침 요가")));
  REQUIRE(send(*port, what, {"ada@people.example", "ko"}).kind == Kind::delivered);
  const auto mail = server.mail();
  CHECK(mail["from_name"] == "햇살 스튜디오");
  CHECK(header_of(mail, "Subject") == "예약이 확정되었습니다: 아침 요가");
  CHECK(header_of(mail, "Content-Language") == "ko");
  CHECK(says(content_of(mail, "text/plain"), "2026년 12월 5일 토요일 오전 4:30"));
  CHECK(says(content_of(mail, "text/plain"), "₩90,000"));
  CHECK(says(content_of(mail, "text/html"), "<html lang=\"ko\">"));
  CHECK(mail["defects"].empty());
}

TEST_CASE("no text of a notification becomes a header, a recipient or a command") {
  MailServer server;
  const auto port = open_mail(mail_settings(server.url()));
  const std::string evil = "\r\nBcc: eve@evil.example\r\n\r\n.\r\nMAIL FROM:<eve@evil.example>\r\n";
  auto what = notification_about(
      NotificationKind::reservation_cancelled, sample_reservation(sample_class("Yoga" + evil)));
  what.reason = "ill" + evil + "\n.\n";
  REQUIRE(send(*port, what).kind == Kind::delivered);
  const auto mail = server.mail();
  CHECK(mail["to"] == json::array({"ada@people.example"}));
  CHECK(mail["defects"].empty());
  for (const auto& header : mail["headers"]) CHECK(header[0] != "Bcc");
  CHECK(says(header_of(mail, "Subject"), "Bcc: eve@evil.example"));
  CHECK(says(content_of(mail, "text/plain"), "MAIL FROM:<eve@evil.example>"));
  // And what comes after is another mail.
  REQUIRE(send(*port, sample_notification(NotificationKind::reminder)).kind == Kind::delivered);
  CHECK(server.mail(2)["from"] == "box-office@studio.example");
  CHECK(server.count() == 2);

  for (const auto* address :
       {"",
        "ada",
        "ada@people.example>\r\nDATA",
        "ada@people.example\r\nRCPT TO:<eve@evil.example>"}) {
    CAPTURE(address);
    const auto result = send(*port, what, {address, "en"});
    CHECK(result.kind == Kind::never);
    CHECK(result.status == 0);
  }
  CHECK(server.count() == 2);
}

TEST_CASE("the same notification has the same Message-ID at each attempt") {
  MailServer server;
  const auto port = open_mail(mail_settings(server.url()));
  const auto what = sample_notification(NotificationKind::reminder);
  REQUIRE(send(*port, what).kind == Kind::delivered);
  const auto another = open_mail(mail_settings(server.url()));
  REQUIRE(send(*another, what).kind == Kind::delivered);
  CHECK(header_of(server.mail(1), "Message-ID") == header_of(server.mail(2), "Message-ID"));
  CHECK(header_of(server.mail(1), "Date") == header_of(server.mail(2), "Date"));
}

TEST_CASE("what a server answers decides whether a mail is tried again") {
  const struct {
    const char* address;
    Kind kind;
    std::uint32_t status;
    const char* detail;
  } rows[] = {
      {"rcpt-550@people.example",
       Kind::never,
       550,
       "the server said: 550 5.1.1 nobody  here  has that name"},
      {"rcpt-552@people.example", Kind::never, 552, "552"},
      {"rcpt-450@people.example", Kind::not_now, 450, "450"},
      {"rcpt-452@people.example", Kind::not_now, 452, "452"},
      {"data-554@people.example", Kind::never, 554, "the server said: 554 5.7.1 not this one"},
      {"data-451@people.example", Kind::not_now, 451, "the server said: 451 5.7.1 not this one"},
      // It wants another login: nothing is wrong with the mail.
      {"rcpt-530@people.example", Kind::not_now, 530, "530"},
      {"ada@people.example", Kind::delivered, 250, "250 2.0.0 taken as 1"},
  };

  MailServer server;
  const auto port = open_mail(mail_settings(server.url()));
  for (const auto& row : rows) {
    CAPTURE(row.address);
    const auto result =
        send(*port, sample_notification(NotificationKind::reminder), {row.address, "en"});
    CHECK(result.kind == row.kind);
    CHECK(result.status == row.status);
    CAPTURE(result.detail);
    CHECK(says(result.detail, row.detail));
  }
  CHECK(server.mail()["to"] == json::array({"ada@people.example"}));
  CHECK(server.count() == 1);
}

TEST_CASE("a server that is not there, or says nothing, is asked again later") {
  const auto what = sample_notification(NotificationKind::reminder);
  MailServer server;
  auto settings = mail_settings(server.url());
  settings.attempt_time = std::chrono::milliseconds(300);
  const auto impatient = open_mail(settings);
  auto result = send(*impatient, what, {"slow@people.example", "en"});
  CHECK(result.kind == Kind::not_now);
  CHECK(result.status == 0);
  CAPTURE(result.detail);
  CHECK(says(result.detail, "timeout"));
  CHECK(result.took.ms >= 300);

  const auto port = open_mail(mail_settings(server.url()));
  REQUIRE(send(*port, what).kind == Kind::delivered);
  server.stop();
  result = send(*port, what);
  CHECK(result.kind == Kind::not_now);
  CHECK(result.status == 0);
  result = send(*port, what);
  CHECK(result.kind == Kind::not_now);
  CHECK(says(result.detail, "connect"));

  const auto nowhere = open_mail(mail_settings("smtp://no-such-host.invalid:25"));
  result = send(*nowhere, what);
  CHECK(result.kind == Kind::not_now);
  CHECK(says(result.detail, "resolve"));
}

TEST_CASE("a server that lets nobody in says nothing about the mail") {
  const struct {
    const char* greeting;
    std::uint32_t status;
  } rows[] = {{"554 no mail from here", 554}, {"421 come later", 421}, {"closed", 0}};

  for (const auto& row : rows) {
    CAPTURE(row.greeting);
    MailServerOptions options;
    options.greeting = row.greeting;
    MailServer server(options);
    const auto port = open_mail(mail_settings(server.url()));
    const auto result = send(*port, sample_notification(NotificationKind::reminder));
    CHECK(result.kind == Kind::not_now);
    CHECK(result.status == row.status);
    CHECK_FALSE(result.detail.empty());
  }
}

TEST_CASE("a mail that was taken without a word comes again under the same name") {
  MailServer server;
  const auto port = open_mail(mail_settings(server.url()));
  const auto what = sample_notification(NotificationKind::reminder);
  const auto result = send(*port, what, {"cut@people.example", "en"});
  CHECK(result.kind == Kind::not_now);
  CHECK(result.status == 0);
  CHECK(send(*port, what).kind == Kind::delivered);
  CHECK(header_of(server.mail(1), "Message-ID") == header_of(server.mail(2), "Message-ID"));
}

TEST_CASE("many mails at once all arrive, each once") {
  MailServer server;
  const auto port = open_mail(mail_settings(server.url()));
  std::atomic<int> delivered{0};
  std::atomic<int> answered{0};
  constexpr int count = 60;
  for (int i = 0; i < count; ++i) {
    auto what = sample_notification(NotificationKind::reservation_expired);
    what.id.index = static_cast<std::uint64_t>(1'000 + i);
    port->send(
        std::make_shared<const engine::Notification>(what),
        {"p" + std::to_string(i) + "@people.example", i % 2 == 0 ? "en" : "ko"},
        [&](engine::DeliveryResult result) {
          if (result.kind == Kind::delivered) ++delivered;
          ++answered;
        });
  }
  static_cast<void>(server.mail(count));
  while (answered.load() < count) std::this_thread::yield();
  CHECK(delivered.load() == count);
  std::set<std::string> ids;
  for (int i = 1; i <= count; ++i) ids.insert(header_of(server.mail(i), "Message-ID"));
  CHECK(ids.size() == count);
}

TEST_CASE("what is not answered when a node stops is answered that it is not known") {
  MailServer server;
  auto port = open_mail(mail_settings(server.url()));
  std::atomic<int> not_now{0};
  for (int i = 0; i < 20; ++i) {
    port->send(
        std::make_shared<const engine::Notification>(
            sample_notification(NotificationKind::reminder)),
        {"slow@people.example", "en"},
        [&](engine::DeliveryResult result) {
          if (result.kind == Kind::not_now) ++not_now;
        });
  }
  port.reset();
  CHECK(not_now.load() == 20);
}

TEST_CASE("a large party gets as many tickets as a mail carries, and is told of the others") {
  auto view = sample_reservation(sample_performance());
  for (std::uint32_t place = 2; place < 25; ++place) {
    view.reservation.lines.push_back({.place = {place}, .price = {4'000}});
  }
  MailServer server;
  const auto port = open_mail(mail_settings(server.url()));
  REQUIRE(
      send(*port, notification_about(NotificationKind::reservation_confirmed, view)).kind
      == Kind::delivered);
  const auto mail = server.mail();
  CHECK(contents_of(mail, "image/png").size() == 2 * limits::tickets_max);
  CHECK(says(content_of(mail, "text/plain"), "5 more tickets did not fit"));
}

}  // namespace
}  // namespace cavea::outbound::mail
