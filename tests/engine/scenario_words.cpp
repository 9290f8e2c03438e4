#include "tests/engine/scenario_words.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <stdexcept>
#include <utility>

namespace cavea::engine::testing {

namespace {

constexpr std::int64_t ms_per_minute = 60'000;
constexpr std::int64_t day_begin = 20'000LL * 24 * 60 * ms_per_minute;

std::int64_t number_from(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw std::runtime_error("not a number: " + std::string(text));
  }
  return value;
}

void set_terms(Words& words, OfferingDefinition& definition, const SeatMapRef& house) {
  auto* seated = std::get_if<PerformanceTerms>(&definition.terms);
  if (seated != nullptr) {
    seated->seat_map = house;
    seated->zone_prices.resize(house->zones().size());
    if (const auto gaps = words.setting("gaps")) seated->refuse_single_gaps = *gaps == "refused";
    if (const auto prices = words.setting("prices")) {
      for (const auto& price : split(*prices, ',')) {
        const auto parts = split(price, ':');
        seated->zone_prices.at(house->find_zone(parts.at(0)).value()) = {number_from(parts.at(1))};
      }
    }
    if (words.setting("price-list") == "short") seated->zone_prices.pop_back();
    return;
  }
  auto& klass = std::get<ClassTerms>(definition.terms);
  if (const auto price = words.setting("price")) klass.price = {number_from(*price)};
  if (const auto capacity = words.setting("capacity")) {
    klass.capacity = static_cast<std::uint32_t>(number_from(*capacity));
  }
}

}  // namespace

Words::Words(std::string_view line) {
  std::string words(line);
  if (const auto because = words.find(" because"); because != std::string::npos) {
    if (because + 9 < words.size()) reason_ = words.substr(because + 9);
    words.resize(because);
  }
  for (auto& word : split(words, ' ')) {
    const auto equals = word.find('=');
    if (equals == std::string::npos) {
      words_.push_back(std::move(word));
    } else {
      settings_[word.substr(0, equals)] = word.substr(equals + 1);
    }
  }
}

std::string Words::next() {
  if (is_empty()) throw std::runtime_error("a word is missing");
  return words_[at_++];
}

bool Words::take(std::string_view word) {
  if (is_empty() || words_[at_] != word) return false;
  ++at_;
  return true;
}

std::vector<std::string> Words::rest() {
  std::vector<std::string> rest(words_.begin() + static_cast<std::ptrdiff_t>(at_), words_.end());
  at_ = words_.size();
  return rest;
}

