#include "actors/saga_actor.hpp"

#include "actors/limits.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace cavea::actors {

namespace {

using engine::MoneyState;
using engine::Rejection;

/// Answers that do not say what happened: the step is taken again.
bool is_unclear(const engine::Answer& answer) {
  const auto* refusal = std::get_if<engine::Refusal>(&answer);
  return refusal != nullptr && engine::is_worth_retrying(refusal->reason);
}

persistence::Outcome outcome_of(const engine::Saga& saga, const engine::SagaRequest& request) {
  using Kind = persistence::Outcome::Kind;
  persistence::Outcome outcome;
  const bool is_new = std::holds_alternative<engine::BeginReservation>(request.command);
  outcome.kind = is_new ? Kind::reservation : Kind::reservation_changed;
  outcome.reservation = saga.id;
  outcome.version = {saga.version};
  // Told from the saga itself; this only keeps the record's form.
  outcome.status = engine::ReservationStatus::held;
  return outcome;
}

}  // namespace

SagaState::SagaState(caf::event_based_actor* self, caf::actor shard, SagaBirth birth)
    : self_(self),
      shard_(std::move(shard)),
      parts_(std::move(birth.parts)),
      saga_(std::move(birth.saga)),
      to_take_over_(std::move(birth.to_take_over)),
      waiting_(birth.waiting),
      committed_(saga_.version) {
  parts_.probe->sagas_open.add(1);
  for (const auto& step : engine::steps_of(saga_)) {
    const auto* ask = std::get_if<engine::AskPayment>(&step.work);
    const bool is_refund =
        ask != nullptr && std::holds_alternative<engine::RefundPayment>(ask->request);
    if (is_refund) refunds_of_before_.insert(step.key);
  }
}

// ---- What comes in ------------------------------------------------------------------------------

void SagaState::on_works(std::vector<WorkPtr> works) {
  for (const auto& work : works) {
    const auto& request = std::get<engine::CommandRequest>(work->item);
    on_request(work, std::get<engine::SagaRequest>(request.what));
  }
  hand_over(std::move(works));
  answer_waiters();
}

void SagaState::on_request(const WorkPtr& work, const engine::SagaRequest& request) {
  const auto refuse = [&](Rejection reason) {
    work->outcome = engine::Answer(engine::Refusal(reason));
  };
  const auto& owner = to_take_over_ ? to_take_over_->reservation.user : saga_.user;
  const bool is_new = std::holds_alternative<engine::BeginReservation>(request.command);
  if (!is_new && !request.viewer.empty() && request.viewer != owner) {
    return refuse(Rejection::reservation_not_found);
  }
  const bool pays = std::holds_alternative<engine::StartPayment>(request.command);
  if (pays && parts_.payments == nullptr) return refuse(Rejection::payment_not_offered);

  const auto input =
      std::visit([](const auto& command) { return engine::SagaInput(command); }, request.command);
  auto decision = decide(input, work->at);
  if (auto* refusal = std::get_if<engine::Refusal>(&decision)) {
    work->outcome = engine::Answer(std::move(*refusal));
    return;
  }
  Waiter waiter;
  waiter.back = work->back;
  waiter.version = saga_.version;
  if (is_new) waiter.what = Waiter::For::places;
  if (pays) waiter.what = Waiter::For::payment;
  if (std::holds_alternative<engine::BeginExchange>(request.command)) {
    waiter.what = Waiter::For::exchange;
  }
  if (std::holds_alternative<engine::PaymentAnswered>(request.command)) {
    waiter.what = Waiter::For::heard;
  }
  if (const auto* cancel = std::get_if<engine::CancelPlaces>(&request.command)) {
    if (cancel->part) {
      waiter.what = Waiter::For::given_back;
      waiter.leg = cancel->part->leg;
    }
  }
  if (auto* next = std::get_if<engine::Saga>(&decision)) {
    waiter.version = next->version;
    if (const auto* key = work->idempotency_key()) {
      persistence::SagaChange change;
      change.idempotency = persistence::IdempotencyRecord{*key, outcome_of(*next, request)};
      work->change = std::move(change);
    }
    accept(work, std::move(*next));
  }
  if (waiter.back.sink != nullptr) waiters_.push_back(waiter);
  work->mark_answered();
}

