#include "actors/limits.hpp"
#include "actors/shard_actor.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

// What a shard does after its writes reached the disk, and what it does by the clock.

namespace cavea::actors {

void ShardState::on_persisted(std::uint64_t number) {
  log_->on_persisted(number);
  release_committed();
  flush();
  end_message();
}

void ShardState::on_kept_since(const KeptSince& kept) {
  keeper_.on_found(kept);
  end_message();
}

void ShardState::on_settled(std::uint64_t number) {
  log_->on_settled(number);
  parts_.feed->on_readable(parts_.id, log_->applied());
  if (auto error = log_->cut_when_grown()) parts_.on_failure(*error);
  keys_.forget_until(log_->settled_turn(), steady_ms());
  records_.forget_until(log_->settled_turn());
  std::erase_if(
      venues_, [&](const auto& entry) { return entry.second.turn <= log_->settled_turn(); });
  flush();
  end_message();
}

void ShardState::release_committed() {
  // An entry of another leader may have come in the place of ours.
  if (!leads()) return;
  while (auto flight = queue_.next_committed(log_->commit_index())) {
    log_->materialise(flight->index, flight->turn, flight->number);
    parts_.probe->commit_us.record_us(steady_us() - flight->handed_in_us);
    release(std::move(*flight));
  }
}

void ShardState::release(TurnInFlight flight) {
  std::size_t next_change = 0;
  for (auto& work : flight.works) {
    if (work->change) note_change(*work, flight.turn->changes.at(next_change++), flight.number);
    release(*work);
  }
}

void ShardState::note_change(
    const Work& work, const persistence::Change& change, std::uint64_t turn) {
  std::visit(
      [&](const auto& c) {
        if (!c.idempotency) return;
        keys_.commit(c.idempotency->key, c.idempotency->outcome, turn, steady_ms());
        note_key(c.at);
      },
      change);
  if (const auto* offering = std::get_if<persistence::OfferingChange>(&change)) {
    note_offering_change(work, *offering);
  } else if (const auto* saga = std::get_if<persistence::SagaChange>(&change)) {
    note_saga_change(*saga);
  }
}

/// As the state does it: to read its record for each command would double the cost of a look-up.
void ShardState::note_key(engine::Timestamp at) {
  const auto bucket = persistence::idempotency_bucket_of(at);
  auto& known = key_buckets_;
  oldest_noted_ = std::min(oldest_noted_, bucket);
  if (known.newest_bucket == 0) known.oldest_bucket = bucket;
  known.oldest_bucket = std::min(known.oldest_bucket, bucket);
  known.newest_bucket = std::max(known.newest_bucket, bucket);
}

/// Purged buckets need not be asked any more. What was noted lately may not be in the store yet.
void ShardState::forget_purged_buckets() {
  const auto stored = value_or_fail(parts_.reader->shard_record(parts_.id));
  const auto noted = std::min(oldest_noted_, oldest_noted_before_);
  oldest_noted_before_ = std::exchange(oldest_noted_, UINT32_MAX);
  if (stored.newest_bucket != 0) {
    key_buckets_.oldest_bucket =
        std::min({stored.oldest_bucket, noted, key_buckets_.newest_bucket});
  }
}

void ShardState::note_offering_change(const Work& work, const persistence::OfferingChange& change) {
  auto& probe = *parts_.probe;
  for (const auto& event : change.events) {
    if (const auto* held = std::get_if<engine::PlacesHeld>(&event)) {
      add_deadline({held->until, change.offering, held->reservation});
      probe.claims_held.add();
    } else if (std::holds_alternative<engine::PlacesSold>(event)) {
      probe.claims_sold.add();
    } else if (const auto* pinned = std::get_if<engine::HoldPinned>(&event)) {
      if (pinned->until == engine::Timestamp{}) continue;  // Sold already.
      forget_deadline(pinned->reservation);
      add_deadline({pinned->until, change.offering, pinned->reservation});
    } else if (const auto* confirmed = std::get_if<engine::ReservationConfirmed>(&event)) {
      forget_deadline(confirmed->reservation);
    } else if (const auto* cancelled = std::get_if<engine::ReservationCancelled>(&event)) {
      forget_deadline(cancelled->reservation);
    } else if (std::holds_alternative<engine::OfferingCancelled>(event)) {
      add_deadline({change.at, change.offering, {}});
    } else if (std::holds_alternative<engine::WaitingJoined>(event)) {
      probe.waiting_joined.add();
    } else if (std::holds_alternative<engine::WaitingGranted>(event)) {
      probe.waiting_granted.add();
    } else if (std::holds_alternative<engine::WaitingLeft>(event)) {
      probe.waiting_ended.add();
    }
  }
  if (work.wakes) note_wakes(work, change);
  const auto* internal = std::get_if<InternalRequest>(&work.item);
  if (internal != nullptr && std::holds_alternative<engine::SweepCancelled>(internal->command)) {
    add_deadline({change.at, change.offering, {}});
  }
  const auto show = [](engine::Gauge& gauge, std::uint32_t& shown, auto after, auto before) {
    gauge.add(static_cast<std::int64_t>(after) - static_cast<std::int64_t>(before));
    shown += after - before;
  };
  show(probe.places_free, places_shown_.free, change.counts.free, work.counts_before.free);
  show(probe.places_held, places_shown_.held, change.counts.held, work.counts_before.held);
  show(probe.places_sold, places_shown_.sold, change.counts.sold, work.counts_before.sold);
  show(
      probe.places_blocked,
      places_shown_.blocked,
      change.counts.blocked,
      work.counts_before.blocked);
  const bool is_expiry =
      internal != nullptr && std::holds_alternative<engine::ExpireHold>(internal->command);
  if (is_expiry) {
    probe.expiry_delay_us.record_us(
        static_cast<std::uint64_t>(std::max<std::int64_t>(0, (now() - work.deadline).ms)) * 1'000);
  }
  if (work.delta) publish_change(work, change);
  if (!work.to_accept.empty()) accept_offers(work, change.offering);
}

void ShardState::note_wakes(const Work& work, const persistence::OfferingChange& change) {
  for (const auto at : {work.wakes->keeps_until, work.wakes->closes_at}) {
    if (at > change.at) add_deadline({at, change.offering, persistence::waiting_wake});
  }
}

void ShardState::publish_change(const Work& work, const persistence::OfferingChange& change) {
  auto* loaded = offerings_.find(change.offering);
  if (loaded == nullptr) return;
  if (!std::holds_alternative<engine::OfferingDeleted>(change.events.back())) {
    for (auto* sink : loaded->subscribers) outbox_.publish(sink, change.offering, work.delta);
    return;
  }
  for (auto* sink : std::exchange(loaded->subscribers, {})) {
    parts_.probe->feeds.add(-1);
    outbox_.publish(sink, change.offering, engine::Refusal(engine::Rejection::offering_not_found));
  }
}

void ShardState::release(Work& work) {
  // Whoever looks at the person's diary next finds what came of this.
  if (work.turn) reads_after_.push_back([turn = std::exchange(work.turn, {})] {});
  if (auto* request = std::get_if<KeepRecords>(&work.item)) return release(work, *request);
  if (const auto* subscribe = std::get_if<engine::Subscribe>(&work.item)) {
    release_subscription(work, subscribe->offering);
    return;
  }
  if (const auto* unsubscribe = std::get_if<engine::Unsubscribe>(&work.item)) {
    if (auto* loaded = offerings_.find(unsubscribe->offering)) {
      parts_.probe->feeds.add(
          -static_cast<std::int64_t>(std::erase(loaded->subscribers, work.subscriber)));
    }
    return;
  }
  if (const auto* command = std::get_if<engine::CommandRequest>(&work.item)) {
    const auto* records = std::get_if<engine::RecordRequest>(&command->what);
    if (records != nullptr) release(*records);
  }
  if (auto* answer = std::get_if<engine::Answer>(&work.outcome)) {
    count_outcome(work, *answer);
    outbox_.answer(work.back, std::move(*answer));
    work.mark_answered();
  } else if (const auto* read = std::get_if<ReadReservation>(&work.outcome)) {
    if (work.back.sink == nullptr) return;
    // The reservation can be read once the change, which is in the write that gathers, is handed
    // in.
    reads_after_.push_back([reads = parts_.reads, read = *read, back = work.back] {
      reads->answer_reservation(read.id, read.replayed, back, read.as_leg);
    });
    work.mark_answered();
  } else if (const auto* waiting = std::get_if<ReadWaiting>(&work.outcome)) {
    if (work.back.sink == nullptr) return;
    reads_after_.push_back([reads = parts_.reads, id = waiting->id, back = work.back] {
      reads->answer_waiting(id, back);
    });
    work.mark_answered();
  }
}

void ShardState::release_subscription(Work& work, const engine::OfferingId& offering) {
  if (!work.view) {
    const auto* answer = std::get_if<engine::Answer>(&work.outcome);
    auto refusal = answer != nullptr && std::holds_alternative<engine::Refusal>(*answer)
                       ? std::get<engine::Refusal>(*answer)
                       : engine::Refusal(engine::Rejection::offering_not_found);
    outbox_.publish(work.subscriber, offering, std::move(refusal));
    return;
  }
  if (!offerings_.subscribe(offering, work)) {
    outbox_.publish(work.subscriber, offering, engine::Refusal(engine::Rejection::outcome_unknown));
    return;
  }
  outbox_.publish(work.subscriber, offering, work.view);
}

void ShardState::count_outcome(const Work& work, const engine::Answer& answer) {
  const auto* refusal = std::get_if<engine::Refusal>(&answer);
  if (refusal == nullptr) return;
  const auto* request = std::get_if<engine::CommandRequest>(&work.item);
  if (request == nullptr) return;
  const auto number = static_cast<std::size_t>(refusal->reason);
  parts_.probe->commands_refused.at(number).add();
  const auto* to_offering = std::get_if<engine::OfferingRequest>(&request->what);
  if (to_offering != nullptr && std::holds_alternative<engine::HoldPlaces>(to_offering->command)) {
    parts_.probe->claims_refused.at(number).add();
  }
}

/// What every message ends with: what it meant for others leaves together.
void ShardState::end_message() {
  offerings_.send_batches();
  // First the changes, then the answers: who reads after an answer finds what it told.
  log_->hand_in();
  outbox_.send();
  for (const auto& read : std::exchange(reads_after_, {})) read();
  for (const auto& [saga, version] : std::exchange(committed_sagas_, {})) {
    sagas_.commit(saga, version);
  }
  if (!log_->is_leading() && !std::exchange(is_giving_up_, true)) {
    self_->send(self_, follow_atom::value);
  }
}

// ---- By the clock -------------------------------------------------------------------------------

void ShardState::on_tick() {
  if (auto error = log_->tick()) parts_.on_failure(*error);
  if (steady_ms() >= next_members_look_ms_) {
    next_members_look_ms_ = steady_ms() + limits::members_look_ms;
    members_.on_tick(*log_, steady_ms());
    auto status = log_->status();
    status.is_open = leads();
    parts_.holder->set_status(std::move(status));
  }
  flush();
  const auto time = now();
  wake_due_offerings(time);
  offerings_.load_what_settled(log_->settled_turn());
  // The wall clock may be set back; what only takes turns goes by a clock that never is.
  const auto steady = steady_ms();
  keys_.forget_until(log_->settled_turn(), steady);
  keys_.forget_refusals_before(steady - limits::refusals_remembered_ms);
  keeper_.on_tick(time, steady);
  parts_.feed->on_tick(steady);
  parts_.inboxes->on_tick(steady);
  parts_.money->on_tick(steady);
  if (steady >= next_idle_scan_ms_) {
    next_idle_scan_ms_ = steady + limits::idle_scan_ms;
    offerings_.passivate(steady - parts_.idle_ms, log_->settled_turn());
    offerings_.rest(steady - parts_.rest_ms);
  }
  if (steady >= next_purge_ms_) {
    next_purge_ms_ = steady + limits::purge_ms;
    // A clock that was ahead for a moment must not forget keys that are still promised.
    const auto agreed = std::min(time, std::exchange(purge_time_, time));
    log_->purge_before({agreed.ms - parts_.idempotency_ms});
    forget_purged_buckets();
  }
  const auto waiting = parts_.waiting->load(std::memory_order_relaxed);
  parts_.probe->commands_waiting.add(waiting - std::exchange(waiting_shown_, waiting));
  end_message();
  self_->delayed_send(self_, std::chrono::milliseconds(limits::tick_ms), tick_atom::value);
}

void ShardState::wake_due_offerings(engine::Timestamp time) {
  // People come first: what was overdue for long may wait a little longer.
  const auto waiting_max = std::max<std::int64_t>(parts_.work_max / 2, 1);
  while (parts_.waiting->load(std::memory_order_relaxed) < waiting_max) {
    const auto due = next_due(time);
    if (!due) return;
    if (due->reservation == engine::ReservationId{}) {
      sweep(*due);
    } else if (due->reservation == persistence::waiting_wake) {
      give_to_offering(*due, engine::MatchWaiting{});
    } else {
      give_to_offering(*due, engine::ExpireHold{due->reservation});
    }
  }
}

void ShardState::give_to_offering(persistence::Deadline due, engine::OfferingCommand command) {
  auto work = caf::make_counted<Work>(
      InternalRequest{due.offering, std::move(command)}, engine::ReturnAddress{}, *parts_.waiting);
  work->at = now();
  work->deadline = due.at;
  dispatch(due.offering, std::move(work));
}

void ShardState::add_deadline(persistence::Deadline deadline) {
  const auto before = deadlines_.holds();
  deadlines_.add(std::move(deadline));
  show_holds(before);
}

void ShardState::forget_deadline(engine::ReservationId reservation) {
  const auto before = deadlines_.holds();
  deadlines_.forget(reservation);
  show_holds(before);
}

std::optional<persistence::Deadline> ShardState::next_due(engine::Timestamp time) {
  const auto before = deadlines_.holds();
  auto due = deadlines_.next_due(time);
  show_holds(before);
  return due;
}

void ShardState::show_holds(std::size_t before) {
  parts_.probe->holds_open.add(
      static_cast<std::int64_t>(deadlines_.holds()) - static_cast<std::int64_t>(before));
}

void ShardState::on_down(const caf::down_msg& message) {
  if (const auto saga = sagas_.on_down(message)) {
    // Not at once: what killed the actor may do so again.
    self_->delayed_send(self_, std::chrono::milliseconds(limits::wake_again_ms), SagaAgain{*saga});
    return;
  }
  auto lost = offerings_.on_down(message, queue_.newest());
  if (!lost) return;
  keys_.abandon_all_of(engine::stable_hash(lost->id.view()));
  for (auto* sink : lost->subscribers) {
    parts_.probe->feeds.add(-1);
    outbox_.publish(sink, lost->id, engine::Refusal(engine::Rejection::outcome_unknown));
  }
  for (auto& wake : lost->wakes) {
    // Not at once: what killed the actor may do so again.
    wake.at = now() + engine::Duration{limits::wake_again_ms};
    add_deadline(std::move(wake));
  }
  outbox_.send();
}

}  // namespace cavea::actors
