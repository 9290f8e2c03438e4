#include "actors/limits.hpp"
#include "actors/reads.hpp"
#include "persistence/definition_change_codec.hpp"

#include <algorithm>
#include <utility>

// What the calendar of a person shows.

namespace cavea::actors {

/// When a reservation changed last, or one of the offerings that it is of.
engine::Timestamp Reads::changed_at(const engine::ReservationView& view) const {
  const auto with = [&](engine::Timestamp at, auto shard, const engine::OfferingId& offering) {
    const auto stored = value_or_fail(reader_.record(
        shard,
        persistence::RecordKind::definition_change,
        persistence::record_keys::definition_change(offering)));
    if (!stored) return at;
    return std::max(at, value_or_fail(persistence::decode_definition_change(*stored)));
  };
  if (view.saga == nullptr) {
    const auto& reservation = view.reservation;
    return with(reservation.changed_at, reservation.id.shard(), reservation.offering);
  }
  const auto& saga = view.saga->saga;
  auto at = saga.changed_at;
  for (const auto& leg : saga.legs) at = with(at, leg.reservation.shard(), leg.offering);
  return at;
}

engine::Answer Reads::answer_of(const engine::GetCalendar& query, std::uint16_t shard_count) {
  if (settings_of(query.user, shard_count).calendar_epoch != query.epoch) {
    return engine::Refusal(engine::Rejection::calendar_not_found);
  }
  engine::CalendarView calendar;
  engine::ListReservations list;
  list.user = query.user;
  list.limit = 200;
  std::vector<engine::DefinitionRef> definitions;
  while (calendar.entries.size() < limits::calendar_reservations_max) {
    auto page = std::get<engine::ReservationPage>(answer_of(list, shard_count));
    for (auto& view : page.reservations) {
      if (view.saga == nullptr) {
        definitions.push_back(view.definition);
      } else {
        const auto& of_legs = view.saga->definitions;
        definitions.insert(definitions.end(), of_legs.begin(), of_legs.end());
      }
      const auto at = changed_at(view);
      calendar.entries.push_back({std::move(view), at});
    }
    list.after = page.next;
    if (!list.after) break;
  }
  calendar.venues = venues_of(definitions, shard_count);
  return calendar;
}

}  // namespace cavea::actors
