#include "engine/best_available.hpp"
#include "engine/decide_one.hpp"
#include "engine/limits.hpp"
#include "engine/seat_search.hpp"
#include "engine/single_gaps.hpp"

#include <algorithm>

namespace cavea::engine {

namespace {

Refusal claim_too_large() {
  return refuse_with_available(Rejection::claim_too_large, limits::places_per_reservation_max);
}

}  // namespace

std::optional<Refusal> refuse_by_sale(const OfferingDefinition& definition, Timestamp now) {
  if (now < definition.sale_opens_at) {
    return refuse_with_time(Rejection::sale_not_open, definition.sale_opens_at);
  }
  if (now >= definition.sale_closes_at || now >= definition.ends_at) {
    return refuse_with_time(Rejection::sale_closed, definition.sale_closes_at);
  }
  return std::nullopt;
}

std::optional<Refusal> refuse_by_person_limit(
    const Offering& offering, PersonKey person, std::size_t asked, std::size_t replaced) {
  const auto limit = offering.definition->person_limit;
  if (limit == 0) return std::nullopt;
  const std::size_t has = offering.places.places_of(person);
  const auto had = has - std::min(has, replaced);
  if (had + asked <= limit) return std::nullopt;
  return refuse_with_available(Rejection::person_limit_reached, had < limit ? limit - had : 0);
}

OfferingEvents hold_for_saga(
    const Offering& offering,
    const HoldPlaces& command,
    std::vector<ReservationLine> lines,
    Timestamp now) {
  const auto until = pinned_until(*offering.definition, now);
  OfferingEvents events;
  events.push_back(PlacesHeld{
      .reservation = command.reservation,
      .user = command.user,
      .person = command.person,
      .lines = std::move(lines),
      .until = until,
      .currency = offering.definition->currency});
  events.push_back(
      HoldPinned{.reservation = command.reservation, .saga = *command.saga, .until = until});
  return events;
}

namespace {

/// The places are free and the claim is legal: from here it must succeed, if the person's diary is
/// free.
Decision take(
    const Offering& offering,
    const HoldPlaces& command,
    std::vector<ReservationLine> lines,
    Timestamp now) {
  const auto& definition = *offering.definition;
  if (definition.refuse_overlaps && !command.diary_is_free) {
    auto question = diary_question(offering.id, definition, command.person, command.reservation);
    question.gives_up = command.gives_up;
    return AskDiary{std::move(question)};
  }
  if (command.saga) return hold_for_saga(offering, command, std::move(lines), now);
  std::int64_t total = 0;
  for (const auto& line : lines) total += line.price.minor;

  if (total == 0) {
    return happened(PlacesSold{
        .reservation = command.reservation,
        .user = command.user,
        .person = command.person,
        .lines = std::move(lines),
        .currency = definition.currency});
  }
  return happened(PlacesHeld{
      .reservation = command.reservation,
      .user = command.user,
      .person = command.person,
      .lines = std::move(lines),
      .until = whole_second(now + definition.hold_time),
      .currency = definition.currency});
}

}  // namespace

std::vector<ReservationLine> lines_for(
    const OfferingDefinition& definition, const std::vector<Place>& places) {
  std::vector<ReservationLine> lines;
  lines.reserve(places.size());
  for (const auto place : places) {
    lines.push_back({.place = place, .price = definition.price_of(place)});
  }
  return lines;
}

namespace {

std::vector<ReservationLine> lowest_free(const Offering& offering, std::uint32_t count) {
  const auto price = offering.definition->klass()->price;
  std::vector<ReservationLine> lines;
  lines.reserve(count);
  auto place = offering.places.next_free();
  while (true) {
    lines.push_back({.place = place.value(), .price = price});
    if (lines.size() == count) return lines;
    place = offering.places.next_free({place->value + 1});
  }
}

Refusal single_gap(
    const Offering& offering, const std::vector<Place>& places, const std::vector<Place>& alone) {
  const auto& map = *offering.definition->performance()->seat_map;
  auto refusal = refuse_places(Rejection::single_seat_gap, offering, alone);
  refusal.alternatives = legal_alternatives(map, offering.places, places);
  return refusal;
}

Decision decide_claim(
    const Offering& offering, const HoldPlaces& command, const NamedSeats& claim, Timestamp now) {
  const auto* performance = offering.definition->performance();
  if (claim.seats.empty()) return Rejection::claim_is_empty;
  if (claim.seats.size() > limits::places_per_reservation_max) return claim_too_large();
  if (performance == nullptr) return Rejection::claim_kind_not_offered;
  auto found = find_named(offering, claim.seats);
  if (!found) return std::move(found).error();
  const auto& places = found.value();
  if (auto refusal = refuse_by_sale(*offering.definition, now)) return *std::move(refusal);
  const auto taken = not_in_state(offering, places, PlaceState::free);
  if (offering.places.counts().free == 0) {
    return refuse_places(Rejection::sold_out, offering, taken);
  }
  if (!taken.empty()) return refuse_places(Rejection::places_taken, offering, taken);
  if (auto refusal =
          refuse_by_person_limit(offering, command.person, places.size(), command.replaces)) {
    return *std::move(refusal);
  }
  if (performance->refuse_single_gaps) {
    const auto alone = single_gaps(*performance->seat_map, offering.places, places);
    if (!alone.empty()) return single_gap(offering, places, alone);
  }

  // From here it must succeed.
  return take(offering, command, lines_for(*offering.definition, places), now);
}

Decision decide_claim(
    const Offering& offering, const HoldPlaces& command, const Quantity& claim, Timestamp now) {
  const auto free = offering.places.counts().free;
  if (claim.count == 0) return Rejection::claim_is_empty;
  if (claim.count > limits::places_per_reservation_max) return claim_too_large();
  if (offering.definition->klass() == nullptr) return Rejection::claim_kind_not_offered;
  if (auto refusal = refuse_by_sale(*offering.definition, now)) return *std::move(refusal);
  if (free == 0) return Rejection::sold_out;
  if (free < claim.count) return refuse_with_available(Rejection::not_enough_places, free);
  if (auto refusal =
          refuse_by_person_limit(offering, command.person, claim.count, command.replaces)) {
    return *std::move(refusal);
  }

  // From here it must succeed.
  return take(offering, command, lowest_free(offering, claim.count), now);
}

/// Marks the indices of `names`; names that the map does not have go to `unknown`.
template <class Find>
std::vector<bool> mark(
    const std::vector<std::string>& names,
    std::size_t size,
    std::vector<std::string>& unknown,
    const Find& find) {
  if (names.empty()) return {};
  std::vector<bool> marked(size);
  for (const auto& name : names) {
    if (const std::optional<std::uint16_t> index = find(name)) {
      marked[*index] = true;
    } else {
      unknown.push_back(name);
    }
  }
  return marked;
}

}  // namespace

Result<SeatFilter, Refusal> filter_of(
    const SeatMap& map,
    const std::vector<std::string>& zone_ids,
    const std::vector<std::string>& section_ids,
    bool accessible) {
  SeatFilter filter{.zones = {}, .sections = {}, .accessible = accessible};
  Refusal zones(Rejection::zone_unknown);
  filter.zones = mark(zone_ids, map.zones().size(), zones.unknown_names, [&](const auto& name) {
    return map.find_zone(name);
  });
  if (!zones.unknown_names.empty()) return zones;

  Refusal sections(Rejection::section_unknown);
  filter.sections =
      mark(section_ids, map.sections().size(), sections.unknown_names, [&](const auto& name) {
        return map.find_section(name);
      });
  if (!sections.unknown_names.empty()) return sections;
  return filter;
}

namespace {

Refusal too_few_matching(const Offering& offering, const SeatMap& map, const SeatFilter& filter) {
  const auto available = count_matching(map, offering.places, filter);
  if (available == 0) return Rejection::sold_out;
  return refuse_with_available(Rejection::not_enough_places, available);
}

Decision decide_claim(
    const Offering& offering,
    const HoldPlaces& command,
    const BestAvailable& claim,
    Timestamp now) {
  const auto* performance = offering.definition->performance();
  if (claim.party_size == 0) return Rejection::claim_is_empty;
  if (claim.party_size > limits::places_per_reservation_max) return claim_too_large();
  if (performance == nullptr) return Rejection::claim_kind_not_offered;
  const auto& map = *performance->seat_map;
  const auto filter = filter_of(map, claim.zones, claim.sections, claim.accessible);
  if (!filter) return filter.error();
  if (auto refusal = refuse_by_sale(*offering.definition, now)) return *std::move(refusal);
  // In a rush most ask when too little is left, whatever they filter by: that needs no search.
  const auto free = offering.places.counts().free;
  if (free == 0) return Rejection::sold_out;
  if (free < claim.party_size) return too_few_matching(offering, map, filter.value());
  const auto places = best_available(map, offering.places, claim.party_size, filter.value());
  if (!places) return too_few_matching(offering, map, filter.value());
  if (auto refusal =
          refuse_by_person_limit(offering, command.person, places->size(), command.replaces)) {
    return *std::move(refusal);
  }

  // From here it must succeed.
  return take(offering, command, lines_for(*offering.definition, *places), now);
}

/// Seats for those that are taken: as many, together, in the zones of the old ones.
std::optional<std::vector<Place>> as_good_as(
    const Offering& offering, const std::vector<ReservationLine>& lines) {
  const auto& map = *offering.definition->performance()->seat_map;
  SeatFilter filter{
      .zones = std::vector<bool>(map.zones().size()), .sections = {}, .accessible = false};
  for (const auto& line : lines) {
    const auto& seat = map.seat(line.place);
    filter.zones[seat.zone] = true;
    filter.accessible |= seat.traits.accessible;
  }
  const SeatSearch search{
      .map = map,
      .places = offering.places,
      .filter = filter,
      .gives_special = filter.accessible,
      .needs_accessible = filter.accessible};
  const auto window = best_window(search, static_cast<std::uint32_t>(lines.size()));
  if (!window) return std::nullopt;
  std::vector<Place> places;
  append_places(search, *window, places);
  return places;
}

/// Neither the end of the sale nor a limit of the person counts: the places were theirs once.
Decision decide_claim(
    const Offering& offering, const HoldPlaces& command, const SamePlaces& claim, Timestamp now) {
  if (claim.lines.empty()) return Rejection::claim_is_empty;
  if (now >= offering.definition->ends_at) {
    return refuse_with_time(Rejection::sale_closed, offering.definition->ends_at);
  }
  auto lines = claim.lines;
  const auto free = offering.places.counts().free;
  if (free < lines.size()) {
    return free == 0 ? Refusal(Rejection::sold_out)
                     : refuse_with_available(Rejection::not_enough_places, free);
  }
  const bool are_free = std::all_of(lines.begin(), lines.end(), [&](const auto& line) {
    return line.place.value < offering.places.size() && offering.places.is_free(line.place);
  });
  if (!are_free && offering.definition->performance() != nullptr) {
    const auto others = as_good_as(offering, lines);
    if (!others) return Rejection::places_taken;
    for (std::size_t i = 0; i < lines.size(); ++i) lines[i].place = others->at(i);
  } else if (!are_free) {
    const auto others = lowest_free(offering, static_cast<std::uint32_t>(lines.size()));
    for (std::size_t i = 0; i < lines.size(); ++i) lines[i].place = others[i].place;
  }

  // From here it must succeed.
  return take(offering, command, std::move(lines), now);
}

}  // namespace

Decision decide_one(const Offering& offering, const HoldPlaces& command, Timestamp now) {
  if (!offering.exists()) return Rejection::offering_not_found;

  // A retry of a command that succeeded is answered, not carried out twice.
  if (const auto person = offering.places.person_of(command.reservation)) {
    if (*person != command.person) return Rejection::id_used;
    return Replayed{command.reservation};
  }

  if (offering.status == OfferingStatus::cancelled) return Rejection::offering_is_cancelled;
  return std::visit(
      [&](const auto& claim) { return decide_claim(offering, command, claim, now); },
      command.claim);
}

}  // namespace cavea::engine
