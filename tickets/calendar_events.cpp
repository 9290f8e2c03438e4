#include "tickets/calendar.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace cavea::tickets {

namespace {

using engine::DefinitionRef;
using engine::LegState;
using engine::ReservationLine;
using engine::ReservationStatus;
using engine::Timestamp;

/// Grows with the time of what is told about a reservation: its id has the time when it was made.
std::uint32_t sequence_of(engine::ReservationId booking, Timestamp changed_at) {
  const auto made_ms = static_cast<std::int64_t>(booking.high >> 16);
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
  return static_cast<std::uint32_t>(
      std::clamp((changed_at.ms - made_ms) / 1000, std::int64_t{0}, most));
}

/// "stalls-A-1, stalls-A-2"; empty in a class.
std::string seats_of(const engine::OfferingDefinition& definition, const auto& lines) {
  const auto* seated = definition.performance();
  if (seated == nullptr) return {};
  std::string text;
  for (const ReservationLine& line : lines) {
    if (line.given_back || line.place.value >= seated->seat_map->seat_count()) continue;
    if (!text.empty()) text += ", ";
    text += seated->seat_map->label(line.place);
  }
  return text;
}

/// What one item of a reservation is in a calendar.
struct Item {
  engine::ReservationId booking;  ///< Its id in the offering.
  DefinitionRef definition;
  std::vector<ReservationLine> lines;
  bool is_cancelled = false;
};

std::string location_of(const engine::VenueId& id, const std::vector<engine::Venue>& venues) {
  const auto venue = std::ranges::find(venues, id, &engine::Venue::id);
  if (venue == venues.end()) return {};
  const auto& definition = venue->definition;
  if (definition.address.empty()) return definition.name;
  return definition.name + ", " + definition.address;
}

/// What all items have in common.
struct Common {
  Timestamp changed_at;
  const std::vector<engine::Venue>& venues;
};

void add_event(std::vector<CalendarEvent>& events, const Item& item, const Common& common) {
  if (item.definition == nullptr) return;
  const auto& definition = *item.definition;
  const auto is_back = [](const ReservationLine& line) { return line.given_back; };
  CalendarEvent event;
  event.uid = item.booking.str() + "@cavea";
  event.sequence = sequence_of(item.booking, common.changed_at);
  event.changed_at = common.changed_at;
  event.title = definition.title;
  event.description = seats_of(definition, item.lines);
  event.location = location_of(definition.venue, common.venues);
  event.time_zone = definition.time_zone;
  event.starts_at = definition.starts_at;
  event.ends_at = definition.ends_at;
  event.is_cancelled = item.is_cancelled || std::ranges::all_of(item.lines, is_back);
  events.push_back(std::move(event));
}

/// Items that never were sold are in nobody's calendar.
std::optional<Item> item_of(const engine::SagaView& view, std::size_t i) {
  const auto& saga = view.saga;
  const auto& leg = saga.legs[i];
  const bool is_sold = leg.state == LegState::sold;
  if (!is_sold && !(leg.state == LegState::gone && saga.was_confirmed)) return std::nullopt;
  return Item{
      .booking = leg.reservation,
      .definition = i < view.definitions.size() ? view.definitions[i] : nullptr,
      .lines = lines_kept(leg),
      .is_cancelled = !is_sold};
}

}  // namespace

std::vector<CalendarEvent> calendar_events_of(
    const engine::ReservationView& view,
    Timestamp changed_at,
    const std::vector<engine::Venue>& venues) {
  std::vector<CalendarEvent> events;
  const Common common{changed_at, venues};
  if (view.saga != nullptr) {
    for (std::size_t i = 0; i < view.saga->saga.legs.size(); ++i) {
      if (const auto item = item_of(*view.saga, i)) add_event(events, *item, common);
    }
    return events;
  }
  const auto& reservation = view.reservation;
  const bool is_confirmed = reservation.status == ReservationStatus::confirmed;
  if (!is_confirmed && reservation.status != ReservationStatus::cancelled) return events;
  add_event(
      events,
      {.booking = reservation.id,
       .definition = view.definition,
       .lines = reservation.lines,
       .is_cancelled = !is_confirmed},
      common);
  return events;
}

}  // namespace cavea::tickets
