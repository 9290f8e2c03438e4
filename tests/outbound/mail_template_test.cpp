#include "outbound/mail/mail_values.hpp"
#include "outbound/mail/template_names.hpp"
#include "outbound/mail/template_set.hpp"
#include "tests/outbound/mail_samples.hpp"
#include "tests/support/temp_dir.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace cavea::outbound::mail {
namespace {

using engine::NotificationKind;

TemplateSet built_in() {
  auto set = TemplateSet::from(built_in_templates());
  if (!set) FAIL(set.error().text);
  return std::move(set).value();
}

MailText rendered(const std::string& language, const engine::Notification& what) {
  auto set = built_in();
  MailParts parts;
  parts.page_url = "https://studio.example/my/";
  return set.render(language, what.kind, values_of(what, parts, set.wording(language)));
}

/// What a mail of a kind says in a language.
struct Row {
  NotificationKind kind;
  const char* language;
  const char* subject;
  std::vector<const char*> words;
};

std::vector<Row> english_rows() {
  using enum NotificationKind;
  return {
      {reservation_confirmed,
       "en",
       "Your reservation is confirmed: The Lighthouse",
       {"Your reservation is confirmed.",
        "Friday, December 4, 2026 at 7:30 PM",
        "10:00 PM",
        "Greenwich Mean Time",
        "stalls-A-1, stalls-A-2",
        "€80.00"}},
      {reservation_cancelled,
       "en",
       "Your reservation is cancelled: The Lighthouse",
       {"Your reservation is cancelled:", "stalls-A-1, stalls-A-2"}},
      {reservation_expired,
       "en",
       "Your reservation has expired: The Lighthouse",
       {"The time to pay is over", "Nothing was charged"}},
      {reservation_refunded,
       "en",
       "Refund of €80.00: The Lighthouse",
       {"We have refunded €80.00."}},
      {reservation_changed,
       "en",
       "Please note, your reservation has changed: The Lighthouse",
       {"This is how it stands now:", "Friday, December 4, 2026 at 7:30 PM"}},
      {waiting_offer,
       "en",
       "Places for you until Thursday, December 3, 2026 at 7:30 PM: The Lighthouse",
       {"They are yours until Thursday, December 3, 2026 at 7:30 PM (Greenwich Mean Time)",
        "To pay: €80.00."}},
      {waiting_ended,
       "en",
       "The waiting list has ended: The Lighthouse",
       {"The sale is closed", "Places: 3"}},
      {reminder,
       "en",
       "Soon: The Lighthouse, Friday, December 4, 2026 at 7:30 PM",
       {"It is nearly time:", "stalls-A-1, stalls-A-2"}},
      {exchange_expired,
       "en",
       "Your exchange has expired: The Lighthouse",
       {"you keep those that you had", "stalls-A-1, stalls-A-2", "Nothing was charged"}},
  };
}

std::vector<Row> korean_rows() {
  using enum NotificationKind;
  return {
      {reservation_confirmed,
       "ko",
       "예약이 확정되었습니다: The Lighthouse",
       {"예약이 확정되었습니다.",
        "2026년 12월 4일 금요일 오후 7:30",
        "그리니치 표준시",
        "좌석: stalls-A-1, stalls-A-2",
        "€80.00"}},
      {reservation_cancelled,
       "ko",
       "예약이 취소되었습니다: The Lighthouse",
       {"다음 예약이 취소되었습니다."}},
      {reservation_expired,
       "ko",
       "예약 시간이 지났습니다: The Lighthouse",
       {"청구된 금액은 없습니다."}},
      {reservation_refunded,
       "ko",
       "€80.00 환불 안내: The Lighthouse",
       {"€80.00을(를) 환불했습니다."}},
      {reservation_changed,
       "ko",
       "예약 내용이 변경되었습니다: The Lighthouse",
       {"현재 예약은 다음과 같습니다."}},
      {waiting_offer,
       "ko",
       "2026년 12월 3일 목요일 오후 7:30까지 자리가 확보되었습니다: The Lighthouse",
       {"기다리시던 자리가 났습니다.", "결제하실 금액: €80.00"}},
      {waiting_ended,
       "ko",
       "대기가 종료되었습니다: The Lighthouse",
       {"예매가 마감되었고", "인원: 3명"}},
      {reminder,
       "ko",
       "곧 시작합니다: The Lighthouse, 2026년 12월 4일 금요일 오후 7:30",
       {"곧 시작합니다.", "좌석: stalls-A-1, stalls-A-2"}},
      {exchange_expired,
       "ko",
       "교환 시간이 지났습니다: The Lighthouse",
       {"기존 예약은 그대로 유지됩니다.", "청구된 금액은 없습니다."}},
  };
}

TEST_CASE("each kind has its words in each language, in text and HTML") {
  std::set<std::pair<std::string, NotificationKind>> seen;
  auto rows = english_rows();
  for (auto& row : korean_rows()) rows.push_back(row);
  for (const auto& row : rows) {
    CAPTURE(row.language);
    CAPTURE(engine::name_of(row.kind));
    seen.emplace(row.language, row.kind);
    const auto what = sample_notification(row.kind);
    const auto mail = rendered(row.language, what);
    CHECK(mail.subject == row.subject);
    CAPTURE(mail.text);
    CAPTURE(mail.html);
    for (const auto* words : row.words) {
      CAPTURE(words);
      CHECK(says(mail.text, words));
      CHECK(says(mail.html, words));
    }
    const auto id = what.reservation != nullptr ? what.reservation->reservation.id
                                                : what.waiting->items[0].record.party.id;
    const std::string page = what.reservation != nullptr ? "reservations/" : "waiting/";
    CHECK(says(mail.text, "https://studio.example/my/" + page + id.str()));
    CHECK(says(mail.html, "href=\"https://studio.example/my/" + page + id.str() + "\""));
    CHECK_FALSE(says(mail.text, "{{"));
    CHECK_FALSE(says(mail.html, "{{"));
    CHECK_FALSE(says(mail.text, "\n\n\n"));
    CHECK(mail.html.starts_with("<!DOCTYPE html>"));
    CHECK(says(mail.html, "</html>"));
  }
  CHECK(seen.size() == built_in().languages().size() * all_kinds().size());
}

TEST_CASE("the text of a mail, from its first line to its last") {
  const auto mail = rendered("en", sample_notification(NotificationKind::reservation_confirmed));
  const auto id =
      sample_notification(NotificationKind::reservation_confirmed).reservation->reservation.id;
  CHECK(
      mail.text
      == "Your reservation is confirmed. See you there!\n"
         "\n"
         "  The Lighthouse\n"
         "  Friday, December 4, 2026 at 7:30 PM - 10:00 PM (Greenwich Mean Time)\n"
         "  The Old Mill, 1 Mill Lane\n"
         "  Seats: stalls-A-1, stalls-A-2\n"
         "  Price: €80.00\n"
         "\n"
         "Total: €80.00\n"
         "\n"
         "Reservation: "
             + id.str() + "\nhttps://studio.example/my/reservations/" + id.str() + "\n");
}

TEST_CASE("a reservation of several offerings names them all, without places given back") {
  auto what = notification_about(NotificationKind::reservation_confirmed, sample_bundle());
  const auto mail = rendered("en", what);
  CHECK(mail.subject == "Your reservation is confirmed: The Lighthouse and 1 more");
  CHECK(says(mail.text, "The Lighthouse"));
  CHECK(says(mail.text, "Morning yoga"));
  CHECK(says(mail.text, "Saturday, December 5, 2026 at 4:30 AM - 5:30 AM (Korean Standard Time)"));
  CHECK(says(mail.text, "Places: 1"));
  CHECK(rendered("ko", what).subject == "예약이 확정되었습니다: The Lighthouse 외 1건");

  what.kind = NotificationKind::reservation_cancelled;
  const auto partly = rendered("en", what);
  CHECK(partly.subject == "Places given back: The Lighthouse and 1 more");
  CHECK(says(partly.text, "You still have:"));
  CHECK_FALSE(says(partly.text, "Your reservation is cancelled"));
  CHECK(says(partly.text, "What is refunded comes back the way you paid"));
}

TEST_CASE("who cancelled an offering says why") {
  auto view = sample_reservation(sample_performance(), engine::ReservationStatus::cancelled);
  view.reservation.cause = engine::Cause::offering_cancelled;
  auto what = notification_about(NotificationKind::reservation_cancelled, view);
  what.reason = "The <lead> is ill & the understudy, too";
  const auto mail = rendered("en", what);
  CHECK(says(mail.text, "The reason: The <lead> is ill & the understudy, too"));
  CHECK(says(mail.html, "The reason: The &lt;lead&gt; is ill &amp; the understudy, too"));
  CHECK(says(mail.text, "this was cancelled by the organiser"));
}

TEST_CASE("nothing of a title becomes HTML") {
  const auto title = "<script>alert('x')</script> \"&\" {{link}} {{> items}}";
  const auto what = notification_about(
      NotificationKind::reservation_confirmed, sample_reservation(sample_performance(title)));
  const auto mail = rendered("en", what);
  CHECK_FALSE(says(mail.html, "<script>"));
  CHECK(says(mail.html, "&lt;script&gt;"));
  CHECK(says(mail.html, "{{link}} {{&gt; items}}"));
  CHECK(says(mail.text, title));
  CHECK(mail.subject == std::string("Your reservation is confirmed: ") + title);
}

TEST_CASE("a notification about something that is gone still makes a mail") {
  engine::Notification what;
  what.kind = NotificationKind::reservation_cancelled;
  for (const auto* language : {"en", "ko"}) CHECK_FALSE(rendered(language, what).text.empty());
}

TEST_CASE("a person gets the language that fits best") {
  const auto set = built_in();
  CHECK(set.languages() == std::vector<std::string>{"en", "ko"});
  CHECK(set.language_for("ko") == "ko");
  CHECK(set.language_for("ko-KR") == "ko");
  CHECK(set.language_for("en-GB") == "en");
  CHECK(set.language_for("fr") == "en");
  CHECK(set.language_for("") == "en");
}

std::string fault_with(const std::string& path, const std::string& text) {
  auto files = built_in_templates();
  files[path] = text;
  const auto set = TemplateSet::from(files);
  return set ? "" : set.error().text;
}

TEST_CASE("a fault in a template names its file, its line and what is wrong") {
  const std::string subject = "Subject: x\n\n";

  const struct {
    const char* path;
    std::string text;
    const char* says;
  } rows[] = {
      {"en/reminder.txt",
       subject + "\n{{titel}}\n",
       "en/reminder.txt, line 4: nothing is called 'titel'; there are title,"},
      {"en/reminder.txt", subject + "{{#items}}\n", "en/reminder.txt: Unclosed section"},
      {"en/reminder.txt", subject + "{{/items}}\n", "en/reminder.txt: Unopened section"},
      {"en/reminder.txt", subject + "{{title\n", "en/reminder.txt: Unclosed tag"},
      {"en/reminder.txt", "It is time\n", "en/reminder.txt: its first line must be 'Subject: ...'"},
      {"en/reminder.txt",
       "Subject: {{#items}}\n{{/items}}\n",
       "en/reminder.txt: a section must not go on behind the subject"},
      {"en/reminder.txt",
       subject + "{{> foots}}\n",
       "en/reminder.txt, line 3: there is no partial 'foots' (a file '_foots')"},
      {"en/reminder.html",
       "{{=<% %>=}}",
       "en/reminder.html, line 1: the braces of tags cannot be changed"},
      {"ko/_items.html", "{{nobody}}", "ko/_items.html, line 1: nothing is called 'nobody'"},
      {"ko/_items.html", "{{> items}}", "ko/_items.html: the partial uses itself"},
      {"ko/_foot.txt", "{{> items}}{{> foot}}", "ko/_foot.txt: the partial uses itself"},
      {"fr/reminder.txt", subject, "fr/reservation_confirmed.txt is missing"},
      {"readme/reminder.txt", subject, "readme: the folder's name is no language"},
  };

  for (const auto& row : rows) {
    CAPTURE(row.path);
    CAPTURE(row.text);
    CAPTURE(fault_with(row.path, row.text));
    CHECK(fault_with(row.path, row.text).starts_with(row.says));
  }
}

TEST_CASE("templates are read from a folder, those that ship first of all") {
  const auto shipped = read_templates(CAVEA_SOURCE_DIR "/outbound/mail/templates");
  REQUIRE(shipped);
  CHECK(shipped.value() == built_in_templates());

  const test::TempDir folder;
  CHECK(
      TemplateSet::from(read_templates(folder.path().string()).value()).error().text
      == "there is no folder of a language with templates in it");
  const auto none = read_templates((folder / "none").string());
  REQUIRE_FALSE(none);
  CHECK(says(none.error().text, "none cannot be read: No such file or directory"));

  std::filesystem::create_directory(folder / "de");
  static_cast<void>(folder.write("de/reminder.txt", std::string(300'000, 'x')));
  const auto large = read_templates(folder.path().string());
  REQUIRE_FALSE(large);
  CHECK(says(large.error().text, "de/reminder.txt has more than 262144 bytes"));
}

TEST_CASE("each name that templates may use is there for some mail, and no other") {
  // A value that nobody documents, or a documented one that never is there, is a mistake.
  std::set<std::string_view> documented(template_names().begin(), template_names().end());
  std::set<std::string_view> used;
  const auto files = built_in_templates();
  for (const auto& [path, text] : files) {
    for (const auto& tag : tags_in(text)) {
      if (tag.sigil != '>') used.insert(tag.name);
    }
  }
  CHECK(used == documented);
}

}  // namespace
}  // namespace cavea::outbound::mail
