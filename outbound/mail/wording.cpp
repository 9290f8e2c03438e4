#include "outbound/mail/wording.hpp"

#include "engine/minor_unit.hpp"

#include <date/tz.h>
#include <fmt/format.h>
#include <unicode/calendar.h>
#include <unicode/dtptngen.h>
#include <unicode/numberformatter.h>
#include <unicode/smpdtfmt.h>
#include <unicode/timezone.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>

namespace cavea::outbound::mail {

namespace {

using std::chrono::floor;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::string utf8(const icu::UnicodeString& text) {
  std::string result;
  text.toUTF8String(result);
  // Thin and narrow spaces, which newer data puts before "PM", are not in every font of a terminal.
  for (const std::string_view space : {"\xE2\x80\xAF", "\xC2\xA0"}) {
    for (auto at = result.find(space); at != std::string::npos; at = result.find(space, at)) {
      result.replace(at, space.size(), " ");
    }
  }
  return result;
}

const date::time_zone* zone_named(const std::string& name) {
  try {
    return date::locate_zone(name);
  } catch (const std::runtime_error&) {
    return date::locate_zone("Etc/UTC");
  }
}

seconds offset_at(engine::Timestamp time, const std::string& zone) {
  const auto at = floor<seconds>(date::sys_time<milliseconds>(milliseconds(time.ms)));
  return zone_named(zone)->get_info(at).offset;
}

/// What clocks show there, as if it were UTC.
std::int64_t wall_clock_ms(engine::Timestamp time, const std::string& zone) {
  return time.ms + milliseconds(offset_at(time, zone)).count();
}

std::string offset_name(seconds offset) {
  const auto minutes = std::abs(offset.count()) / 60;
  return fmt::format(
      "UTC{}{:02}:{:02}", offset.count() < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

std::unique_ptr<icu::SimpleDateFormat> make_format(
    const icu::Locale& locale, const char* skeleton, UErrorCode& fault) {
  const std::unique_ptr<icu::DateTimePatternGenerator> generator(
      icu::DateTimePatternGenerator::createInstance(locale, fault));
  if (U_FAILURE(fault)) return nullptr;
  const auto pattern = generator->getBestPattern(icu::UnicodeString::fromUTF8(skeleton), fault);
  auto format = std::make_unique<icu::SimpleDateFormat>(pattern, locale, fault);
  if (U_FAILURE(fault)) return nullptr;
  format->setTimeZone(*icu::TimeZone::getGMT());
  return format;
}

}  // namespace

struct Wording::Parts {
  icu::Locale locale;
  std::unique_ptr<icu::SimpleDateFormat> date_time;
  std::unique_ptr<icu::SimpleDateFormat> time_of_day;
};

Wording::Wording(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Wording::Wording(Wording&&) noexcept = default;
Wording& Wording::operator=(Wording&&) noexcept = default;
Wording::~Wording() = default;

std::optional<Wording> Wording::of(const std::string& language) {
  UErrorCode fault = U_ZERO_ERROR;
  auto parts = std::make_unique<Parts>();
  parts->locale = icu::Locale::forLanguageTag(language, fault);
  if (U_FAILURE(fault) || parts->locale.isBogus()) return std::nullopt;
  // A tag of the right form that names no language has no name either.
  icu::UnicodeString name;
  parts->locale.getDisplayLanguage(icu::Locale::getEnglish(), name);
  const std::string code = parts->locale.getLanguage();
  if (code.empty() || name.isEmpty() || utf8(name) == code) return std::nullopt;
  parts->date_time = make_format(parts->locale, "yMMMMEEEEdjm", fault);
  parts->time_of_day = make_format(parts->locale, "jm", fault);
  if (U_FAILURE(fault)) return std::nullopt;
  return Wording(std::move(parts));
}

std::string Wording::date_time(engine::Timestamp time, const std::string& zone) const {
  icu::UnicodeString text;
  parts_->date_time->format(static_cast<UDate>(wall_clock_ms(time, zone)), text);
  return utf8(text);
}

std::string Wording::time_of_day(engine::Timestamp time, const std::string& zone) const {
  icu::UnicodeString text;
  parts_->time_of_day->format(static_cast<UDate>(wall_clock_ms(time, zone)), text);
  return utf8(text);
}

std::string Wording::zone_name(engine::Timestamp time, const std::string& zone) const {
  const auto offset = offset_at(time, zone);
  const std::unique_ptr<icu::TimeZone> known(
      icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(zone)));
  std::int32_t standard = 0;
  std::int32_t summer = 0;
  UErrorCode fault = U_ZERO_ERROR;
  known->getOffset(static_cast<UDate>(time.ms), 0, standard, summer, fault);
  // ICU has data of its own, which may be older than that of this machine.
  const bool agrees = U_SUCCESS(fault) && standard + summer == milliseconds(offset).count();
  if (!agrees || *known == icu::TimeZone::getUnknown()) return offset_name(offset);
  icu::SimpleDateFormat format(u"zzzz", parts_->locale, fault);
  if (U_FAILURE(fault)) return offset_name(offset);
  format.setTimeZone(*known);
  icu::UnicodeString text;
  format.format(static_cast<UDate>(time.ms), text);
  return utf8(text);
}

std::string Wording::money(engine::Money amount, engine::Currency currency) const {
  const int decimals = engine::decimals_of(currency.view());
  std::int64_t unit = 1;
  for (int i = 0; i < decimals; ++i) unit *= 10;
  const auto whole = std::abs(amount.minor) / unit;
  const auto part = std::abs(amount.minor) % unit;
  auto number = fmt::format("{}{}", amount.minor < 0 ? "-" : "", whole);
  if (decimals > 0) number += fmt::format(".{:0{}}", part, decimals);

  UErrorCode fault = U_ZERO_ERROR;
  const std::string code(currency.view());
  const icu::CurrencyUnit money_unit(icu::StringPiece(code), fault);
  // ISO says how many digits there are; Unicode, how many people write.
  const auto text = icu::number::NumberFormatter::withLocale(parts_->locale)
                        .unit(money_unit)
                        .precision(icu::number::Precision::fixedFraction(decimals))
                        .formatDecimal(number, fault)
                        .toString(fault);
  return U_SUCCESS(fault) ? utf8(text) : code + ' ' + number;
}

bool is_same_day(engine::Timestamp a, engine::Timestamp b, const std::string& zone) {
  const auto day = [&zone](engine::Timestamp time) {
    return floor<date::days>(milliseconds(wall_clock_ms(time, zone)));
  };
  return day(a) == day(b);
}

}  // namespace cavea::outbound::mail
