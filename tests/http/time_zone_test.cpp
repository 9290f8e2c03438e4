#include "http/time_zone.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

namespace cavea::http {

namespace {

TimeZone zone(std::string_view name) {
  return TimeZone::find(name).value();
}

std::string error_of(std::string_view text, const TimeZone& zone) {
  const auto result = parse_time(text, zone);
  return result ? "no error" : result.error();
}

}  // namespace

TEST_CASE("a time is shown with the offset that clocks have in its zone on that day") {
  CHECK(format_time({1'796'412'600'000}, zone("Europe/London")) == "2026-12-04T19:30:00+00:00");
  CHECK(format_time({1'790'845'200'000}, zone("Europe/London")) == "2026-10-01T10:00:00+01:00");
  CHECK(format_time({1'790'845'200'000}, zone("Asia/Kathmandu")) == "2026-10-01T14:45:00+05:45");
  CHECK(format_time({1'790'845'200'000}, zone("America/St_Johns")) == "2026-10-01T06:30:00-02:30");
  CHECK(format_time({1'790'845'200'007}, TimeZone::utc()) == "2026-10-01T09:00:00.007+00:00");
}

TEST_CASE("names that mean another zone on each machine, or none, are refused") {
  for (const auto* name : {"localtime", "posixrules", "Factory", "posix/UTC", "right/UTC", ""}) {
    CAPTURE(name);
    CHECK_FALSE(TimeZone::find(name).has_value());
  }
}

TEST_CASE("a time is read with an offset, with Z, or as local time of the venue") {
  const auto london = zone("Europe/London");
  const engine::Timestamp start{1'796'412'600'000};
  for (const auto* text :
       {"2026-12-04T19:30:00+00:00",
        "2026-12-04T19:30:00Z",
        "2026-12-04T20:30:00+01:00",
        "2026-12-04T14:00:00-05:30",
        "2026-12-04T19:30:00",
        "2026-12-04T19:30",
        "2026-12-04t19:30:00.000z"}) {
    CAPTURE(text);
    CHECK(parse_time(text, london).value() == start);
  }
  CHECK(parse_time("2026-10-01T10:00", london).value() == engine::Timestamp{1'790'845'200'000});
  CHECK(parse_time("1970-01-01T00:00:00.1239Z", london).value().ms == 123);
}

TEST_CASE("text that is no time is refused") {
  for (const auto* text :
       {"",
        "2026",
        "2026-12-04",
        "2026-13-04T19:30:00Z",
        "2026-02-29T19:30:00Z",
        "2026-12-04T24:00:00Z",
        "2026-12-04T19:60:00Z",
        "2026-12-04T19:30:00+25:00",
        "2026-12-04T19:30:00Zx",
        "2026-12-04T19:30:00.Z",
        "tomorrow",
        "2026-12-04T19:30:00+0100"}) {
    CAPTURE(text);
    CHECK(error_of(text, TimeZone::utc()).find("RFC 3339") != std::string::npos);
  }
  CHECK(error_of("1969-12-31T23:59:59Z", TimeZone::utc()) == "must lie between 1970 and 2037");
  CHECK(error_of("2038-01-01T00:00:00Z", TimeZone::utc()) == "must lie between 1970 and 2037");
  CHECK(error_of("9999-01-01T00:00:00", zone("Europe/London")) == "must lie between 1970 and 2037");
}

TEST_CASE("a local time that the clocks skip is refused with the reason") {
  const auto reason = error_of("2026-03-29T01:30:00", zone("Europe/London"));
  CHECK(reason.find("does not exist in Europe/London") != std::string::npos);
  CHECK(parse_time("2026-03-29T01:30:00Z", zone("Europe/London")).has_value());
}

TEST_CASE("a local time that comes twice is refused with both ways to write it") {
  const auto reason = error_of("2026-10-25T01:30:00", zone("Europe/London"));
  CHECK(reason.find("2026-10-25T01:30:00+01:00") != std::string::npos);
  CHECK(reason.find("2026-10-25T01:30:00+00:00") != std::string::npos);
}

TEST_CASE("a date begins at midnight of its zone, or later where midnight is skipped") {
  CHECK(parse_date("2026-12-04", TimeZone::utc())->ms == 1'796'342'400'000);
  CHECK(
      format_time(*parse_date("2026-07-01", zone("Europe/Berlin")), TimeZone::utc())
      == "2026-06-30T22:00:00+00:00");
  // Chile turns its clocks forward at midnight.
  const auto santiago = zone("America/Santiago");
  CHECK(format_time(*parse_date("2026-09-06", santiago), santiago) == "2026-09-06T01:00:00-03:00");
  CHECK_FALSE(parse_date("2026-12-04T00:00", TimeZone::utc()));
  CHECK_FALSE(parse_date("2026-12-32", TimeZone::utc()));
}

TEST_CASE("only zones of the database are found") {
  CHECK(TimeZone::find("Europe/London"));
  CHECK(TimeZone::find("UTC"));
  CHECK_FALSE(TimeZone::find("Europe/Atlantis"));
  CHECK_FALSE(TimeZone::find(""));
  CHECK_FALSE(TimeZone::find("../../etc/passwd"));
  CHECK_FALSE(TimeZone::find("/etc/localtime"));
}

TEST_CASE("what is shown is read back as the same moment, in every zone") {
  const auto seed = std::random_device()();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<std::int64_t> moments(86'400'000, time_max.ms - 86'400'001);
  for (const auto* name :
       {"Europe/London",
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Kolkata",
        "Africa/Casablanca"}) {
    for (int i = 0; i < 500; ++i) {
      const engine::Timestamp moment{moments(random)};
      const auto text = format_time(moment, zone(name));
      CAPTURE(text);
      CHECK(parse_time(text, TimeZone::utc()).value() == moment);
    }
  }
}

}  // namespace cavea::http
