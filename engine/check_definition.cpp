#include "engine/decide.hpp"
#include "engine/fault_list.hpp"
#include "engine/seat_map_rules.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

namespace cavea::engine {

namespace {

constexpr std::int64_t ms_per_minute = 60'000;
constexpr std::int64_t ms_per_second = 1'000;

bool is_in_range(Timestamp t) {
  return t.ms > 0 && t <= limits::time_max;
}

void check_texts(const OfferingDefinition& definition, FaultList& faults) {
  check_title(definition.title, "/title", faults);
  if (definition.description.size() > limits::description_length_max) {
    const auto length = std::to_string(limits::description_length_max);
    faults.add("/description", "must be at most " + length + " bytes");
  }
  if (definition.venue.empty()) faults.add("/venue", "must name a venue");
}

void check_times(const OfferingDefinition& definition, FaultList& faults) {
  const auto check = [&](const char* field, Timestamp t) {
    if (!is_in_range(t)) faults.add(field, "must be a time between 1970 and 2100");
  };
  check("/starts_at", definition.starts_at);
  check("/ends_at", definition.ends_at);
  check("/sale_opens_at", definition.sale_opens_at);
  check("/sale_closes_at", definition.sale_closes_at);

  if (definition.ends_at <= definition.starts_at) {
    faults.add("/ends_at", "must be after starts_at");
  }
  if (definition.sale_closes_at <= definition.sale_opens_at) {
    faults.add("/sale_closes_at", "must be after sale_opens_at");
  }
  if (definition.sale_closes_at > definition.ends_at) {
    faults.add("/sale_closes_at", "must not be after ends_at");
  }
}

void check_refund_step(
    const RefundStep& step, Duration longest, const std::string& at, FaultList& faults) {
  const bool is_whole = step.before_start.ms % ms_per_minute == 0;
  if (step.before_start < Duration{} || step.before_start > limits::cancellation_cutoff_max
      || !is_whole) {
    const auto most = std::to_string(limits::cancellation_cutoff_max.ms / ms_per_minute);
    faults.add(at + "/before_minutes", "must be a whole number from 0 to " + most);
  } else if (step.before_start >= longest) {
    faults.add(at + "/before_minutes", "must be less than in the step before");
  }
  if (step.percent > 100) faults.add(at + "/percent", "must be 0 to 100");
}

void check_refund_policy(const RefundPolicy& policy, FaultList& faults) {
  if (policy.size() > limits::refund_steps_max) {
    const auto most = std::to_string(limits::refund_steps_max);
    return faults.add("/refund_policy", "must have at most " + most + " steps");
  }
  Duration longest{INT64_MAX};
  for (std::size_t i = 0; i < policy.size(); ++i) {
    check_refund_step(policy[i], longest, "/refund_policy/" + std::to_string(i), faults);
    longest = policy[i].before_start;
  }
}

void check_terms_of_sale(const OfferingDefinition& definition, FaultList& faults) {
  const auto cutoff = definition.cancellation_cutoff;
  if (cutoff < Duration{} || cutoff > limits::cancellation_cutoff_max) {
    const auto most = std::to_string(limits::cancellation_cutoff_max.ms / ms_per_minute);
    faults.add("/cancellation_cutoff_minutes", "must be 0 to " + most);
  }
  const auto hold = definition.hold_time;
  const bool is_whole = hold.ms % ms_per_second == 0;
  if (hold < limits::hold_time_min || hold > limits::hold_time_max || !is_whole) {
    const auto least = std::to_string(limits::hold_time_min.ms / ms_per_second);
    const auto most = std::to_string(limits::hold_time_max.ms / ms_per_second);
    faults.add("/hold_seconds", "must be a whole number from " + least + " to " + most);
  }
  check_refund_policy(definition.refund_policy, faults);
}

void check_price(Money price, std::string field, FaultList& faults) {
  if (price.minor >= 0 && price.minor <= limits::price_max) return;
  const auto most = std::to_string(limits::price_max);
  faults.add(std::move(field), "must be given in minor units, 0 to " + most);
}

/// Whether a seat of the zone can be sold. A zone that lost its seats when the map was changed
/// stays in the map, but nobody needs to think of a price for it.
bool has_seats(const SeatMap& map, std::size_t zone) {
  return std::any_of(map.seats().begin(), map.seats().end(), [zone](const Seat& seat) {
    return seat.zone == zone && !seat.traits.retired;
  });
}

bool is_priced(const PerformanceTerms& terms) {
  return std::any_of(terms.zone_prices.begin(), terms.zone_prices.end(), [](Money price) {
    return price.minor > 0;
  });
}

bool is_priced(const ClassTerms& terms) {
  return terms.price.minor > 0;
}

void check_terms(const PerformanceTerms& terms, FaultList& faults) {
  if (terms.seat_map == nullptr || terms.seat_map->seat_count() == 0) {
    faults.add("/venue", "must have a seat map with seats");
    return;
  }
  const auto& map = *terms.seat_map;
  if (terms.zone_prices.size() != map.zones().size()) {
    faults.add("/prices", "must give one price for each zone of the venue");
    return;
  }
  for (std::size_t i = 0; i < terms.zone_prices.size(); ++i) {
    const auto price = terms.zone_prices[i];
    if (price.minor < 0 && !has_seats(map, i)) continue;
    check_price(price, "/prices/" + map.zones()[i].id.str(), faults);
  }
}

void check_terms(const ClassTerms& terms, FaultList& faults) {
  if (terms.capacity == 0 || terms.capacity > limits::capacity_max) {
    faults.add("/capacity", "must be 1 to " + std::to_string(limits::capacity_max));
  }
  check_price(terms.price, "/price", faults);
}

}  // namespace

Faults check_definition(const OfferingDefinition& definition) {
  FaultList faults;
  check_texts(definition, faults);
  check_times(definition, faults);
  check_terms_of_sale(definition, faults);
  std::visit(
      [&](const auto& terms) {
        if (is_priced(terms) && definition.currency == Currency{}) {
          faults.add("/currency", "must be the ISO 4217 code of a currency");
        }
        check_terms(terms, faults);
      },
      definition.terms);
  return std::move(faults).take();
}

Faults check_definition(const VenueDefinition& definition) {
  FaultList faults;
  check_title(definition.name, "/name", faults);
  if (definition.address.size() > limits::description_length_max) {
    const auto length = std::to_string(limits::description_length_max);
    faults.add("/address", "must be at most " + length + " bytes");
  }
  if (definition.time_zone.empty()) faults.add("/time_zone", "must be an IANA time zone");
  if (definition.seat_map == nullptr) {
    faults.add("/seat_map", "must be given, without seats for a studio");
  } else {
    for (auto& fault : check_parts(definition.seat_map->parts())) {
      faults.add("/seat_map" + fault.field, std::move(fault.reason));
    }
  }
  return std::move(faults).take();
}

}  // namespace cavea::engine
