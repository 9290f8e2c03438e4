#include "app/schedule_time.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::app {
namespace {

const Day week_one = *read_day("2027-01-04");

ScheduleTime time_of(std::string_view text) {
  const auto read = read_schedule_time(text, week_one);
  REQUIRE_MESSAGE(read.has_value(), std::string(text));
  return read.value();
}

TEST_CASE("A day is a day of the calendar") {
  CHECK(print_day(*read_day("2028-02-29")) == "2028-02-29");
  CHECK(!read_day("2027-02-29"));
  CHECK(!read_day("2027-2-9"));
  CHECK(!read_day("2027-01-04 "));
  CHECK(is_monday(week_one));
  CHECK(!is_monday(*read_day("2027-01-05")));
}

TEST_CASE("The next Monday is never today") {
  using std::chrono::system_clock;
  const auto at = [](Day day) {
    return system_clock::time_point(std::chrono::hours(24 * day.value + 13));
  };
  CHECK(print_day(monday_after(at(*read_day("2027-01-04")))) == "2027-01-11");
  CHECK(print_day(monday_after(at(*read_day("2027-01-10")))) == "2027-01-11");
  CHECK(print_day(monday_after(at(*read_day("2027-01-05")))) == "2027-01-11");
}

TEST_CASE("A time of the calendar keeps its seconds and offset") {
  CHECK(time_of("2027-03-01T19:30").text == "2027-03-01T19:30");
  CHECK(time_of("2027-03-01 19:30").text == "2027-03-01T19:30");
  CHECK(time_of("2027-03-01T19:30:00+01:00").text == "2027-03-01T19:30:00+01:00");
  CHECK(time_of("2027-03-01T19:30").suffix == "2027-03-01-1930");
  CHECK(!time_of("2027-03-01T19:30").is_relative);
}

TEST_CASE("A relative time counts weeks and weekdays from the first day") {
  CHECK(time_of("week 1 mon 07:00").text == "2027-01-04T07:00");
  CHECK(time_of("week 2 Tuesday 19:30").text == "2027-01-12T19:30");
  CHECK(time_of("week 2 sun 10:30").suffix == "w2-sun-1030");
  CHECK(time_of("week 1 mon 07:00").is_relative);
}

TEST_CASE("What is no time says what would be right") {
  for (const std::string_view text :
       {"",
        "tomorrow",
        "2027-13-01T10:00",
        "2027-01-04T25:00",
        "2027-01-04",
        "week 0 mon 10:00",
        "week 1 foo 10:00",
        "week 1 mon",
        "week 1 mon 7:00",
        "week x mon 07:00",
        "week 1 mon 07:00 x"}) {
    const auto read = read_schedule_time(text, week_one);
    CHECK_MESSAGE(!read.has_value(), std::string(text));
    if (!read) CHECK(read.error().reason.find("must be") == 0);
  }
}

TEST_CASE("Minutes are added on the same clock, over midnight too") {
  CHECK(plus_minutes("2027-01-04T19:30", 145) == "2027-01-04T21:55");
  CHECK(plus_minutes("2027-01-04T23:30:00+01:00", 60) == "2027-01-05T00:30:00+01:00");
  CHECK(plus_minutes("2027-12-31T23:00", 24 * 60 + 61) == "2028-01-02T00:01");
}

}  // namespace
}  // namespace cavea::app
