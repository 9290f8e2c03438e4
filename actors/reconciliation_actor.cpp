#include "actors/reconciliation_actor.hpp"

#include "actors/limits.hpp"
#include "actors/messages.hpp"
#include "persistence/reconciliation_codec.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

namespace cavea::actors {

namespace {

using engine::Payment;
using engine::PaymentFailure;
using engine::Saga;
using kept_atom = caf::atom_constant<caf::atom("kept")>;

/// What the walk over the sagas looks for.
struct Wanted {
  engine::Timestamp from;        ///< Sagas that changed since.
  engine::Timestamp rest_since;  ///< And not since then.
  std::shared_ptr<const std::vector<std::uint64_t>> listed;
};

/// A payment of a saga that the provider did not list, though it may say otherwise than we do: made
/// long before, or not known there.
bool is_to_be_looked_up(
    const Saga& saga, const engine::SagaPayment& payment, const Wanted& wanted) {
  if (!engine::is_comparable(payment) || payment.state == engine::MoneyState::closed) return false;
  const bool is_waiting =
      payment.state == engine::MoneyState::open || payment.refunded < payment.refund_due;
  if (!is_waiting && saga.changed_at < wanted.from) return false;
  const auto hash = engine::stable_hash(payment.id.value);
  return !std::binary_search(wanted.listed->begin(), wanted.listed->end(), hash);
}

/// Nothing: only when somebody asks for it.
std::optional<engine::Timestamp> next_run_after(
    const std::optional<engine::ReconciliationReport>& last, const ReconciliationParts& parts) {
  if (parts.every.ms == 0) return std::nullopt;
  if (!last) return engine::Timestamp{parts.clock_ms()};
  if (last->error.empty()) return last->started_at + parts.every;
  const auto soon = std::min(parts.every.ms, limits::reconciliation_pause_ms);
  return last->finished_at + engine::Duration{soon};
}

}  // namespace

engine::ReconciliationView view_at_start(const ReconciliationParts& parts) {
  engine::ReconciliationView view;
  view.last = parts.last;
  view.next_at = next_run_after(parts.last, parts);
  const auto first = parts.clock_ms() + limits::reconciliation_first_ms;
  if (view.next_at) view.next_at = std::max(*view.next_at, engine::Timestamp{first});
  return view;
}

ReconciliationState::ReconciliationState(
    caf::event_based_actor* self, std::shared_ptr<const ReconciliationParts> parts)
    : self_(self), parts_(std::move(parts)), last_(parts_->last) {
  next_at_ = parts_->board->view().next_at;
  if (!last_ || !last_->error.empty()) return;
  parts_->probe->reconciled_at_ms.set(last_->finished_at.ms);
  parts_->probe->payments_unrepaired.set(static_cast<std::int64_t>(last_->unrepaired()));
}

void ReconciliationState::show() {
  engine::ReconciliationView view;
  view.last = last_;
  view.next_at = next_at_;
  if (is_running()) {
    view.running = run_;
    // They are told when all of them are known.
    view.running->items.clear();
  }
  parts_->board->show(std::move(view));
}

void ReconciliationState::on_tick() {
  if (!is_running() && next_at_ && now() >= *next_at_) begin();
  self_->delayed_send(
      self_, std::chrono::milliseconds(limits::reconciliation_tick_ms), tick_atom::value);
}

void ReconciliationState::on_start(const Start& start) {
  if (!is_running()) begin();
  deliver(start.back, parts_->board->view());
}

// ---- What the provider has ----------------------------------------------------------------------

void ReconciliationState::begin() {
  run_ = {};
  run_.started_at = now();
  run_.from = run_.started_at - parts_->looks_back;
  next_at_.reset();
  listed_until_.reset();
  is_listed_ = false;
  seen_ = std::make_shared<std::vector<std::uint64_t>>();
  suspects_.clear();
  walked_shard_ = {};
  walked_until_ = {};
  show();
  list();
}

void ReconciliationState::ask(Asked what, engine::PaymentRequest request) {
  asked_ = what;
  parts_->payments->ask(
      std::move(request), [me = caf::actor_cast<caf::actor>(self_)](engine::PaymentAnswer answer) {
        caf::anon_send(me, Answered{std::move(answer)});
      });
}

/// The next page, or piece of the sagas.
void ReconciliationState::on_piece() {
  if (is_listed_) return walk();
  list();
}

void ReconciliationState::list() {
  engine::ListPayments request;
  request.created_from = run_.from;
  request.after = listed_until_;
  ask(Asked::page, std::move(request));
}

void ReconciliationState::on_answered(Answered answered) {
  const auto* failure = std::get_if<PaymentFailure>(&answered.answer);
  const bool is_unknown = failure != nullptr && failure->kind == PaymentFailure::Kind::unavailable;
  switch (std::exchange(asked_, Asked::nothing)) {
    case Asked::nothing:
      return;
    case Asked::page:
      if (failure != nullptr) return finish(detail_of(*failure));
      return on_page(std::get<engine::PaymentPage>(std::move(answered.answer)));
    case Asked::payment:
      if (is_unknown) return finish(detail_of(*failure));
      return on_looked_up(answered.answer);
    case Asked::undoing:
      return on_undone(answered.answer);
  }
}

void ReconciliationState::on_page(engine::PaymentPage page) {
  run_.listed += page.payments.size();
  listed_until_ = std::move(page.next);
  is_listed_ = !listed_until_;
  for (const auto& payment : page.payments) seen_->push_back(engine::stable_hash(payment.id.value));
  show();
  parts_->reads->run_in_background_after_writes(
      [parts = parts_,
       payments = std::move(page.payments),
       me = caf::actor_cast<caf::actor>(self_)](const persistence::StateReader& reader) {
        PageRead read;
        for (const auto& payment : payments) {
          std::optional<Saga> saga;
          const auto& id = payment.reservation;
          if (id && id->shard().value < parts->shard_count) {
            saga = parts->reads->value_or_fail(reader.saga(id->shard(), *id));
          }
          read.payments.emplace_back(payment, std::move(saga));
        }
        caf::anon_send(me, std::move(read));
      });
}

void ReconciliationState::on_page_read(PageRead page) {
  for (const auto& [payment, saga] : page.payments) consider(payment, saga);
  next_suspect();
}

void ReconciliationState::consider(const Payment& payment, const std::optional<Saga>& saga) {
  if (!saga) {
    ++run_.foreign;
    return;
  }
  ++run_.compared;
  parts_->probe->payments_reconciled.add();
  const bool is_nobodys = engine::is_not_held(*saga, payment);
  const auto* ours = engine::comparable_payment(*saga, payment.id);
  if (is_moving(*saga) || (!is_nobodys && ours == nullptr)) {
    ++run_.moving;
    return;
  }
  const bool differs = is_nobodys ? engine::undo(payment, run_.started_at).has_value()
                                  : engine::difference_between(*ours, payment).has_value();
  if (differs) suspects_.push_back({saga->id, payment.id});
}

bool ReconciliationState::is_moving(const Saga& saga) const {
  return saga.changed_at + parts_->at_rest_for > run_.started_at;
}

// ---- What the sagas have ------------------------------------------------------------------------

void ReconciliationState::walk() {
  if (walked_shard_.value >= parts_->shard_count) return finish({});
  if (walked_shard_.value == 0 && walked_until_ == engine::ReservationId{}) {
    std::sort(seen_->begin(), seen_->end());
  }
  const Wanted wanted{run_.from, run_.started_at - parts_->at_rest_for, seen_};
  parts_->reads->run_in_background_after_writes(
      [parts = parts_,
       wanted,
       shard = walked_shard_,
       after = walked_until_,
       me = caf::actor_cast<caf::actor>(self_)](const persistence::StateReader& reader) {
        const auto sagas = parts->reads->value_or_fail(
            reader.sagas_after(shard, after, limits::money_counted_at_once));
        Walked walked;
        walked.after = sagas.empty() ? after : sagas.back().id;
        walked.is_last = sagas.size() < limits::money_counted_at_once;
        for (const auto& saga : sagas) {
          for (const auto* payment : engine::payments_of(saga)) {
            if (!is_to_be_looked_up(saga, *payment, wanted)) continue;
            if (saga.changed_at > wanted.rest_since) {
              ++walked.moving;
            } else {
              walked.suspects.emplace_back(saga.id, payment->id);
            }
          }
        }
        caf::anon_send(me, std::move(walked));
      });
}

void ReconciliationState::on_walked(Walked walked) {
  run_.moving += walked.moving;
  run_.compared += walked.moving + walked.suspects.size();
  parts_->probe->payments_reconciled.add(walked.moving + walked.suspects.size());
  for (auto& [reservation, payment] : walked.suspects) {
    suspects_.push_back({reservation, std::move(payment)});
  }
  walked_until_ = walked.after;
  if (walked.is_last) {
    ++walked_shard_.value;
    walked_until_ = {};
  }
  next_suspect();
}

void ReconciliationState::finish(std::string error) {
  run_.finished_at = now();
  run_.error = std::move(error);
  auto& probe = *parts_->probe;
  if (run_.error.empty()) {
    probe.reconciliations_done.add();
    probe.reconciled_at_ms.set(run_.finished_at.ms);
    probe.payments_unrepaired.set(static_cast<std::int64_t>(run_.unrepaired()));
  } else {
    probe.reconciliations_failed.add();
  }
  spdlog::log(
      run_.error.empty() ? spdlog::level::info : spdlog::level::warn,
      "event=reconciliation_ended listed={} foreign={} compared={} moving={} different={} "
      "unrepaired={} error=\"{}\"",
      run_.listed,
      run_.foreign,
      run_.compared,
      run_.moving,
      run_.different(),
      run_.unrepaired(),
      run_.error);
  seen_.reset();
  keep_report();
}

/// Whoever sees the report finds it after the next start, too.
void ReconciliationState::on_kept() {
  last_ = std::exchange(run_, {});
  next_at_ = next_run_after(last_, *parts_);
  show();
}

void ReconciliationState::keep_report() {
  parts_->keep(
      {.decide =
           [value = persistence::encode(run_)](const RecordLookup&) {
             return std::vector<persistence::RecordWrite>{
                 {persistence::RecordKind::reconciliation,
                  persistence::record_keys::last_reconciliation(),
                  value}};
           },
       .then = [me = caf::actor_cast<caf::actor>(self_)](
                   bool /*is_kept*/) { caf::anon_send(me, kept_atom::value); }});
}

caf::behavior reconciliation_actor(
    caf::stateful_actor<std::unique_ptr<ReconciliationState>>* self,
    std::shared_ptr<const ReconciliationParts> parts) {
  using State = ReconciliationState;
  self->state = std::make_unique<State>(self, std::move(parts));
  self->send(self, tick_atom::value);
  return {
      [self](tick_atom) { self->state->on_tick(); },
      [self](const State::Start& start) { self->state->on_start(start); },
      [self](State::Answered& answered) { self->state->on_answered(std::move(answered)); },
      [self](State::PageRead& page) { self->state->on_page_read(std::move(page)); },
      [self](State::SuspectRead& read) { self->state->on_suspect_read(std::move(read)); },
      [self](const StepAnswered& answered) { self->state->on_told(answered); },
      [self](State::Walked& walked) { self->state->on_walked(std::move(walked)); },
      [self](piece_atom) { self->state->on_piece(); },
      [self](kept_atom) { self->state->on_kept(); }};
}

}  // namespace cavea::actors
