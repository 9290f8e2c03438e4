#include "actors/shard_actor.hpp"

#include "actors/fatal.hpp"
#include "actors/limits.hpp"
#include "actors/replica_actor.hpp"

#include <random>
#include <utility>

namespace cavea::actors {

namespace {

std::mt19937_64 seeded() {
  std::random_device device;
  std::seed_seq seeds{
      device(), device(), device(), device(), device(), device(), device(), device()};
  return std::mt19937_64(seeds);
}

}  // namespace

ShardState::ShardState(
    caf::event_based_actor* self, ShardParts parts, std::shared_ptr<ShardLog> log)
    : self_(self),
      parts_(std::move(parts)),
      log_(std::move(log)),
      keeper_(self, parts_, *log_),
      members_(parts_.log.server, parts_.members, parts_.log.peers),
      offerings_(
          self,
          *parts_.probe,
          limits::offerings_loaded_max / parts_.shard_count,
          [this, me = caf::actor_cast<caf::actor>(self)](const engine::OfferingId& id) {
            const auto shard = parts_.id;
            auto* reads = parts_.reads;
            reads->run_for_command([reads, me, shard, id](const auto& reader) {
              auto offering = std::make_shared<engine::Offering>(
                  reads->value_or_fail(reader.offering(shard, id)));
              offering->id = id;
              caf::anon_send(me, std::move(offering));
            });
          },
          parts_.before_decision),
      sagas_(
          self, parts_.sagas, parts_.waiting, [this](engine::ReservationId id) { load_saga(id); }),
      records_([this](persistence::RecordKind kind, std::string_view key) {
        return value_or_fail(parts_.reader->record(parts_.id, kind, key));
      }),
      random_(seeded()) {}

ShardState::~ShardState() {
  offerings_.stop_all();
  sagas_.stop_all();
}

void ShardState::on_open() {
  log_->begin_turns();
  key_buckets_ = value_or_fail(parts_.reader->shard_record(parts_.id));
  parts_.feed->on_readable(parts_.id, key_buckets_.applied);
  for (auto& deadline : value_or_fail(parts_.reader->deadlines(parts_.id))) {
    add_deadline(std::move(deadline));
  }
  for (auto& saga : value_or_fail(parts_.reader->open_sagas(parts_.id))) {
    sagas_.go_on(std::move(saga));
  }
  const auto totals = value_or_fail(parts_.reader->place_totals(parts_.id));
  parts_.probe->places_free.add(totals.free);
  parts_.probe->places_held.add(totals.held);
  parts_.probe->places_sold.add(totals.sold);
  parts_.probe->places_blocked.add(totals.blocked);
  places_shown_ = totals;
  // What the last run left of the log need not stay in memory.
  if (auto error = log_->cut()) parts_.on_failure(*error);
  parts_.on_leads();
  on_inbox();
  on_tick();
}

std::shared_ptr<ShardLog> ShardState::give_up() {
  for (auto& [offering, subscribers] : offerings_.stop_all()) {
    for (auto* sink : subscribers) {
      parts_.probe->feeds.add(-1);
      outbox_.publish(sink, offering, engine::Refusal(engine::Rejection::outcome_unknown));
    }
  }
  sagas_.stop_all();
  outbox_.send();
  parts_.probe->places_free.add(-static_cast<std::int64_t>(places_shown_.free));
  parts_.probe->places_held.add(-static_cast<std::int64_t>(places_shown_.held));
  parts_.probe->places_sold.add(-static_cast<std::int64_t>(places_shown_.sold));
  parts_.probe->places_blocked.add(-static_cast<std::int64_t>(places_shown_.blocked));
  parts_.probe->holds_open.add(-static_cast<std::int64_t>(deadlines_.holds()));
  parts_.probe->commands_waiting.add(-waiting_shown_);
  return log_;
}

void ShardState::on_peer(const cluster::Message& message) {
  if (auto error = log_->receive(message)) {
    parts_.on_failure(
        {persistence::StoreError::Kind::corrupt,
         "the log of shard " + std::to_string(parts_.id.value) + " is damaged: " + *error});
  }
  release_committed();
  flush();
  end_message();
}

// ---- The front door -----------------------------------------------------------------------------

void ShardState::on_inbox() {
  for (auto& work : parts_.inbox->take_all()) arrived_.push_back(std::move(work));
  for (std::size_t i = 0; i < limits::works_per_message_max && !arrived_.empty(); ++i) {
    auto work = std::move(arrived_.front());
    arrived_.pop_front();
    on_work(std::move(work));
  }
  if (!arrived_.empty()) self_->send(self_, inbox_atom::value);
  end_message();
}

void ShardState::on_work(WorkPtr work) {
  work->at = now();
  if (!leads()) {
    refuse(std::move(work), engine::Rejection::not_ready);
    return;
  }
  auto& item = work->item;
  std::visit([&](auto& what) { on_item(std::move(work), what); }, item);
}

void ShardState::on_item(WorkPtr work, engine::CommandRequest& request) {
  parts_.probe->commands.add();
  if (is_answered_by_key(work)) return;
  if (work->home && *work->home != parts_.id) {
    parts_.send_home(std::move(work));
    return;
  }
  begin_key(work);
  auto& what = request.what;
  std::visit([&](auto& to) { on_request(std::move(work), to); }, what);
}

void ShardState::on_item(WorkPtr work, const InternalRequest& request) {
  dispatch(request.offering, std::move(work));
}

/// Sagas hand over what they heard themselves (`on_saga_decided`).
void ShardState::on_item(WorkPtr /*work*/, const SagaHeard& /*heard*/) {}

void ShardState::on_item(WorkPtr work, const engine::GetSeats& query) {
  dispatch(query.id, std::move(work));
}

void ShardState::on_item(WorkPtr work, const engine::Subscribe& what) {
  dispatch(what.offering, std::move(work));
}

void ShardState::on_item(WorkPtr work, const engine::Unsubscribe& what) {
  // An offering that is not loaded has no subscribers.
  if (offerings_.find(what.offering) == nullptr) return;
  dispatch(what.offering, std::move(work));
}

bool ShardState::is_answered_by_key(const WorkPtr& work) {
  const auto* key = work->idempotency_key();
  if (key == nullptr) return false;
  if (const auto* entry = keys_.find(*key)) {
    return is_answered_by_entry(
        work, entry->fingerprint, entry->outcome ? &*entry->outcome : nullptr);
  }
  if (const auto* refusal = keys_.find_refusal(*key)) {
    work->outcome = engine::Answer(*refusal);
    if (auto released = queue_.add(work)) release(*released);
    return true;
  }
  if (is_surely_new(*work)) return false;
  const auto record =
      value_or_fail(parts_.reader->idempotency(parts_.id, key_buckets_, key->caller, key->key));
  if (!record) return false;
  return is_answered_by_entry(work, record->key.fingerprint, &record->outcome);
}

/// Whether the store need not be asked for the key. Another request may have come with it since it
/// was new, and overtaken this one; what that came to is still in `keys_` then.
bool ShardState::is_surely_new(const Work& work) {
  constexpr std::uint64_t overtaken_us = KeyTable::committed_kept_ms * 1'000 / 2;
  return work.key_new_at_us != 0 && steady_us() - work.key_new_at_us < overtaken_us;
}

void ShardState::begin_key(const WorkPtr& work) {
  const auto* key = work->idempotency_key();
  if (key == nullptr) return;
  std::uint64_t owner = 0;
  const auto& what = std::get<engine::CommandRequest>(work->item).what;
  if (const auto* request = std::get_if<engine::OfferingRequest>(&what)) {
    owner = engine::stable_hash(request->offering.view());
  }
  keys_.begin(*key, owner);
}

bool ShardState::is_answered_by_entry(
    const WorkPtr& work,
    const engine::Fingerprint& fingerprint,
    const persistence::Outcome* outcome) {
  if (fingerprint != work->idempotency_key()->fingerprint) {
    refuse(work, engine::Rejection::idempotency_key_reused);
    return true;
  }
  if (outcome == nullptr) {
    refuse(work, engine::Rejection::idempotency_key_running);
    return true;
  }
  parts_.probe->claims_replayed.add();
  const auto& command = std::get<engine::CommandRequest>(work->item);
  parts_.reads->answer_replay(replay_of(command, *outcome), parts_.shard_count, work->back);
  work->mark_answered();
  return true;
}

void ShardState::dispatch(const engine::OfferingId& id, WorkPtr work) {
  const bool is_internal = std::holds_alternative<InternalRequest>(work->item);
  if (!is_internal && !offerings_.has_room_for(id)) {
    work->outcome = engine::Answer(engine::Refusal(engine::Rejection::overloaded));
    gather(std::move(work));
    return;
  }
  offerings_.dispatch(id, std::move(work), steady_ms(), log_->settled_turn());
}

void ShardState::on_loaded(OfferingPtr offering) {
  for (auto& work : offerings_.on_loaded(std::move(offering))) {
    work->outcome = engine::Answer(engine::Refusal(engine::Rejection::offering_not_found));
    gather(std::move(work));
  }
  end_message();
}

void ShardState::on_rested(OfferingPtr offering) {
  offerings_.on_rested(std::move(offering), self_->current_sender());
  end_message();
}

void ShardState::on_located(Located located) {
  auto& work = located.work;
  const auto& offering = located.offering;
  if (located.saga) {
    hand_to_saga(std::move(work), *located.saga);
  } else if (!offering.empty()) {
    if (const auto* key = work->idempotency_key()) {
      keys_.own(*key, engine::stable_hash(offering.view()));
    }
    dispatch(offering, std::move(work));
  } else {
    const auto& request =
        std::get<engine::ReservationRequest>(std::get<engine::CommandRequest>(work->item).what);
    const bool is_waiting = std::holds_alternative<engine::LeaveWaitingList>(request.command);
    work->outcome = engine::Answer(engine::Refusal(
        is_waiting ? engine::Rejection::waiting_not_found
                   : engine::Rejection::reservation_not_found));
    gather(std::move(work));
  }
  end_message();
}

caf::behavior shard_actor(
    caf::stateful_actor<std::unique_ptr<ShardState>>* self,
    std::shared_ptr<const ShardParts> parts,
    std::shared_ptr<ShardLog> log) {
  self->state = std::make_unique<ShardState>(self, *parts, std::move(log));
  self->set_exception_handler(
      ends_node("shard " + std::to_string(parts->id.value), parts->on_failure));
  self->set_down_handler([self](const caf::down_msg& message) { self->state->on_down(message); });
  return {
      [self](inbox_atom) { self->state->on_inbox(); },
      [self](Decided& decided) {
        self->state->on_decided(std::move(decided.works), decided.offering);
      },
      [self](flush_atom) { self->state->on_flush(); },
      [self](persisted_atom, std::uint64_t number) { self->state->on_persisted(number); },
      [self](settled_atom, std::uint64_t number) { self->state->on_settled(number); },
      [self](const PeerMessage& message) { self->state->on_peer(message.message); },
      [self, kept = parts](follow_atom) {
        const auto parts = kept;  // Outlives this behaviour.
        auto given_up = self->state->give_up();
        self->state.reset();
        self->set_down_handler([](const caf::down_msg&) {});
        self->set_default_handler(caf::drop);
        self->become(hands_on(parts->holder));
        parts->follow(std::move(given_up));
      },
      [self](const KeptSince& kept) { self->state->on_kept_since(kept); },
      [self](OfferingPtr& offering) { self->state->on_loaded(std::move(offering)); },
      [self](Rested& rested) { self->state->on_rested(std::move(rested.offering)); },
      [self](Located& located) { self->state->on_located(std::move(located)); },
      [self](SagaDecided& decided) {
        self->state->on_saga_decided(std::move(decided.works), decided.saga);
      },
      [self](SagaFound& found) { self->state->on_saga_found(std::move(found)); },
      [self](DiaryAnswered& answered) { self->state->on_diary_answered(std::move(answered)); },
      [self](OfferLookedAt& looked) { self->state->on_offer_looked_at(std::move(looked)); },
      [self](ExchangeRead& read) { self->state->on_exchange_read(std::move(read)); },
      [self](const SagaEnds& ends) { self->state->on_saga_ends(ends.saga); },
      [self](CarriedFound& found) { self->state->on_carried_found(std::move(found)); },
      [self](const SagaAgain& again) { self->state->on_saga_again(again.saga); },
      [self](tick_atom) { self->state->on_tick(); },
      [self](open_atom) { self->state->on_open(); }};
}

}  // namespace cavea::actors
