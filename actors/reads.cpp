#include "actors/reads.hpp"

#include "cluster/placement.hpp"
#include "engine/assert.hpp"
#include "persistence/check_in_codec.hpp"

#include <algorithm>
#include <utility>

namespace cavea::actors {

namespace {

/// Why nothing was held of what a saga was to take; nothing: it was held, or is being taken.
std::optional<engine::Refusal> refusal_at_once(const engine::Saga& saga) {
  if (saga.deadline != engine::Timestamp{}) return std::nullopt;
  return engine::refusal_of(saga);
}

/// What the command was refused with when it was carried out.
std::optional<engine::Refusal> refusal_at_once(const Replay& replay, const engine::Saga& saga) {
  if (replay.outcome.kind == persistence::Outcome::Kind::reservation) return refusal_at_once(saga);
  if (!replay.exchanged_for || !saga.exchange) return std::nullopt;
  const auto& legs = saga.exchange->takes->legs;
  // Only the last one is known.
  const bool is_it = std::equal(
      legs.begin(),
      legs.end(),
      replay.exchanged_for->begin(),
      replay.exchanged_for->end(),
      [](const auto& leg, const auto& offering) { return leg.offering == offering; });
  return is_it ? refusal_at_once(*saga.exchange->takes) : std::nullopt;
}

/// The offerings that an exchange wants places of; nothing: the command is another one.
std::optional<std::vector<engine::OfferingId>> exchanged_for(
    const engine::CommandRequest& command) {
  const auto* request = std::get_if<engine::SagaRequest>(&command.what);
  if (request == nullptr) return std::nullopt;
  const auto* exchange = std::get_if<engine::BeginExchange>(&request->command);
  if (exchange == nullptr) return std::nullopt;
  std::vector<engine::OfferingId> offerings;
  for (const auto& leg : exchange->legs) offerings.push_back(leg.offering);
  return offerings;
}

}  // namespace

Replay replay_of(const engine::CommandRequest& command, persistence::Outcome outcome) {
  return {
      .outcome = std::move(outcome),
      .as_leg = std::holds_alternative<engine::OfferingRequest>(command.what),
      .exchanged_for = exchanged_for(command)};
}

Reads::Reads(
    const persistence::StateReader& reader,
    persistence::Journal& journal,
    ActorsProbe& probe,
    persistence::Journal::FailureHandler on_failure,
    ReadsConfig config)
    : reader_(reader),
      journal_(journal),
      probe_(probe),
      on_failure_(std::move(on_failure)),
      waiting_max_(config.waiting_max),
      for_commands_(reader, 1),
      for_queries_(reader, config.threads) {}

void Reads::stop() {
  for_commands_.stop();
  for_queries_.stop();
}

void Reads::run_for_command(ReadJob job) {
  journal_.after_queued(
      [this, job = std::move(job)]() mutable { for_commands_.push(std::move(job), {}); });
}

void Reads::run(ReadJob job, engine::ReturnAddress back) {
  if (waiting_.fetch_add(1, std::memory_order_relaxed) >= waiting_max_) {
    waiting_.fetch_sub(1, std::memory_order_relaxed);
    deliver(back, engine::Refusal(engine::Rejection::overloaded));
    return;
  }
  probe_.reads_waiting.add(1);
  auto counted = [this, job = std::move(job)](const persistence::StateReader& reader) {
    job(reader);
    waiting_.fetch_sub(1, std::memory_order_relaxed);
    probe_.reads_waiting.add(-1);
  };
  journal_.after_queued([this, counted = std::move(counted), back]() mutable {
    for_queries_.push(std::move(counted), back);
  });
}

void Reads::run_in_background(ReadJob job) {
  for_queries_.push(std::move(job), {});
}

void Reads::run_in_background_after_writes(ReadJob job) {
  journal_.after_queued(
      [this, job = std::move(job)]() mutable { for_queries_.push(std::move(job), {}); });
}

void Reads::answer(engine::Query query, std::uint16_t shard_count, engine::ReturnAddress back) {
  run(
      [this, query = std::move(query), shard_count, back](const auto&) {
        deliver(back, std::visit([&](const auto& q) { return answer_of(q, shard_count); }, query));
      },
      back);
}

void Reads::answer_reservation(
    engine::ReservationId id, bool replayed, engine::ReturnAddress back, bool as_leg) {
  run_for_command([this, id, replayed, back, as_leg](const auto&) {
    deliver(back, reservation_answer(id, nullptr, replayed, as_leg));
  });
}

void Reads::answer_replay(Replay replay, std::uint16_t shard_count, engine::ReturnAddress back) {
  run([this, replay = std::move(replay), shard_count, back](
          const auto&) { deliver(back, replay_answer(replay, shard_count)); },
      back);
}

engine::LegView leg_view_of(engine::ReservationView view) {
  engine::LegView leg;
  leg.reservation = std::move(view.reservation);
  if (view.definition != nullptr) {
    leg.starts_at = view.definition->starts_at;
    leg.hold_time = view.definition->hold_time;
    leg.cancellation_cutoff = view.definition->cancellation_cutoff;
    leg.refund_policy = view.definition->refund_policy;
  }
  return leg;
}

std::optional<engine::LegView> Reads::hold_to_take_over(engine::ReservationId id) const {
  auto found = value_or_fail(reader_.reservation(id.shard(), id));
  if (!found || found->saga) return std::nullopt;
  engine::ReservationView view;
  view.definition = value_or_fail(reader_.definition(id.shard(), found->offering));
  view.reservation = std::move(*found);
  return leg_view_of(std::move(view));
}

std::optional<engine::DiaryQuestion> Reads::question_of_offer(engine::ReservationId id) const {
  const auto offered = value_or_fail(reader_.waiting(id.shard(), id));
  if (!offered) return std::nullopt;
  const auto definition = value_or_fail(reader_.definition(id.shard(), offered->offering));
  if (definition == nullptr || !definition->refuse_overlaps) return std::nullopt;
  return engine::diary_question(offered->offering, *definition, offered->party.person, id);
}

std::optional<engine::ReservationView> Reads::view_of(engine::ReservationId id, bool as_leg) const {
  auto found = value_or_fail(reader_.reservation(id.shard(), id));
  if (!as_leg && (!found || found->saga == id)) {
    auto saga = value_or_fail(reader_.saga(id.shard(), id));
    if (saga) {
      engine::ReservationView view;
      view.reservation.id = id;
      engine::SagaView carried{std::move(*saga), {}};
      add_definitions(carried);
      view.saga = std::make_shared<const engine::SagaView>(std::move(carried));
      return view;
    }
  }
  if (!found) return std::nullopt;
  engine::ReservationView view;
  view.definition = value_or_fail(reader_.definition(id.shard(), found->offering));
  view.reservation = std::move(*found);
  return view;
}

void Reads::add_definitions(engine::SagaView& view) const {
  view.definitions.clear();
  const auto add = [&](const engine::Saga& saga) {
    for (const auto& leg : saga.legs) {
      view.definitions.push_back(
          value_or_fail(reader_.definition(leg.reservation.shard(), leg.offering)));
    }
  };
  add(view.saga);
  if (view.saga.exchange) add(*view.saga.exchange->takes);
}

engine::Answer Reads::reservation_answer(
    engine::ReservationId id,
    const persistence::Outcome* as_made,
    bool replayed,
    bool as_leg) const {
  auto shown = view_of(id, as_leg);
  if (!shown) return engine::Refusal(engine::Rejection::reservation_not_found);
  auto& view = *shown;
  view.replayed = replayed;
  // A saga is shown as it stands now.
  if (view.saga != nullptr) return std::move(view);
  if (as_made == nullptr) return std::move(view);

  // As it was when the command was carried out, whatever happened since.
  view.reservation.status = as_made->status;
  view.reservation.version = as_made->version;
  if (as_made->kind == persistence::Outcome::Kind::reservation) {
    view.reservation.changed_at = view.reservation.created_at;
    for (auto& line : view.reservation.lines) line.given_back = false;
  }
  return std::move(view);
}

engine::Answer Reads::replayed_reservation(const Replay& replay) const {
  const auto& outcome = replay.outcome;
  auto answer = reservation_answer(outcome.reservation, &outcome, true, replay.as_leg);
  const auto* view = std::get_if<engine::ReservationView>(&answer);
  if (view == nullptr) return answer;
  if (view->saga != nullptr) {
    if (auto refusal = refusal_at_once(replay, view->saga->saga)) return *std::move(refusal);
  } else if (replay.exchanged_for) {
    // It had ended before an exchange could take it over.
    return engine::Refusal(engine::Rejection::reservation_has_ended);
  }
  return answer;
}

engine::Answer Reads::replay_answer(const Replay& replay, std::uint16_t shard_count) {
  using Kind = persistence::Outcome::Kind;
  const auto& outcome = replay.outcome;
  switch (outcome.kind) {
    case Kind::reservation:
    case Kind::reservation_changed:
      return replayed_reservation(replay);
    case Kind::offering: {
      const auto id = engine::OfferingId::from(outcome.id);
      CAVEA_ASSERT(id.has_value());
      auto view =
          value_or_fail(reader_.offering_view(cluster::shard_of(id->view(), shard_count), *id));
      if (!view) return engine::Refusal(engine::Rejection::offering_not_found);
      view->version = outcome.version;
      view->replayed = true;
      return std::move(*view);
    }
    case Kind::venue: {
      const auto id = engine::VenueId::from(outcome.id);
      CAVEA_ASSERT(id.has_value());
      auto answer = answer_of(engine::GetVenue{*id}, shard_count);
      if (auto* view = std::get_if<engine::VenueView>(&answer)) view->replayed = true;
      return answer;
    }
    case Kind::waiting_joined:
    case Kind::waiting_left:
      return waiting_answer(outcome.reservation, &outcome);
    case Kind::done:
      return engine::Done{outcome.version, true};
  }
  engine::assertion_failed("an outcome of no kind", __FILE__, __LINE__);
}

engine::Answer Reads::answer_of(const engine::GetOffering& query, std::uint16_t shard_count) {
  auto view = value_or_fail(
      reader_.offering_view(cluster::shard_of(query.id.view(), shard_count), query.id));
  if (!view || view->status == engine::OfferingStatus::absent
      || view->status == engine::OfferingStatus::deleted
      || engine::kind_of(*view->definition) != query.kind) {
    return engine::Refusal(engine::Rejection::offering_not_found);
  }
  return std::move(*view);
}

engine::Answer Reads::answer_of(const engine::ListOfferings& query, std::uint16_t) {
  return value_or_fail(reader_.offerings(query));
}

engine::Answer Reads::answer_of(const engine::GetSeats&, std::uint16_t) {
  engine::assertion_failed("seats are read from their actor", __FILE__, __LINE__);
}

engine::Answer Reads::answer_of(const engine::GetReservation& query, std::uint16_t shard_count) {
  if (query.id.shard().value >= shard_count) {
    return engine::Refusal(engine::Rejection::reservation_not_found);
  }
  auto view = view_of(query.id);
  if (!view) return engine::Refusal(engine::Rejection::reservation_not_found);
  const auto& owner = view->saga != nullptr ? view->saga->saga.user : view->reservation.user;
  if (!query.viewer.empty() && owner != query.viewer) {
    return engine::Refusal(engine::Rejection::reservation_not_found);
  }
  return std::move(*view);
}

engine::Answer Reads::answer_of(const engine::ListReservations& query, std::uint16_t) {
  auto page = value_or_fail(reader_.reservations(query));
  for (auto& view : page.reservations) {
    if (view.saga == nullptr) continue;
    auto carried = *view.saga;
    add_definitions(carried);
    view.saga = std::make_shared<const engine::SagaView>(std::move(carried));
  }
  return page;
}

engine::Answer Reads::answer_of(const engine::GetVenue& query, std::uint16_t shard_count) {
  auto venue =
      value_or_fail(reader_.venue(cluster::shard_of(query.id.view(), shard_count), query.id));
  if (!venue.exists()) return engine::Refusal(engine::Rejection::venue_not_found);
  return engine::VenueView{std::move(venue)};
}

engine::Answer Reads::answer_of(const engine::ListVenues& query, std::uint16_t) {
  return value_or_fail(reader_.venues(query));
}

engine::Answer Reads::answer_of(const engine::GetCheckIns& query, std::uint16_t shard_count) {
  const auto shard = cluster::shard_of(query.offering.view(), shard_count);
  const auto found = answer_of(engine::GetOffering{query.kind, query.offering}, shard_count);
  if (std::holds_alternative<engine::Refusal>(found)) return found;
  const auto stored = value_or_fail(reader_.record(
      shard,
      persistence::RecordKind::check_ins,
      persistence::record_keys::check_ins(query.offering)));
  engine::CheckInsView view;
  if (stored) view.check_ins = value_or_fail(persistence::decode_check_ins(*stored));
  return view;
}

engine::Answer Reads::answer_of(const engine::GetProgress&, std::uint16_t) {
  engine::assertion_failed("progress is counted in pieces", __FILE__, __LINE__);
}

engine::Answer Reads::answer_of(const engine::ListChanges&, std::uint16_t) {
  engine::assertion_failed("changes are read by ChangeReads", __FILE__, __LINE__);
}

engine::Answer Reads::answer_of(const engine::GetReconciliation&, std::uint16_t) {
  engine::assertion_failed("reconciliation is answered by the node", __FILE__, __LINE__);
}

engine::Answer Reads::answer_of(const engine::StartReconciliation&, std::uint16_t) {
  engine::assertion_failed("reconciliation is answered by the node", __FILE__, __LINE__);
}

}  // namespace cavea::actors
