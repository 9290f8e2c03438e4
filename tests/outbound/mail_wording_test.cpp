#include "outbound/mail/wording.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::outbound::mail {

TEST_CASE("times are written in the language of the person and by the clocks of the place") {
  const struct {
    const char* language;
    const char* zone;
    std::int64_t seconds;
    const char* date_time;
    const char* zone_name;
  } rows[] = {
      {"en",
       "Europe/London",
       1'796'412'600,
       "Friday, December 4, 2026 at 7:30 PM",
       "Greenwich Mean Time"},
      {"en",
       "Europe/London",
       1'784'655'000,
       "Tuesday, July 21, 2026 at 6:30 PM",
       "British Summer Time"},
      // The last minute before the clocks are turned forward, and the first after.
      {"en",
       "Europe/London",
       1'774'745'940,
       "Sunday, March 29, 2026 at 12:59 AM",
       "Greenwich Mean Time"},
      {"en",
       "Europe/London",
       1'774'746'000,
       "Sunday, March 29, 2026 at 2:00 AM",
       "British Summer Time"},
      {"en",
       "Asia/Seoul",
       1'796'412'600,
       "Saturday, December 5, 2026 at 4:30 AM",
       "Korean Standard Time"},
      {"ko", "Asia/Seoul", 1'796'412'600, "2026년 12월 5일 토요일 오전 4:30", "대한민국 표준시"},
      {"ko",
       "Europe/London",
       1'784'655'000,
       "2026년 7월 21일 화요일 오후 6:30",
       "영국 하계 표준시"},
      {"de",
       "Europe/London",
       1'796'412'600,
       "Freitag, 4. Dezember 2026 um 19:30",
       "Mittlere Greenwich-Zeit"},
      {"en-GB",
       "Europe/London",
       1'796'412'600,
       "Friday, 4 December 2026 at 19:30",
       "Greenwich Mean Time"},
      {"en", "Mars/Olympus", 1'796'412'600, "Friday, December 4, 2026 at 7:30 PM", "UTC+00:00"},
  };

  for (const auto& row : rows) {
    CAPTURE(row.language);
    CAPTURE(row.zone);
    const auto wording = Wording::of(row.language);
    REQUIRE(wording);
    CHECK(wording->date_time({row.seconds * 1000}, row.zone) == row.date_time);
    CHECK(wording->zone_name({row.seconds * 1000}, row.zone) == row.zone_name);
  }
}

TEST_CASE("amounts have as many digits as their currency") {
  const struct {
    const char* language;
    const char* currency;
    std::int64_t minor;
    const char* text;
  } rows[] = {
      {"en", "EUR", 1'450, "€14.50"},
      {"en", "GBP", 5, "£0.05"},
      {"en", "KRW", 45'000, "₩45,000"},
      {"ko", "KRW", 45'000, "₩45,000"},
      {"ko", "USD", 1'234'567, "US$12,345.67"},
      {"en", "JPY", 1'500, "¥1,500"},
      {"en", "KWD", 1'250, "KWD 1.250"},
      // Unicode would write it without digits behind the point, ISO 4217 has three.
      {"en", "IQD", 1'250, "IQD 1.250"},
      {"de", "EUR", 1'450, "14,50 €"},
      {"en", "EUR", 0, "€0.00"},
      {"en", "EUR", 100'000'000'000'000, "€1,000,000,000,000.00"},
  };

  for (const auto& row : rows) {
    CAPTURE(row.language);
    CAPTURE(row.currency);
    const auto wording = Wording::of(row.language);
    REQUIRE(wording);
    CHECK(wording->money({row.minor}, *engine::Currency::from(row.currency)) == row.text);
  }
}

TEST_CASE("a tag that names no language has no wording") {
  for (const auto* tag : {"", "xx", "english", "../en", "e", "templates", "12"}) {
    CAPTURE(tag);
    CHECK_FALSE(Wording::of(tag));
  }
}

TEST_CASE("a day is one of the place") {
  const engine::Timestamp evening{1'796'412'600'000};  // 19:30 in London, 04:30 in Seoul.
  const engine::Timestamp later{evening.ms + 5 * 3'600'000};
  CHECK_FALSE(is_same_day(evening, later, "Europe/London"));
  CHECK(is_same_day(evening, later, "Asia/Seoul"));
}

}  // namespace cavea::outbound::mail