std::optional<std::uint32_t> Words::number() {
  if (is_empty()) return std::nullopt;
  const auto& word = words_[at_];
  if (word.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  ++at_;
  return static_cast<std::uint32_t>(number_from(word));
}

std::optional<std::string> Words::setting(const std::string& name) {
  const auto at = settings_.find(name);
  if (at == settings_.end()) return std::nullopt;
  auto value = std::move(at->second);
  settings_.erase(at);
  return value;
}

void Words::expect_end() const {
  if (!is_empty()) throw std::runtime_error("not understood: " + words_[at_]);
  if (!settings_.empty()) throw std::runtime_error("not understood: " + settings_.begin()->first);
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    if (end > 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

Timestamp time_from(std::string_view text) {
  const auto parts = split(text, ':');
  auto minutes = number_from(parts.at(0)) * 60 + number_from(parts.at(1));
  std::int64_t ms = 0;
  if (parts.size() > 2) {
    const auto seconds = split(parts[2], '.');
    ms = number_from(seconds.at(0)) * 1000;
    if (seconds.size() > 1) ms += number_from(seconds[1]);
  }
  return {day_begin + minutes * ms_per_minute + ms};
}

std::string text_of(Timestamp time) {
  const auto ms = static_cast<int>(time.ms - day_begin);
  char text[32];
  std::snprintf(text, sizeof text, "%02d:%02d", ms / 3'600'000, ms / 60'000 % 60);
  std::string result = text;
  if (ms % 60'000 != 0) {
    std::snprintf(text, sizeof text, ":%02d", ms / 1000 % 60);
    result += text;
  }
  if (ms % 1000 != 0) {
    std::snprintf(text, sizeof text, ".%03d", ms % 1000);
    result += text;
  }
  return result;
}

SeatMap::Parts house_from(std::string_view text) {
  SeatMap::Parts parts;
  const auto index_of = [](auto& items, const auto& is_same, auto make) {
    const auto at = std::find_if(items.begin(), items.end(), is_same);
    if (at != items.end()) return static_cast<std::uint16_t>(at - items.begin());
    items.push_back(make());
    return static_cast<std::uint16_t>(items.size() - 1);
  };
  for (const auto& line : split(text, '/')) {
    const auto halves = split(line, ':');
    const auto names = split(halves.at(0), ' ');
    const auto section = index_of(
        parts.sections,
        [&](const Section& other) { return other.id == names.at(0); },
        [&] { return Section{.id = names.at(0), .name = names.at(0)}; });
    const auto zone = index_of(
        parts.zones,
        [&](const Zone& other) { return other.id.view() == names.at(2); },
        [&] { return Zone{.id = ZoneId::from(names.at(2)).value(), .name = names.at(2)}; });
    const auto row = static_cast<std::uint32_t>(parts.rows.size());
    parts.rows.push_back({.section = section, .label = names.at(1), .seats = {}});
    std::int32_t x = 0;
    for (auto number : split(halves.at(1), ' ')) {
      if (number == "|") {
        parts.seats.back().traits.aisle_after = true;
        continue;
      }
      Seat seat;
      seat.row = row;
      seat.zone = zone;
      seat.traits.accessible = number.back() == 'w';
      seat.traits.companion = number.back() == 'c';
      if (seat.traits.accessible || seat.traits.companion) number.pop_back();
      seat.number = number;
      seat.at = {.x = 10 * x++, .y = 10 * static_cast<std::int32_t>(row)};
      parts.seats.push_back(std::move(seat));
    }
  }
  parts.focal_point = {.x = 20, .y = -20};
  return parts;
}

OfferingDefinition definition_from(Words& words, OfferingDefinition base, const SeatMapRef& house) {
  if (words.take("class") && base.klass() == nullptr) base.terms = ClassTerms{};
  if (words.take("performance") && base.performance() == nullptr) base.terms = PerformanceTerms{};
  if (const auto title = words.setting("title")) base.title = *title;
  if (const auto length = words.setting("description-length")) {
    base.description = std::string(static_cast<std::size_t>(number_from(*length)), 'x');
  }
  if (const auto venue = words.setting("venue"))
    base.venue = VenueId::from(*venue).value_or(VenueId{});
  if (const auto time = words.setting("starts")) base.starts_at = time_from(*time);
  if (const auto time = words.setting("ends")) base.ends_at = time_from(*time);
  if (const auto time = words.setting("opens")) base.sale_opens_at = time_from(*time);
  if (const auto time = words.setting("closes")) base.sale_closes_at = time_from(*time);
  if (const auto minutes = words.setting("cutoff")) {
    base.cancellation_cutoff = {number_from(*minutes) * ms_per_minute};
  }
  if (const auto limit = words.setting("limit")) {
    base.person_limit = static_cast<std::uint32_t>(number_from(*limit));
  }
  if (const auto overlaps = words.setting("overlaps"))
    base.refuse_overlaps = *overlaps == "refused";
  if (const auto seconds = words.setting("hold")) base.hold_time = {number_from(*seconds) * 1000};
  if (const auto steps = words.setting("refund")) {
    base.refund_policy.clear();
    for (const auto& step : split(*steps, ',')) {
      const auto parts = split(step, ':');
      base.refund_policy.push_back(
          {.before_start = {number_from(parts.at(0)) * ms_per_minute},
           .percent = static_cast<std::uint8_t>(number_from(parts.at(1)))});
    }
  }
  if (const auto currency = words.setting("currency")) {
    base.currency = Currency::from(*currency).value();
  }
  set_terms(words, base, house);
  return base;
}

OfferingDefinition default_definition() {
  OfferingDefinition definition;
  definition.title = "Title";
  definition.venue = VenueId::from("house").value();
  definition.time_zone = "Europe/London";
  definition.starts_at = time_from("20:00");
  definition.ends_at = time_from("22:00");
  definition.sale_opens_at = time_from("08:00");
  definition.sale_closes_at = time_from("18:00");
  definition.cancellation_cutoff = {60 * ms_per_minute};
  definition.currency = Currency::from("EUR").value();
  definition.terms = ClassTerms{.capacity = 5, .price = {}};
  return definition;
}

}  // namespace cavea::engine::testing
