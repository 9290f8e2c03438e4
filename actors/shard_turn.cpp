#include "actors/limits.hpp"
#include "actors/shard_actor.hpp"

#include <utility>

// How what the offerings of a shard decided becomes a turn, and a turn an entry of its log.

namespace cavea::actors {

void ShardState::on_decided(std::vector<WorkPtr> works, const engine::OfferingId& offering) {
  const bool is_current = offerings_.is_current(offering, self_->current_sender());
  for (auto& work : works) {
    if (is_current) {
      note_definition_change(*work);
      offerings_.on_decided(offering, *work, work->change ? queue_.gathering() : 0);
      if (std::holds_alternative<engine::AskDiary>(work->outcome)) {
        ask_diary(std::move(work));
      } else {
        gather(std::move(work));
      }
    } else if (const auto* key = work->idempotency_key()) {
      keys_.abandon(*key);
    }
  }
  end_message();
}

void ShardState::gather(WorkPtr work) {
  if (const auto* key = work->idempotency_key()) settle_key(*work, *key);
  auto released = queue_.add(std::move(work));
  if (released) {
    release(*released);
    return;
  }
  if (is_flush_sent_ || !queue_.has_gathered()) return;
  is_flush_sent_ = true;
  self_->send(self_, flush_atom::value);
}

namespace {

/// Whether it would be bad if it came late and succeeded after its repetition was refused.
bool is_claim(const Work& work) {
  const auto* request = std::get_if<engine::CommandRequest>(&work.item);
  const auto* to_offering =
      request == nullptr ? nullptr : std::get_if<engine::OfferingRequest>(&request->what);
  return to_offering != nullptr
         && (std::holds_alternative<engine::HoldPlaces>(to_offering->command)
             || std::holds_alternative<engine::JoinWaitingList>(to_offering->command));
}

}  // namespace

void ShardState::settle_key(const Work& work, const engine::IdempotencyKey& key) {
  if (work.change) {
    // On its way to the disk, a key outlives the actor that decided.
    keys_.own(key, 0);
    return;
  }
  const auto* answer = std::get_if<engine::Answer>(&work.outcome);
  const auto* refusal = answer == nullptr ? nullptr : std::get_if<engine::Refusal>(answer);
  const bool is_lasting =
      refusal != nullptr && refusal->reason != engine::Rejection::overloaded && is_claim(work);
  if (!is_lasting) {
    keys_.abandon(key);
    return;
  }
  keys_.remember_refusal(key, *refusal, steady_ms());
}

void ShardState::on_flush() {
  is_flush_sent_ = false;
  flush();
  end_message();
}

bool ShardState::may_begin_flight() const {
  return leads() && queue_.has_gathered() && log_->has_room()
         && queue_.in_flight() < limits::appends_in_flight_max;
}

void ShardState::flush() {
  while (may_begin_flight()) {
    auto flight = queue_.take();
    // Without the lead it is lost, with all that rests on it (see `end_message`).
    const auto index = log_->propose(*flight.turn);
    if (!index) return;
    flight.index = *index;
    flight.handed_in_us = steady_us();
    queue_.begin_flight(std::move(flight));
  }
}

void ShardState::refuse(WorkPtr work, engine::Rejection rejection) {
  work->outcome = engine::Answer(engine::Refusal(rejection));
  // It may rest on what is not on the disk yet, as every answer.
  if (auto released = queue_.add(std::move(work))) release(*released);
}

}  // namespace cavea::actors
