#include "engine/decide.hpp"
#include "engine/limits.hpp"
#include "http/json/object_reader.hpp"
#include "http/json/offering_codec.hpp"
#include "http/json/offering_members.hpp"
#include "http/json/seat_map_codec.hpp"
#include "http/time_zone.hpp"

#include <cstdint>
#include <string>
#include <utility>

namespace cavea::http::json {

namespace {

using engine::OfferingKind;
using engine::Timestamp;
namespace limits = engine::limits;

constexpr engine::Duration usual_length{2 * 3'600'000};
constexpr std::int64_t ms_per_minute = 60'000;
constexpr std::int64_t ms_per_second = 1'000;
constexpr IntegerLimits price_limits{.min = 0, .max = limits::price_max};
constexpr std::string_view price_words = "must be a price in minor units, from 0 to 1000000000000";
static_assert(limits::price_max == 1'000'000'000'000);

class OfferingReader {
 public:
  OfferingReader(
      const Json& value, OfferingKind kind, const House* house, Timestamp now, const Path& at)
      : at_(at), reader_(value, at_, findings_), kind_(kind), house_(house), now_(now) {
    if (house_ == nullptr) return;
    definition_.time_zone = house_->time_zone;
    zone_ = TimeZone::find(house_->time_zone).value_or(TimeZone::utc());
  }

  engine::Result<OfferingInput, BadInput> read() {
    const bool is_performance = kind_ == OfferingKind::performance;
    reader_.allow_only(members_of(kind_), computed_members);
    OfferingInput input;
    input.id = reader_.name<engine::OfferingId>("id");
    read_kind();
    read_texts();
    read_venue_name();
    read_times();
    read_rules();
    read_refund_policy();
    if (is_performance) {
      read_performance();
    } else {
      read_class();
    }
    if (house_ != nullptr && !findings_.has_shape_faults()) {
      findings_.add_meaning(engine::check_definition(definition_), at_.pointer());
    }
    if (findings_.any()) return findings_.take();
    input.definition = std::make_shared<const engine::OfferingDefinition>(std::move(definition_));
    return input;
  }

 private:
  void read_kind() {
    const auto* kind = reader_.find("kind");
    if (kind == nullptr) return;
    const auto name = name_of_kind(kind_);
    if (*kind != name) reader_.fault("kind", "must be \"" + std::string(name) + "\" at this path");
  }

  void read_texts() {
    constexpr TextLimits title_limits{.min = 1, .max = limits::title_length_max};
    constexpr TextLimits description_limits{
        .max = limits::description_length_max, .allow_lines = true};
    if (reader_.require("title") != nullptr) {
      definition_.title = reader_.text("title", title_limits).value_or(std::string());
    }
    definition_.description =
        reader_.text("description", description_limits).value_or(std::string());
  }

  void read_venue_name() {
    if (reader_.require("venue") == nullptr) return;
    const auto name = reader_.name<engine::VenueId>("venue");
    if (!name) return;
    definition_.venue = *name;
    if (house_ == nullptr || house_->venue != *name) {
      reader_.meaning("venue", "must be the id of a venue that exists");
    }
  }

  std::optional<Timestamp> time(std::string_view name) {
    const auto* value = reader_.find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) {
      reader_.fault(name, "must be a time in a string");
      return std::nullopt;
    }
    auto parsed = parse_time(value->get_ref<const std::string&>(), zone_);
    if (parsed) return *parsed;
    reader_.fault(name, std::move(parsed).error());
    return std::nullopt;
  }

  void read_times() {
    if (reader_.require("starts_at") != nullptr) {
      definition_.starts_at = time("starts_at").value_or(Timestamp());
    }
    definition_.ends_at = time("ends_at").value_or(definition_.starts_at + usual_length);
    definition_.sale_opens_at = time("sale_opens_at").value_or(now_);
    definition_.sale_closes_at = time("sale_closes_at").value_or(definition_.starts_at);
  }

  void read_rules() {
    constexpr IntegerLimits cutoff_limits{
        .max = limits::cancellation_cutoff_max.ms / ms_per_minute};
    constexpr IntegerLimits person_limits{.max = limits::capacity_max};
    constexpr IntegerLimits hold_limits{
        .min = limits::hold_time_min.ms / ms_per_second,
        .max = limits::hold_time_max.ms / ms_per_second};
    const auto cutoff = reader_.integer("cancellation_cutoff_minutes", cutoff_limits);
    definition_.cancellation_cutoff = {cutoff.value_or(0) * ms_per_minute};
    definition_.person_limit =
        static_cast<std::uint32_t>(reader_.integer("person_limit", person_limits).value_or(0));
    if (const auto seconds = reader_.integer("hold_seconds", hold_limits)) {
      definition_.hold_time = {*seconds * ms_per_second};
    }
    definition_.refuse_overlaps = reader_.boolean("refuse_overlaps").value_or(false);
    const auto* currency = reader_.require("currency");
    if (currency == nullptr) return;
    const auto code = currency->is_string()
                          ? engine::Currency::from(currency->get_ref<const std::string&>())
                          : std::nullopt;
    if (!code) return reader_.fault("currency", "must be a currency code of ISO 4217, as GBP");
    definition_.currency = *code;
  }

