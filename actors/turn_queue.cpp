#include "actors/turn_queue.hpp"

#include <utility>

namespace cavea::actors {

WorkPtr TurnQueue::add(WorkPtr work) {
  if (work->change) {
    turn_.changes.push_back(std::move(*work->change));
    works_.push_back(std::move(work));
    return nullptr;
  }
  if (has_gathered()) {
    works_.push_back(std::move(work));
    return nullptr;
  }
  if (!in_flight_.empty()) {
    in_flight_.back().works.push_back(std::move(work));
    return nullptr;
  }
  return work;
}

TurnInFlight TurnQueue::take() {
  TurnInFlight flight;
  flight.number = next_number_++;
  flight.turn = std::make_shared<const persistence::Turn>(std::exchange(turn_, {}));
  flight.works = std::exchange(works_, {});
  works_.reserve(flight.works.size());
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
