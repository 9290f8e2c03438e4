#include "actors/turn_queue.hpp"

#include "actors/limits.hpp"

#include <utility>

namespace cavea::actors {

namespace {

/// Bytes of an ordinary change: a reservation of a few places with its key.
constexpr std::size_t change_bytes = 200;

/// Bytes of a seat in an encoded seat map.
constexpr std::size_t seat_bytes = 24;

std::size_t bytes_of(const engine::SeatMapRef& map) {
  return map == nullptr ? 0 : map->seat_count() * seat_bytes;
}

std::size_t bytes_of(const engine::DefinitionRef& definition) {
  const auto* performance = definition->performance();
  return definition->description.size()
         + (performance == nullptr ? 0 : bytes_of(performance->seat_map));
}

std::size_t bytes_of(const persistence::OfferingChange& change) {
  std::size_t bytes = 0;
  for (const auto& event : change.events) {
    bytes += change_bytes;
    if (const auto* created = std::get_if<engine::OfferingCreated>(&event)) {
      bytes += bytes_of(created->definition);
    } else if (const auto* changed = std::get_if<engine::OfferingChanged>(&event)) {
      bytes += bytes_of(changed->definition);
    }
  }
  return bytes;
}

std::size_t bytes_of(const persistence::VenueChange& change) {
  if (const auto* created = std::get_if<engine::VenueCreated>(&change.event)) {
    return change_bytes + bytes_of(created->definition.seat_map);
  }
  if (const auto* changed = std::get_if<engine::VenueChanged>(&change.event)) {
    return change_bytes + bytes_of(changed->definition.seat_map);
  }
  return change_bytes;
}

std::size_t bytes_of(const persistence::SagaChange& change) {
  return change_bytes * (1 + change.saga.legs.size());
}

std::size_t bytes_of(const persistence::RecordsChange& change) {
  std::size_t bytes = 0;
  for (const auto& write : change.writes) {
    bytes += write.key.size() + (write.value ? write.value->size() : 0);
  }
  return bytes;
}

}  // namespace

bool TurnQueue::needs_new_turn() const noexcept {
  return gathering_.empty() || gathering_.back().bytes >= limits::entry_bytes_target
         || gathering_.back().turn.changes.size() >= limits::changes_per_turn_max;
}

WorkPtr TurnQueue::add(WorkPtr work) {
  if (work->change) {
    if (needs_new_turn()) gathering_.push_back({next_number_++, {}, {}, 0});
    auto& turn = gathering_.back();
    turn.bytes += std::visit([](const auto& change) { return bytes_of(change); }, *work->change);
    turn.turn.changes.push_back(std::move(*work->change));
    turn.works.push_back(std::move(work));
    return nullptr;
  }
  if (has_gathered()) {
    gathering_.back().works.push_back(std::move(work));
    return nullptr;
  }
  if (!in_flight_.empty()) {
    in_flight_.back().works.push_back(std::move(work));
    return nullptr;
  }
  return work;
}

TurnInFlight TurnQueue::take() {
  auto gathered = std::move(gathering_.front());
  gathering_.pop_front();
  TurnInFlight flight;
  flight.number = gathered.number;
  flight.turn = std::make_shared<const persistence::Turn>(std::move(gathered.turn));
  flight.works = std::move(gathered.works);
  return flight;
}

void TurnQueue::begin_flight(TurnInFlight flight) {
  in_flight_.push_back(std::move(flight));
}

std::optional<TurnInFlight> TurnQueue::next_committed(std::uint64_t commit) {
  if (in_flight_.empty() || in_flight_.front().index > commit) return std::nullopt;
  auto flight = std::move(in_flight_.front());
  in_flight_.pop_front();
  return flight;
}

}  // namespace cavea::actors