  void read_refund_policy() {
    const auto* steps = reader_.find("refund_policy");
    if (steps == nullptr) return;
    if (!steps->is_array() || steps->size() > limits::refund_steps_max) {
      const auto most = std::to_string(limits::refund_steps_max);
      return reader_.fault("refund_policy", "must be an array of at most " + most + " steps");
    }
    constexpr IntegerLimits before_limits{
        .max = limits::cancellation_cutoff_max.ms / ms_per_minute};
    constexpr IntegerLimits percent_limits{.max = 100};
    const auto steps_at = reader_.path("refund_policy");
    for (std::size_t i = 0; i < steps->size(); ++i) {
      const auto step_at = steps_at.element(i);
      ObjectReader step((*steps)[i], step_at, findings_);
      step.allow_only({"before_minutes", "percent"});
      const auto number = [&](std::string_view name, IntegerLimits bounds) -> std::int64_t {
        return step.require(name) == nullptr ? 0 : step.integer(name, bounds).value_or(0);
      };
      const engine::Duration before{number("before_minutes", before_limits) * ms_per_minute};
      const auto percent = static_cast<std::uint8_t>(number("percent", percent_limits));
      definition_.refund_policy.push_back({.before_start = before, .percent = percent});
    }
  }

  void read_class() {
    constexpr IntegerLimits capacity_limits{.min = 1, .max = limits::capacity_max};
    engine::ClassTerms terms;
    if (reader_.require("capacity") != nullptr) {
      terms.capacity =
          static_cast<std::uint32_t>(reader_.integer("capacity", capacity_limits).value_or(1));
    }
    if (const auto* price = reader_.require("price")) {
      const auto minor = integer_in(*price, price_limits);
      if (!minor) reader_.fault("price", std::string(price_words));
      terms.price = {minor.value_or(0)};
    }
    definition_.terms = terms;
  }

  void read_performance() {
    engine::PerformanceTerms terms;
    terms.seat_map = house_ != nullptr ? house_->seat_map : empty_seat_map();
    if (house_ != nullptr) terms.seat_map_revision = house_->revision;
    terms.refuse_single_gaps = reader_.boolean("refuse_single_gaps").value_or(true);
    terms.zone_prices.resize(terms.seat_map->zones().size());
    if (const auto* prices = reader_.require("prices")) read_prices(*prices, terms);
    definition_.terms = std::move(terms);
  }

  void read_prices(const Json& value, engine::PerformanceTerms& terms) {
    const auto prices_at = reader_.path("prices");
    ObjectReader prices(value, prices_at, findings_);
    if (!prices.is_object()) return;
    const auto& map = *terms.seat_map;
    for (const auto& [zone, price] : value.items()) {
      const auto minor = integer_in(price, price_limits);
      if (!minor) prices.fault(zone, std::string(price_words));
      const auto index = map.find_zone(zone);
      if (index) {
        terms.zone_prices.at(*index) = {minor.value_or(0)};
      } else if (house_ != nullptr) {
        prices.meaning(zone, "is not a zone of the venue's seat map");
      }
    }
    // A zone that only retired seats are in needs no price.
    const auto is_live = live_zones(map);
    for (std::size_t i = 0; i < map.zones().size(); ++i) {
      const auto zone = map.zones()[i].id.view();
      if (is_live[i] && !prices.has(zone)) prices.meaning(zone, "is required: a zone of the venue");
    }
  }

  Findings findings_;
  Path at_;
  ObjectReader reader_;
  OfferingKind kind_;
  const House* house_;
  Timestamp now_;
  TimeZone zone_ = TimeZone::utc();
  engine::OfferingDefinition definition_;
};

}  // namespace

House House::of(const engine::Venue& venue) {
  return {
      .venue = venue.id,
      .time_zone = venue.definition.time_zone,
      .seat_map = venue.definition.seat_map,
      .revision = venue.revision};
}

House House::of(const engine::OfferingDefinition& definition) {
  House house{
      .venue = definition.venue,
      .time_zone = definition.time_zone,
      .seat_map = empty_seat_map(),
      .revision = {}};
  if (const auto* performance = definition.performance()) {
    house.seat_map = performance->seat_map;
    house.revision = performance->seat_map_revision;
  }
  return house;
}

std::optional<engine::VenueId> venue_named_in(const Json& value) {
  if (!value.is_object()) return std::nullopt;
  const auto venue = value.find("venue");
  if (venue == value.end() || !venue->is_string()) return std::nullopt;
  return engine::VenueId::from(venue->get_ref<const std::string&>());
}

engine::Result<OfferingInput, BadInput> read_offering(
    const Json& value, OfferingKind kind, const House* house, Timestamp now, const Path& at) {
  return OfferingReader(value, kind, house, now, at).read();
}

}  // namespace cavea::http::json
