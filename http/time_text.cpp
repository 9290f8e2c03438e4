#include "http/time_zone.hpp"

#include <date/date.h>

#include <chrono>
#include <cstdlib>

// Times as text: RFC 3339.

namespace cavea::http {

namespace {

constexpr std::string_view expected =
    "must be a time as RFC 3339 has it: 2026-12-04T19:30:00+00:00, or a local time of the venue "
    "without an offset";

constexpr std::int64_t ms_per_minute = 60'000;
constexpr std::int64_t ms_per_day = 86'400'000;

/// Writes `number` with leading zeros and moves on behind it.
void write_padded(char*& at, std::int64_t number, int digits) {
  for (int i = digits; i-- > 0; number /= 10) at[i] = static_cast<char>('0' + number % 10);
  at += digits;
}

/// Takes fixed pieces off the front of a text; after the first that does not fit, everything fails.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  std::int64_t digits(std::size_t count) {
    std::int64_t number = 0;
    if (rest_.size() < count) return fail();
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(rest_[i])) return fail();
      number = number * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return number;
  }

  /// Milliseconds of a fraction with any number of digits.
  std::int64_t fraction_ms() {
    std::int64_t ms = 0;
    std::size_t count = 0;
    for (; count < rest_.size() && is_digit(rest_[count]); ++count) {
      if (count < 3) ms = ms * 10 + (rest_[count] - '0');
    }
    if (count == 0) return fail();
    for (std::size_t i = count; i < 3; ++i) ms *= 10;
    rest_.remove_prefix(count);
    return ms;
  }

  /// One of these characters; '\0' when the next is none of them.
  char one_of(std::string_view characters) {
    if (rest_.empty() || characters.find(rest_.front()) == characters.npos) return '\0';
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  void expect(std::string_view characters) {
    if (one_of(characters) == '\0') is_good_ = false;
  }

  void check(bool fits) { is_good_ = is_good_ && fits; }

  [[nodiscard]] bool is_at_end() const { return rest_.empty(); }

  [[nodiscard]] bool is_good() const { return is_good_; }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  std::int64_t fail() {
    is_good_ = false;
    return 0;
  }

  std::string_view rest_;
  bool is_good_ = true;
};

/// Milliseconds of a wall clock at the start of a day.
std::int64_t scan_date(Scanner& scanner) {
  const auto year = static_cast<int>(scanner.digits(4));
  scanner.expect("-");
  const auto month = static_cast<unsigned>(scanner.digits(2));
  scanner.expect("-");
  const auto day = static_cast<unsigned>(scanner.digits(2));
  const auto date = date::year(year) / date::month(month) / date::day(day);
  scanner.check(date.ok());
  if (!scanner.is_good()) return 0;
  return date::sys_days(date).time_since_epoch().count() * ms_per_day;
}

std::int64_t scan_time_of_day(Scanner& scanner) {
  const auto hour = scanner.digits(2);
  scanner.expect(":");
  const auto minute = scanner.digits(2);
  std::int64_t second = 0;
  std::int64_t ms = 0;
  if (scanner.one_of(":") != '\0') {
    second = scanner.digits(2);
    if (scanner.one_of(".") != '\0') ms = scanner.fraction_ms();
  }
  scanner.check(hour <= 23 && minute <= 59 && second <= 59);
  return (hour * 60 + minute) * ms_per_minute + second * 1000 + ms;
}

/// Nothing when there is no offset.
std::optional<std::int64_t> scan_offset_ms(Scanner& scanner) {
  if (scanner.is_at_end()) return std::nullopt;
  if (scanner.one_of("Zz") != '\0') return 0;
  const char sign = scanner.one_of("+-");
  scanner.check(sign != '\0');
  const auto hours = scanner.digits(2);
  scanner.expect(":");
  const auto minutes = scanner.digits(2);
  scanner.check(hours <= 23 && minutes <= 59);
  const auto offset = (hours * 60 + minutes) * ms_per_minute;
  return sign == '-' ? -offset : offset;
}

engine::Result<engine::Timestamp, std::string> local_moment(
    std::string_view text, std::int64_t local_ms, const TimeZone& zone) {
  const auto moments = zone.moments_of(local_ms);
  const std::string where(zone.name());
  if (!moments) {
    return std::string(text) + " does not exist in " + where
           + ", where the clocks are turned forward over it";
  }
  if (moments->second) {
    return std::string(text) + " comes twice in " + where
           + ", where the clocks are turned back over it: write "
           + format_time(moments->first, zone) + " or " + format_time(*moments->second, zone);
  }
  return moments->first;
}

}  // namespace

void append_time(std::string& out, engine::Timestamp time, const TimeZone& zone) {
  const auto offset_s = zone.offset_at(time);
  const auto local = std::chrono::milliseconds(time.ms + std::int64_t{offset_s} * 1000);
  const auto days = std::chrono::floor<date::days>(local);
  const date::year_month_day date{date::sys_days(days)};
  const auto in_day = (local - days).count();

  // Every answer has several times, so they are put together beside the string and appended once.
  char text[40];
  char* at = text;
  write_padded(at, static_cast<int>(date.year()), 4);
  *at++ = '-';
  write_padded(at, static_cast<unsigned>(date.month()), 2);
  *at++ = '-';
  write_padded(at, static_cast<unsigned>(date.day()), 2);
  *at++ = 'T';
  write_padded(at, in_day / 3'600'000, 2);
  *at++ = ':';
  write_padded(at, in_day / ms_per_minute % 60, 2);
  *at++ = ':';
  write_padded(at, in_day / 1000 % 60, 2);
  if (in_day % 1000 != 0) {
    *at++ = '.';
    write_padded(at, in_day % 1000, 3);
  }
  const auto offset_minutes = std::abs(offset_s) / 60;
  *at++ = offset_s < 0 ? '-' : '+';
  write_padded(at, offset_minutes / 60, 2);
  *at++ = ':';
  write_padded(at, offset_minutes % 60, 2);
  out.append(text, at);
}

engine::Result<engine::Timestamp, std::string> parse_time(
    std::string_view text, const TimeZone& zone) {
  Scanner scanner(text);
  auto local_ms = scan_date(scanner);
  scanner.expect("Tt ");
  local_ms += scan_time_of_day(scanner);
  const auto offset_ms = scan_offset_ms(scanner);
  if (!scanner.is_good() || !scanner.is_at_end()) return std::string(expected);

  // Checked first as a wall clock, so that nothing outside reaches the database.
  if (local_ms < time_min.ms - ms_per_day || local_ms > time_max.ms + ms_per_day) {
    return std::string("must lie between 1970 and 2037");
  }
  auto result =
      offset_ms
          ? engine::Result<engine::Timestamp, std::string>(engine::Timestamp{local_ms - *offset_ms})
          : local_moment(text, local_ms, zone);
  if (result && (*result < time_min || *result >= time_max)) {
    return std::string("must lie between 1970 and 2037");
  }
  return result;
}

std::optional<engine::Timestamp> parse_date(std::string_view text, const TimeZone& zone) {
  Scanner scanner(text);
  const auto local_ms = scan_date(scanner);
  if (!scanner.is_good() || !scanner.is_at_end()) return std::nullopt;
  if (local_ms < time_min.ms || local_ms >= time_max.ms) return std::nullopt;
  if (const auto moments = zone.moments_of(local_ms)) return moments->first;
  // Midnight itself was skipped: the day begins when the clocks were turned forward.
  return engine::Timestamp{
      local_ms - std::int64_t{zone.offset_at({local_ms - ms_per_day / 2})} * 1000};
}

}  // namespace cavea::http
