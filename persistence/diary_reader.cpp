#include "persistence/keys.hpp"
#include "persistence/state_reader.hpp"

#include <algorithm>
#include <utility>
#include <vector>

// What a person has reserved for a time.

namespace cavea::persistence {

namespace {

bool takes_time(const engine::Reservation& reservation, const engine::DiaryQuestion& question) {
  const auto& given_up = question.gives_up;
  return (reservation.status == engine::ReservationStatus::held
          || reservation.status == engine::ReservationStatus::confirmed)
         && reservation.offering != question.offering && reservation.id != question.reservation
         && std::find(given_up.begin(), given_up.end(), reservation.id) == given_up.end();
}

bool is_kept_line(const engine::ReservationLine& line) {
  return !line.given_back;
}

/// The reservations of a saga, and of what its exchange takes, that take time: not what is only on
/// its way back to its offering, as an order that was cancelled or refused.
std::vector<engine::ReservationId> carried_by(const engine::Saga& saga) {
  std::vector<engine::ReservationId> carried;
  if (saga.goal != engine::SagaGoal::release) {
    for (const auto& leg : saga.legs) {
      const auto lines = lines_kept(leg);
      // Nothing is known of places that are being taken.
      const bool has_places =
          lines.empty() || std::any_of(lines.begin(), lines.end(), is_kept_line);
      if (has_places) carried.push_back(leg.reservation);
    }
  }
  if (!saga.exchange) return carried;
  const auto taken = carried_by(*saga.exchange->takes);
  carried.insert(carried.end(), taken.begin(), taken.end());
  return carried;
}

}  // namespace

Read<std::optional<engine::Overlap>> StateReader::overlap(
    const engine::DiaryQuestion& question) const {
  const auto view = store_.snapshot();
  for (std::uint16_t number = 0; number < shard_count_; ++number) {
    const engine::ShardId shard{number};
    const auto all = keys::user(shard, question.person);
    const auto skip = all.view().size();
    // Newest first: what is still to come was, mostly, reserved lately.
    const auto cursor = view->cursor(Column::state, all, all.end(), Direction::backward);
    for (; cursor->valid(); cursor->next()) {
      const auto id = KeyReader(cursor->key().substr(skip)).id();
      auto found = overlap_with_listed(*view, shard, id, question);
      if (!found || *found) return found;
    }
    if (auto error = cursor->error()) return std::move(*error);
  }
  return std::optional<engine::Overlap>{};
}

/// What the list of a person names: a reservation, or a saga with all that it carries.
Read<std::optional<engine::Overlap>> StateReader::overlap_with_listed(
    const View& view,
    engine::ShardId shard,
    engine::ReservationId id,
    const engine::DiaryQuestion& question) const {
  auto named = reservation_of(view, shard, id);
  if (!named) return std::move(named).error();
  const bool is_alone = *named && (*named)->saga != id;
  if (is_alone) return overlap_with(view, *named, question);
  auto saga = saga_of(view, shard, id);
  if (!saga) return std::move(saga).error();
  if (!*saga) return overlap_with(view, *named, question);
  for (const auto carried : carried_by(**saga)) {
    auto reservation = reservation_of(view, carried.shard(), carried);
    if (!reservation) return std::move(reservation).error();
    auto found = overlap_with(view, *reservation, question);
    if (!found || *found) return found;
  }
  return std::optional<engine::Overlap>{};
}

Read<std::optional<engine::Overlap>> StateReader::overlap_with(
    const View& view,
    const std::optional<engine::Reservation>& reservation,
    const engine::DiaryQuestion& question) const {
  const std::optional<engine::Overlap> nothing;
  if (!reservation || !takes_time(*reservation, question)) return nothing;
  const auto shard = reservation->id.shard();
  auto definition = definition_of(view, shard, reservation->offering);
  if (!definition) return std::move(definition).error();
  const auto& taken = definition.value();
  if (taken == nullptr || !overlaps(question, taken->starts_at, taken->ends_at)) return nothing;
  auto offering = view_of(view, shard, reservation->offering);
  if (!offering) return std::move(offering).error();
  const bool takes_place = *offering && (*offering)->status == engine::OfferingStatus::scheduled;
  if (!takes_place) return nothing;
  engine::Overlap overlap;
  overlap.reservation = reservation->saga.value_or(reservation->id);
  overlap.offering = reservation->offering;
  overlap.definition = taken;
  return std::optional<engine::Overlap>(std::move(overlap));
}

}  // namespace cavea::persistence
