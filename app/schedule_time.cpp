#include "app/schedule_time.hpp"

#include <date/date.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace cavea::app {
namespace {

constexpr std::array<std::string_view, 7> weekdays{
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

/// A schedule is written for a season; a larger number is a slip of the pen.
constexpr int weeks_max = 520;

constexpr std::string_view expected =
    "must be a time such as 2027-01-04T19:30 (with an offset if you like), or one that is counted "
    "from the first day, such as \"week 1 tue 19:30\"";

std::string_view take_word(std::string_view& rest) {
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  const auto word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(word.size());
  return word;
}

/// A number of exactly `digits` digits at `at`.
std::optional<int> digits_at(std::string_view text, std::size_t at, std::size_t digits) {
  if (text.size() < at + digits) return std::nullopt;
  int number = 0;
  for (const char c : text.substr(at, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

struct Clock {
  int hour = 0;
  int minute = 0;
};

/// "19:30", and nothing behind it.
std::optional<Clock> read_clock(std::string_view text) {
  const auto hour = digits_at(text, 0, 2);
  const auto minute = digits_at(text, 3, 2);
  if (text.size() != 5 || !hour || !minute || text[2] != ':') return std::nullopt;
  if (*hour > 23 || *minute > 59) return std::nullopt;
  return Clock{*hour, *minute};
}

/// A weekday from 0 (Monday), written out or by its first three letters.
std::optional<int> weekday_of(std::string_view word) {
  std::string lower(word);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) {
    return static_cast<char>(std::tolower(c));
  });
  const auto found = std::find_if(weekdays.begin(), weekdays.end(), [&](std::string_view name) {
    return lower == name || lower == name.substr(0, 3);
  });
  if (found == weekdays.end()) return std::nullopt;
  return static_cast<int>(found - weekdays.begin());
}

std::optional<ScheduleTime> read_relative(std::string_view text, Day first_day) {
  auto rest = text;
  if (take_word(rest) != "week") return std::nullopt;
  const auto week_word = take_word(rest);
  int week = 0;
  const auto [end, fault] =
      std::from_chars(week_word.data(), week_word.data() + week_word.size(), week);
  if (fault != std::errc() || end != week_word.data() + week_word.size()) return std::nullopt;
  if (week < 1 || week > weeks_max) return std::nullopt;
  const auto weekday = weekday_of(take_word(rest));
  const auto clock = read_clock(take_word(rest));
  if (!weekday || !clock || !rest.empty()) return std::nullopt;

  const Day day{first_day.value + (week - 1) * 7 + *weekday};
  return ScheduleTime{
      .text = fmt::format("{}T{:02}:{:02}", print_day(day), clock->hour, clock->minute),
      .suffix = fmt::format(
          "w{}-{}-{:02}{:02}",
          week,
          weekdays[static_cast<std::size_t>(*weekday)].substr(0, 3),
          clock->hour,
          clock->minute),
      .is_relative = true};
}

}  // namespace

std::optional<Day> read_day(std::string_view text) {
  const auto year = digits_at(text, 0, 4);
  const auto month = digits_at(text, 5, 2);
  const auto day = digits_at(text, 8, 2);
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  if (!year || !month || !day) return std::nullopt;
  const date::year_month_day date{
      date::year{*year},
      date::month{static_cast<unsigned>(*month)},
      date::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  return Day{static_cast<int>(date::sys_days{date}.time_since_epoch().count())};
}

std::string print_day(Day day) {
  const date::year_month_day date{date::sys_days{date::days{day.value}}};
  return fmt::format(
      "{:04}-{:02}-{:02}",
      static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()));
}

bool is_monday(Day day) {
  return date::weekday{date::sys_days{date::days{day.value}}} == date::Monday;
}

Day monday_after(std::chrono::system_clock::time_point now) {
  const auto today = date::floor<date::days>(now);
  const auto ahead = date::Monday - date::weekday{today};
  const auto days = ahead.count() == 0 ? 7 : static_cast<int>(ahead.count());
  return Day{static_cast<int>(today.time_since_epoch().count()) + days};
}

engine::Result<ScheduleTime, ScheduleTimeError> read_schedule_time(
    std::string_view text, Day first_day) {
  if (text.starts_with("week ")) {
    if (auto relative = read_relative(text, first_day)) return *std::move(relative);
    return ScheduleTimeError{std::string(expected)};
  }
  const bool has_separator = text.size() >= 16 && (text[10] == 'T' || text[10] == ' ');
  const auto clock = has_separator ? read_clock(text.substr(11, 5)) : std::nullopt;
  if (!clock || !read_day(text.substr(0, 10))) return ScheduleTimeError{std::string(expected)};
  std::string normal(text);
  normal[10] = 'T';
  return ScheduleTime{
      .text = normal,
      .suffix = fmt::format("{}-{:02}{:02}", text.substr(0, 10), clock->hour, clock->minute)};
}

std::string plus_minutes(const std::string& time, int minutes) {
  const auto day = read_day(std::string_view(time).substr(0, 10)).value_or(Day{});
  const auto clock = read_clock(std::string_view(time).substr(11, 5)).value_or(Clock{});
  const auto total = clock.hour * 60 + clock.minute + minutes;
  return fmt::format(
      "{}T{:02}:{:02}{}",
      print_day({day.value + total / 1440}),
      total % 1440 / 60,
      total % 60,
      time.substr(16));
}

}  // namespace cavea::app
