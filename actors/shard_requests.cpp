#include "actors/shard_actor.hpp"

#include <utility>

// Where the requests that come to a shard go.

namespace cavea::actors {

void ShardState::on_request(WorkPtr work, engine::OfferingRequest& request) {
  if (auto* hold = std::get_if<engine::HoldPlaces>(&request.command)) {
    // A saga names the places that it will have.
    if (!hold->saga) {
      hold->reservation = engine::ReservationId::make(work->at, parts_.id, random_() | 1);
    }
    hold->person = engine::PersonKey::of(hold->user);
  } else if (auto* join = std::get_if<engine::JoinWaitingList>(&request.command)) {
    join->id = engine::ReservationId::make(work->at, parts_.id, random_() | 1);
    join->person = engine::PersonKey::of(join->user);
  }
  dispatch(request.offering, std::move(work));
}

void ShardState::on_request(WorkPtr work, engine::ReservationRequest& request) {
  const auto id = request.reservation;
  if (auto* confirm = std::get_if<engine::ConfirmReservation>(&request.command)) {
    confirm->reservation = id;
  } else if (auto* cancel = std::get_if<engine::CancelReservation>(&request.command)) {
    cancel->reservation = id;
    cancel->person.reset();
    if (!request.viewer.empty()) cancel->person = engine::PersonKey::of(request.viewer);
  } else if (auto* accept = std::get_if<engine::AcceptOffer>(&request.command)) {
    accept->reservation = id;
    accept->person = engine::PersonKey::of(request.viewer);
  } else if (auto* leave = std::get_if<engine::LeaveWaitingList>(&request.command)) {
    leave->id = id;
    leave->person.reset();
    if (!request.viewer.empty()) leave->person = engine::PersonKey::of(request.viewer);
    find_offering_of_waiting(id, std::move(work));
    return;
  }
  find_offering_of(id, std::move(work));
}

void ShardState::find_offering_of_waiting(engine::WaitingId id, WorkPtr work) {
  const auto& request =
      std::get<engine::ReservationRequest>(std::get<engine::CommandRequest>(work->item).what);
  auto* reads = parts_.reads;
  reads->run_for_command(
      [reads, id, work, viewer = request.viewer, me = caf::actor_cast<caf::actor>(self_)](
          const auto& reader) {
        const auto found = reads->value_or_fail(reader.waiting(id.shard(), id));
        Located located{work, {}, {}};
        if (found && (viewer.empty() || found->party.user == viewer)) {
          located.offering = found->offering;
        }
        caf::anon_send(me, std::move(located));
      });
}

void ShardState::find_offering_of(engine::ReservationId id, WorkPtr work) {
  const auto& request =
      std::get<engine::ReservationRequest>(std::get<engine::CommandRequest>(work->item).what);
  auto* reads = parts_.reads;
  reads->run_for_command(
      [reads, id, work, viewer = request.viewer, me = caf::actor_cast<caf::actor>(self_)](
          const auto& reader) {
        const auto found = reads->value_or_fail(reader.reservation(id.shard(), id));
        Located located{work, {}, {}};
        if (found && (viewer.empty() || found->user == viewer)) {
          located.offering = found->offering;
          located.saga = found->saga;
          // A saga that was answered for may not have taken the hold over yet.
          if (!found->saga && reads->value_or_fail(reader.saga(id.shard(), id))) located.saga = id;
        } else if (!found && reads->value_or_fail(reader.saga(id.shard(), id))) {
          // It looks itself whose it is.
          located.saga = id;
        }
        caf::anon_send(me, std::move(located));
      });
}

void ShardState::on_request(WorkPtr work, engine::VenueRequest& request) {
  const auto pending = venues_.find(request.venue);
  auto venue = pending != venues_.end()
                   ? pending->second.venue
                   : value_or_fail(parts_.reader->venue(parts_.id, request.venue));
  venue.id = request.venue;
  auto decision = engine::decide(venue, request.command);
  if (auto* refusal = std::get_if<engine::Refusal>(&decision)) {
    work->outcome = engine::Answer(std::move(*refusal));
    gather(std::move(work));
    return;
  }

  persistence::VenueChange change;
  change.venue = request.venue;
  change.at = work->at;
  change.event = std::move(std::get<engine::VenueEvent>(decision));
  engine::apply(venue, change.event);
  change.revision = venue.revision;
  const bool is_deleted = std::holds_alternative<engine::VenueDeleted>(change.event);
  if (const auto* key = work->idempotency_key()) {
    persistence::Outcome outcome;
    outcome.kind =
        is_deleted ? persistence::Outcome::Kind::done : persistence::Outcome::Kind::venue;
    outcome.id = request.venue.str();
    change.idempotency = persistence::IdempotencyRecord{*key, std::move(outcome)};
  }
  if (is_deleted) {
    work->outcome = engine::Answer(engine::Done{});
  } else {
    work->outcome = engine::Answer(engine::VenueView{venue});
  }
  work->change = std::move(change);
  venues_[request.venue] = {std::move(venue), queue_.gathering()};
  gather(std::move(work));
}

}  // namespace cavea::actors
