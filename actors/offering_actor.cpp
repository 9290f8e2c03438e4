#include "actors/offering_actor.hpp"

#include "actors/outcome.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

namespace cavea::actors {

namespace {

/// A delta that gathers what the events of one command change, while they are applied.
class DeltaWriter {
 public:
  explicit DeltaWriter(const engine::Offering& offering) : offering_(offering) {
    delta_.offering = offering.id;
    delta_.previous = offering.version;
  }

  void before(const engine::OfferingEvent& event) {
    touched_ = places_touched_by(event, offering_);
    delta_.definition_changed |= std::holds_alternative<engine::OfferingChanged>(event);
  }

  void after() {
    for (const auto place : touched_) {
      delta_.changes.push_back({place, offering_.places.state(place)});
    }
  }

  [[nodiscard]] std::shared_ptr<const engine::SeatDelta> finish() {
    delta_.version = offering_.version;
    return std::make_shared<const engine::SeatDelta>(std::move(delta_));
  }

 private:
  const engine::Offering& offering_;
  engine::SeatDelta delta_;
  std::vector<engine::Place> touched_;
};

/// People change reservations by their id alone; who names the offering, too, is a saga.
bool is_step_of_saga(const Work& work) {
  const auto* request = std::get_if<engine::CommandRequest>(&work.item);
  return request != nullptr && std::holds_alternative<engine::OfferingRequest>(request->what);
}

}  // namespace

OfferingState::OfferingState(caf::event_based_actor* self, caf::actor shard, OfferingBirth birth)
    : self_(self),
      shard_(std::move(shard)),
      before_decision_(std::move(birth.before_decision)),
      state_(std::move(birth.offering)),
      offering_(*state_) {}

void OfferingState::on_works(std::vector<WorkPtr> works) {
  for (const auto& work : works) {
    std::visit([&](const auto& item) { on_item(*work, item); }, work->item);
  }
  self_->send(shard_, Decided{std::move(works), offering_.id});
}

void OfferingState::on_rest() {
  self_->send(shard_, Rested{std::move(state_)});
  self_->quit();
}

void OfferingState::on_item(Work& work, const engine::CommandRequest& request) {
  if (const auto* to_offering = std::get_if<engine::OfferingRequest>(&request.what)) {
    carry_out(work, to_offering->command);
    return;
  }
  const auto* to_reservation = std::get_if<engine::ReservationRequest>(&request.what);
  CAVEA_ASSERT(to_reservation != nullptr);
  carry_out(work, to_reservation->command);
  say_that_it_has_ended(work);
}

/// The engine forgets reservations that have ended. This one has a record that its caller may see,
/// or it would not have come here: so it was there once.
void OfferingState::say_that_it_has_ended(Work& work) const {
  const auto* answer = std::get_if<engine::Answer>(&work.outcome);
  const auto* refusal = answer != nullptr ? std::get_if<engine::Refusal>(answer) : nullptr;
  if (refusal != nullptr && refusal->reason == engine::Rejection::reservation_not_found) {
    refuse(work, engine::Rejection::reservation_has_ended);
  }
}

void OfferingState::on_item(Work& work, const InternalRequest& request) {
  carry_out(work, request.command);
}

/// Sagas hear for themselves.
void OfferingState::on_item(Work& /*work*/, const SagaHeard&) {
  CAVEA_ASSERT(false);
}

void OfferingState::on_item(Work& /*work*/, const KeepRecords&) {
  CAVEA_ASSERT(false);
}

void OfferingState::on_item(Work& work, const engine::GetSeats&) {
  if (!shows_seats()) {
    refuse(work, engine::Rejection::offering_not_found);
    return;
  }
  work.outcome = engine::Answer(seats_view());
}

void OfferingState::on_item(Work& work, const engine::Subscribe&) {
  if (!shows_seats()) {
    refuse(work, engine::Rejection::offering_not_found);
    return;
  }
  ++subscribers_;
  work.view = std::make_shared<const engine::SeatsView>(seats_view());
}

void OfferingState::on_item(Work&, const engine::Unsubscribe&) {
  if (subscribers_ > 0) --subscribers_;
}

void OfferingState::carry_out(Work& work, const engine::OfferingCommand& command) {
  if (before_decision_) before_decision_(offering_.id);
  auto decision = engine::decide(offering_, command, work.at);
  if (auto* refusal = std::get_if<engine::Refusal>(&decision)) {
    refuse(work, std::move(*refusal));
    return;
  }
  if (auto* ask = std::get_if<engine::AskDiary>(&decision)) {
    work.outcome = std::move(*ask);
    return;
  }
  if (const auto* replayed = std::get_if<engine::Replayed>(&decision)) {
    work.outcome = ReadReservation{replayed->reservation, true, is_step_of_saga(work)};
    return;
  }
  auto& events = std::get<engine::OfferingEvents>(decision);
  if (!events.empty()) accept(work, std::move(events));
}

void OfferingState::accept(Work& work, engine::OfferingEvents events) {
  work.counts_before = offering_.places.counts();
  std::optional<DeltaWriter> delta;
  if (subscribers_ > 0) delta.emplace(offering_);
  const auto apply_all = [&](const engine::OfferingEvents& all) {
    for (const auto& event : all) {
      if (delta) delta->before(event);
      engine::apply(offering_, event);
      if (delta) delta->after();
    }
  };
  auto offers = engine::offers_to_accept(offering_, events);
  apply_all(events);
  const auto outcome = outcome_of(events, offering_);
  conclude(work, events, outcome);

  // Before anybody else is asked, those who wait get what came free.
  if (offering_.waiting) {
    auto follows = engine::decide_waiting(offering_, events, work.at);
    const auto more = engine::offers_to_accept(offering_, follows);
    offers.insert(offers.end(), more.begin(), more.end());
    apply_all(follows);
    std::move(follows.begin(), follows.end(), std::back_inserter(events));
    work.wakes = engine::waiting_times(*offering_.definition);
  }
  work.to_accept = std::move(offers);
  if (delta) work.delta = delta->finish();

  persistence::OfferingChange change;
  change.offering = offering_.id;
  change.at = work.at;
  change.version = offering_.version;
  change.revision = offering_.revision;
  change.counts = offering_.places.counts();
  if (const auto* key = work.idempotency_key()) {
    change.idempotency = persistence::IdempotencyRecord{*key, outcome};
  }
  change.events = std::move(events);
  work.change = std::move(change);
}

/// What the work is answered with, once the events of its command are applied.
void OfferingState::conclude(
    Work& work, const engine::OfferingEvents& events, const persistence::Outcome& outcome) const {
  using Kind = persistence::Outcome::Kind;
  switch (outcome.kind) {
    case Kind::reservation: {
      auto record = reservation_made_by(events.back(), offering_, work.at);
      CAVEA_ASSERT(record.has_value());
      work.outcome =
          engine::Answer(engine::ReservationView{std::move(*record), offering_.definition, false});
      break;
    }
    case Kind::reservation_changed:
      if (is_step_of_saga(work)) {
        if (auto standing = standing_after(events.back(), offering_)) {
          work.outcome = engine::Answer(*std::move(standing));
          break;
        }
      }
      work.outcome = ReadReservation{outcome.reservation, false, is_step_of_saga(work)};
      break;
    case Kind::offering:
      work.outcome = engine::Answer(offering_view());
      break;
    case Kind::waiting_joined:
    case Kind::waiting_left:
      work.outcome = ReadWaiting{outcome.reservation};
      break;
    case Kind::venue:
    case Kind::done:
      work.outcome = engine::Answer(engine::Done{offering_.version, false});
      break;
  }
}

void OfferingState::refuse(Work& work, engine::Refusal refusal) const {
  if (refusal.definition == nullptr) refusal.definition = offering_.definition;
  work.outcome = engine::Answer(std::move(refusal));
}

bool OfferingState::shows_seats() const {
  return offering_.exists() && offering_.definition->performance() != nullptr;
}

engine::SeatsView OfferingState::seats_view() const {
  engine::SeatsView view;
  view.offering = offering_.id;
  view.version = offering_.version;
  view.definition = offering_.definition;
  view.states.reserve(offering_.places.size());
  for (std::uint32_t i = 0; i < offering_.places.size(); ++i) {
    view.states.push_back(offering_.places.state({i}));
  }
  return view;
}

engine::OfferingView OfferingState::offering_view() const {
  return {
      .id = offering_.id,
      .status = offering_.status,
      .revision = offering_.revision,
      .version = offering_.version,
      .definition = offering_.definition,
      .counts = offering_.places.counts(),
      .cancel_reason = offering_.cancel_reason};
}

caf::behavior offering_actor(
    caf::stateful_actor<std::unique_ptr<OfferingState>>* self,
    caf::actor shard,
    std::shared_ptr<OfferingBirth> birth) {
  self->state = std::make_unique<OfferingState>(self, std::move(shard), std::move(*birth));
  self->set_exception_handler([self](std::exception_ptr& thrown) -> caf::error {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
      spdlog::error("offering_died offering={} reason=\"{}\"", self->state->id().view(), e.what());
    }
    return caf::sec::runtime_error;
  });
  return {
      [self](Works& works) { self->state->on_works(std::move(works.works)); },
      [self](rest_atom) { self->state->on_rest(); }};
}

}  // namespace cavea::actors