/// The hold that is taken over and what is wanted of it are one change.
engine::SagaDecision SagaState::decide(const engine::SagaInput& input, engine::Timestamp at) {
  if (!saga_.legs.empty() || !to_take_over_) return engine::decide(saga_, input, at);
  const bool is_for_exchange = std::holds_alternative<engine::BeginExchange>(input);
  auto begun = engine::decide(saga_, engine::TakeOver{*to_take_over_, is_for_exchange}, at);
  auto* saga = std::get_if<engine::Saga>(&begun);
  if (saga == nullptr) return begun;
  auto decision = engine::decide(*saga, input, at);
  if (std::holds_alternative<std::monostate>(decision)) return begun;
  return decision;
}

/// An input that nobody waits for.
void SagaState::hear(engine::SagaInput input) {
  const auto at = now();
  auto decision = engine::decide(saga_, input, at);
  auto* next = std::get_if<engine::Saga>(&decision);
  if (next == nullptr) return;
  auto work = caf::make_counted<Work>(SagaHeard{saga_.id}, engine::ReturnAddress{}, *waiting_);
  work->at = at;
  accept(work, std::move(*next));
  hand_over({std::move(work)});
}

void SagaState::accept(const WorkPtr& work, engine::Saga next) {
  if (!work->change) work->change = persistence::SagaChange{};
  auto& change = std::get<persistence::SagaChange>(*work->change);
  change.events = engine::events_between(saga_, next);
  saga_ = std::move(next);
  to_take_over_.reset();
  change.at = work->at;
  change.saga = saga_;
}

void SagaState::hand_over(std::vector<WorkPtr> works) {
  self_->send(shard_, SagaDecided{std::move(works), saga_.id});
}

void SagaState::on_committed(std::uint64_t version) {
  committed_ = std::max(committed_, version);
  if (committed_ == saga_.version) take_steps();
  answer_waiters();
  set_alarm();
  end_when_finished();
}

void SagaState::on_step_answered(StepAnswered answered) {
  if (is_unclear(answered.answer)) return retry_later(answered.key);
  under_way_.erase(answered.key);
  retries_ = 0;
  engine::LegAnswered input;
  input.leg = answered.leg;
  input.key = answered.key;
  if (auto* refusal = std::get_if<engine::Refusal>(&answered.answer)) {
    note_refusal(answered.leg, refusal->reason);
    input.answer = refusal->reason;
    refusals_.insert_or_assign(answered.leg, std::move(*refusal));
  } else if (auto* view = std::get_if<engine::ReservationView>(&answered.answer)) {
    if (view->definition != nullptr) {
      claimed_from_.insert_or_assign(answered.leg, view->definition);
    }
    input.answer = actors::leg_view_of(std::move(*view));
  } else if (const auto* standing = std::get_if<engine::LegStanding>(&answered.answer)) {
    auto view_of_leg = leg_view_of(answered.leg, *standing);
    if (!view_of_leg) {
      under_way_.insert(answered.key);
      auto back =
          parts_.answers->expect(caf::actor_cast<caf::actor>(self_), answered.key, answered.leg);
      return parts_.reads->answer_reservation(standing->reservation, false, back, true);
    }
    input.answer = *std::move(view_of_leg);
  } else {
    return;
  }
  hear(std::move(input));
}

/// What a leg that it has the places of looks like; nothing when they are not those that it knows.
std::optional<engine::LegView> SagaState::leg_view_of(
    std::uint32_t leg, const engine::LegStanding& standing) const {
  if (leg >= saga_.legs.size()) return std::nullopt;
  const auto& known = saga_.legs[leg];
  const bool has_places =
      known.state == engine::LegState::held || known.state == engine::LegState::sold;
  if (!has_places || known.reservation != standing.reservation) return std::nullopt;
  std::vector<engine::Place> places;
  for (const auto& line : known.lines) {
    if (!line.given_back) places.push_back(line.place);
  }
  if (!std::is_permutation(
          places.begin(), places.end(), standing.places.begin(), standing.places.end())) {
    return std::nullopt;
  }
  engine::LegView view;
  view.reservation.id = standing.reservation;
  view.reservation.offering = known.offering;
  view.reservation.status = standing.status;
  view.reservation.version = standing.version;
  view.reservation.currency = saga_.currency;
  view.reservation.lines = known.lines;
  view.starts_at = known.starts_at;
  view.hold_time = saga_.hold_time;
  view.cancellation_cutoff = known.cancellation_cutoff;
  view.refund_policy = known.refund_policy;
  return view;
}

