#include "actors/limits.hpp"
#include "actors/reconciliation_actor.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>
#include <variant>

// Payments that may differ from their sagas, one after the other.

namespace cavea::actors {

namespace {

using engine::Payment;
using engine::PaymentDifference;
using engine::PaymentFailure;
using engine::PaymentRepair;

/// Words for the log.
std::string words_of(const engine::ReconciliationItem::Ours& ours) {
  return fmt::format(
      "{}/{}/{}", engine::word_of(ours.state), ours.captured.minor, ours.refunded.minor);
}

std::string words_of(const std::optional<engine::ReconciliationItem::Theirs>& theirs) {
  if (!theirs) return "none";
  return fmt::format(
      "{}/{}/{}", engine::name_of(theirs->status), theirs->captured.minor, theirs->refunded.minor);
}

}  // namespace

std::string ReconciliationState::detail_of(const PaymentFailure& failure) {
  return (failure.code + ": " + failure.message)
      .substr(0, engine::reconciliation_limits::detail_max);
}

void ReconciliationState::next_suspect() {
  if (suspects_.empty()) {
    const std::chrono::milliseconds pause(limits::reconciliation_piece_ms);
    self_->delayed_send(self_, pause, piece_atom::value);
    return;
  }
  suspect_ = std::move(suspects_.front());
  suspects_.pop_front();
  parts_->reads->run_in_background_after_writes(
      [parts = parts_, id = suspect_.reservation, me = caf::actor_cast<caf::actor>(self_)](
          const persistence::StateReader& reader) {
        caf::anon_send(me, SuspectRead{parts->reads->value_or_fail(reader.saga(id.shard(), id))});
      });
}

void ReconciliationState::on_suspect_read(SuspectRead read) {
  // Nothing is asked that the answer could come too late for.
  if (!read.saga || is_moving(*read.saga)) {
    ++run_.moving;
    return next_suspect();
  }
  saga_ = std::move(*read.saga);
  ask(Asked::payment, engine::LookUpPayment{suspect_.payment});
}

void ReconciliationState::on_looked_up(const engine::PaymentAnswer& answer) {
  if (const auto* payment = std::get_if<Payment>(&answer)) {
    return engine::is_not_held(saga_, *payment) ? undo(*payment) : compare_held(*payment);
  }
  const auto* failure = std::get_if<PaymentFailure>(&answer);
  const auto* ours = engine::comparable_payment(saga_, suspect_.payment);
  if (failure == nullptr || ours == nullptr) return next_suspect();
  found(PaymentDifference::not_found, nullptr);
  settle(PaymentRepair::none, detail_of(*failure));
}

void ReconciliationState::compare_held(const Payment& payment) {
  const auto* ours = engine::comparable_payment(saga_, payment.id);
  const auto difference =
      ours == nullptr ? std::nullopt : engine::difference_between(*ours, payment);
  if (!difference) return next_suspect();
  found(*difference, &payment);
  engine::CommandRequest request;
  request.what =
      engine::SagaRequest{saga_.id, {}, engine::ReconcilePayment{payment, saga_.version}};
  const auto me = caf::actor_cast<caf::actor>(self_);
  parts_->bus->submit(std::move(request), parts_->answers->expect(me, payment.id.value, 0));
}

void ReconciliationState::on_told(const StepAnswered& answered) {
  if (!is_running() || answered.key != item_.payment.value) return;
  if (const auto* refusal = std::get_if<engine::Refusal>(&answered.answer)) {
    return settle(PaymentRepair::waits, std::string(engine::name_of(refusal->reason)));
  }
  const auto* view = std::get_if<engine::ReservationView>(&answered.answer);
  const bool is_changed = view != nullptr && view->saga && view->saga->saga.version > saga_.version;
  settle(is_changed ? PaymentRepair::told : PaymentRepair::none);
}

/// No saga has anything to do with it, so that none can ask for it; the key makes it happen once.
void ReconciliationState::undo(const Payment& payment) {
  auto request = engine::undo(payment, run_.started_at);
  if (!request) return next_suspect();
  found(PaymentDifference::not_held, &payment);
  ask(Asked::undoing, *std::move(request));
}

void ReconciliationState::on_undone(const engine::PaymentAnswer& answer) {
  if (const auto* failure = std::get_if<PaymentFailure>(&answer)) {
    return settle(PaymentRepair::failed, detail_of(*failure));
  }
  const bool was_taken = item_.theirs->status == engine::PaymentStatus::succeeded;
  settle(was_taken ? PaymentRepair::refunded : PaymentRepair::cancelled);
}

void ReconciliationState::found(PaymentDifference difference, const Payment* theirs) {
  const auto* held = engine::payment_of(saga_, suspect_.payment);
  const auto& ours = held == nullptr ? saga_.payment : *held;
  item_ = {};
  item_.difference = difference;
  item_.reservation = saga_.id;
  item_.payment = suspect_.payment;
  item_.currency = theirs == nullptr ? saga_.currency : theirs->currency;
  item_.ours = {ours.state, ours.captured, ours.refunded};
  if (theirs == nullptr) return;
  item_.theirs = {theirs->status, theirs->captured, theirs->refunded.value_or(engine::Money{})};
}

void ReconciliationState::settle(PaymentRepair repair, std::string detail) {
  item_.repair = repair;
  item_.detail = std::move(detail);
  spdlog::warn(
      "event=payment_differs difference={} repair={} reservation={} payment={} ours={} theirs={} "
      "detail=\"{}\"",
      engine::name_of(item_.difference),
      engine::name_of(repair),
      item_.reservation.str(),
      item_.payment.value,
      words_of(item_.ours),
      words_of(item_.theirs),
      item_.detail);
  auto& probe = *parts_->probe;
  probe.payments_different.at(static_cast<std::size_t>(item_.difference)).add();
  probe.payments_repaired.at(static_cast<std::size_t>(repair)).add();
  run_.add(std::move(item_));
  item_ = {};
  show();
  next_suspect();
}

}  // namespace cavea::actors
