#include "actors/exchange_reads.hpp"
#include "actors/limits.hpp"
#include "actors/shard_actor.hpp"
#include "cluster/placement.hpp"

#include <utility>

// How the sagas of reservations live in their shard.

namespace cavea::actors {

void ShardState::on_request(WorkPtr work, engine::SagaRequest& request) {
  auto* begin = std::get_if<engine::BeginReservation>(&request.command);
  if (begin == nullptr) {
    const auto id = request.reservation;
    if (std::holds_alternative<engine::BeginExchange>(request.command)) {
      return begin_exchange(std::move(work), request);
    }
    sagas_.dispatch(id, std::move(work));
    return;
  }
  const auto id = engine::ReservationId::make(work->at, parts_.id, random_() | 1);
  request.reservation = id;
  for (auto& leg : begin->legs) leg.reservation = new_leg(leg.offering, work->at);
  sagas_.begin(id, std::move(work));
}

/// The id of a reservation of an offering lies in the offering's shard.
engine::ReservationId ShardState::new_leg(
    const engine::OfferingId& offering, engine::Timestamp at) {
  const auto shard = cluster::shard_of(offering.view(), parts_.shard_count);
  return engine::ReservationId::make(at, shard, random_() | 1);
}

/// A saga knows places by their numbers, people by their labels.
void ShardState::begin_exchange(WorkPtr work, engine::SagaRequest& request) {
  auto& exchange = std::get<engine::BeginExchange>(request.command);
  for (auto& leg : exchange.legs) leg.reservation = new_leg(leg.offering, work->at);
  auto* reads = parts_.reads;
  reads->run_for_command([reads,
                          &exchange,
                          id = request.reservation,
                          viewer = request.viewer,
                          work,
                          me = caf::actor_cast<caf::actor>(self_)](const auto& /*reader*/) {
    ExchangeRead read{work, {}};
    const auto view = reads->view_of(id, false);
    const auto is_theirs = [&] {
      const auto& owner = view->saga ? view->saga->saga.user : view->reservation.user;
      return viewer.empty() || owner == viewer;
    };
    // What is wrong with the reservation itself, the saga says.
    if (view && is_theirs()) read.refusal = find_places(exchange, *view);
    caf::anon_send(me, std::move(read));
  });
}

void ShardState::on_exchange_read(ExchangeRead read) {
  if (read.refusal) {
    read.work->outcome = engine::Answer(std::move(*read.refusal));
    gather(std::move(read.work));
  } else {
    const auto& request = std::get<engine::CommandRequest>(read.work->item);
    const auto id = std::get<engine::SagaRequest>(request.what).reservation;
    sagas_.dispatch(id, std::move(read.work));
  }
  end_message();
}

void ShardState::load_saga(engine::ReservationId id) {
  auto* reads = parts_.reads;
  reads->run_for_command([reads, id, me = caf::actor_cast<caf::actor>(self_)](const auto& reader) {
    SagaFound found;
    found.id = id;
    found.saga = reads->value_or_fail(reader.saga(id.shard(), id));
    if (!found.saga) found.hold = reads->hold_to_take_over(id);
    // What is sold already takes its time.
    const bool is_held =
        found.hold && found.hold->reservation.status == engine::ReservationStatus::held;
    if (is_held) found.question = reads->question_of_offer(id);
    caf::anon_send(me, std::move(found));
  });
}

void ShardState::on_saga_found(SagaFound found) {
  if (found.question) return ask_diary(std::move(found));
  for (auto& work : sagas_.on_found(std::move(found))) {
    work->outcome = engine::Answer(engine::Refusal(engine::Rejection::reservation_not_found));
    gather(std::move(work));
  }
  end_message();
}

void ShardState::on_saga_decided(std::vector<WorkPtr> works, engine::ReservationId id) {
  for (auto& work : works) {
    if (sagas_.on_decided(id, *work, self_->current_sender())) {
      gather(std::move(work));
    } else if (const auto* key = work->idempotency_key()) {
      keys_.abandon(*key);
    }
  }
  end_message();
}

void ShardState::on_saga_ends(engine::ReservationId id) {
  sagas_.on_ends(id, self_->current_sender());
}

void ShardState::on_saga_again(engine::ReservationId id) {
  sagas_.load_again(id);
}

/// A cancelled offering gives its reservations back. Those that sagas carry are given back by them,
/// for they know what was paid: they are told first, until none is left.
void ShardState::sweep(persistence::Deadline due) {
  const auto told = sweeps_.find(due.offering);
  if (told != sweeps_.end() && told->second >= limits::sagas_told_max) {
    return give_to_offering(std::move(due), engine::SweepCancelled{});
  }
  auto* reads = parts_.reads;
  reads->run_for_command(
      [reads, due, shard = parts_.id, me = caf::actor_cast<caf::actor>(self_)](const auto& reader) {
        auto carried = reads->value_or_fail(
            reader.carried_by_sagas(shard, due.offering, limits::sagas_told_at_once));
        caf::anon_send(me, CarriedFound{due, std::move(carried)});
      });
}

void ShardState::on_carried_found(CarriedFound found) {
  auto& told = sweeps_[found.sweep.offering];
  if (found.carried.empty()) {
    told = limits::sagas_told_max;
    give_to_offering(std::move(found.sweep), engine::SweepCancelled{});
    return end_message();
  }
  ++told;
  for (const auto& leg : found.carried) {
    engine::CommandRequest request;
    request.what = engine::SagaRequest{*leg.saga, {}, engine::OfferingGone{leg.id}};
    parts_.sagas.bus->submit(std::move(request), {});
  }
  found.sweep.at = now() + engine::Duration{limits::wake_again_ms};
  add_deadline(std::move(found.sweep));
  end_message();
}

/// A command to a reservation that a saga carries is one to the saga.
void ShardState::hand_to_saga(WorkPtr work, engine::ReservationId saga) {
  auto& what = std::get<engine::CommandRequest>(work->item).what;
  auto& request = std::get<engine::ReservationRequest>(what);
  auto* cancel = std::get_if<engine::CancelReservation>(&request.command);
  // A leg has no life of its own, and what a saga sells is paid through it.
  if (request.reservation != saga || cancel == nullptr) {
    work->outcome = engine::Answer(engine::Refusal(
        cancel == nullptr ? engine::Rejection::payment_under_way
                          : engine::Rejection::reservation_not_found));
    gather(std::move(work));
    return;
  }
  engine::CancelPlaces command;
  command.cause = request.viewer.empty() ? engine::Cause::administrator : engine::Cause::user;
  if (!cancel->seats.empty() || cancel->quantity > 0) {
    command.part = engine::CancelPlaces::Part{0, std::move(cancel->seats), cancel->quantity};
  }
  what = engine::SagaRequest{saga, std::move(request.viewer), std::move(command)};
  sagas_.dispatch(saga, std::move(work));
}

void ShardState::note_saga_change(const persistence::SagaChange& change) {
  committed_sagas_.emplace_back(change.saga.id, change.saga.version);
}

}  // namespace cavea::actors