void SagaState::on_wake() {
  alarm_.reset();
  hear(engine::DeadlineCame{});
  set_alarm();
}

void SagaState::on_retry() {
  is_retry_sent_ = false;
  for (const auto& key : to_retry_) under_way_.erase(key);
  to_retry_.clear();
  if (committed_ == saga_.version) take_steps();
  end_when_finished();
}

// ---- What follows -------------------------------------------------------------------------------

void SagaState::take_steps() {
  for (const auto& step : engine::steps_of(saga_)) {
    if (under_way_.insert(step.key).second) take_step(step);
  }
}

void SagaState::take_step(const engine::SagaStep& step) {
  parts_.probe->saga_steps.add();
  if (const auto* ask = std::get_if<engine::AskPayment>(&step.work)) {
    return ask_provider(step, ask->request);
  }
  if (auto asked = engine::leg_step_of(saga_, step.work)) ask_offering(step, std::move(*asked));
}

void SagaState::ask_offering(const engine::SagaStep& step, engine::LegStep asked) {
  engine::CommandRequest request;
  request.what = engine::OfferingRequest{asked.offering, std::move(asked.command)};
  if (asked.once) request.idempotency = engine::IdempotencyKey{"saga", step.key, {}};
  auto back = parts_.answers->expect(caf::actor_cast<caf::actor>(self_), step.key, asked.leg);
  parts_.bus->submit(std::move(request), back);
}

void SagaState::set_alarm() {
  const auto at = engine::wake_at(saga_);
  if (!at || (alarm_ && *alarm_ <= *at)) return;
  alarm_ = at;
  const auto in = std::max<std::int64_t>(0, (*at - now()).ms);
  self_->delayed_send(self_, std::chrono::milliseconds(in + 1), wake_atom::value);
}

/// Twice as long each time, up to half a minute.
void SagaState::retry_later(const std::string& key) {
  to_retry_.insert(key);
  if (std::exchange(is_retry_sent_, true)) return;
  parts_.probe->saga_retries.add();
  const auto wait =
      std::min(limits::saga_retry_ms << std::min(retries_, 9U), limits::saga_retry_max_ms);
  ++retries_;
  self_->delayed_send(self_, std::chrono::milliseconds(wait), retry_atom::value);
}

void SagaState::end_when_finished() {
  const bool is_idle = committed_ == saga_.version && under_way_.empty() && waiters_.empty();
  const bool is_nothing = saga_.legs.empty();
  if (!is_idle || !(is_nothing || engine::is_finished(saga_))) return;
  self_->send(shard_, SagaEnds{saga_.id});
}

caf::behavior saga_actor(
    caf::stateful_actor<std::unique_ptr<SagaState>>* self,
    caf::actor shard,
    std::shared_ptr<SagaBirth> birth) {
  self->state = std::make_unique<SagaState>(self, std::move(shard), std::move(*birth));
  self->set_exception_handler([](std::exception_ptr& thrown) -> caf::error {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
      spdlog::error("saga_died reason=\"{}\"", e.what());
    }
    return caf::sec::runtime_error;
  });
  return {
      [self](Works& works) { self->state->on_works(std::move(works.works)); },
      [self](committed_atom, std::uint64_t version) { self->state->on_committed(version); },
      [self](StepAnswered& answered) { self->state->on_step_answered(std::move(answered)); },
      [self](const std::string& key, engine::PaymentAnswer& answer) {
        self->state->on_money_answered(key, std::move(answer));
      },
      [self](SagaState::Looked& looked) { self->state->on_looked(std::move(looked)); },
      [self](wake_atom) { self->state->on_wake(); },
      [self](retry_atom) { self->state->on_retry(); }};
}

}  // namespace cavea::actors
