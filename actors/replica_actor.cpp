#include "actors/replica_actor.hpp"

#include "actors/fatal.hpp"
#include "actors/limits.hpp"
#include "actors/outbox.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

namespace cavea::actors {

ReplicaState::ReplicaState(
    caf::event_based_actor* self, const ShardParts& parts, std::shared_ptr<ShardLog> log)
    : self_(self), parts_(parts), log_(std::move(log)), keeper_(self, parts_, *log_) {}

void ReplicaState::on_open(bool is_new) {
  if (is_new) {
    auto start = parts_.reads->value_or_fail(parts_.reader->shard_start(parts_.id));
    if (auto error = log_->open(std::move(start))) return fail(*error);
  }
  if (!log_->is_leading()) parts_.on_follows();
  on_tick();
}

void ReplicaState::fail(const std::string& reason) const {
  parts_.on_failure(
      {persistence::StoreError::Kind::corrupt,
       "the log of shard " + std::to_string(parts_.id.value) + " is damaged: " + reason});
}

// ---- Who asks here asks in vain -----------------------------------------------------------------

void ReplicaState::on_inbox() {
  for (auto& work : parts_.inbox->take_all()) refuse(*work);
}

void ReplicaState::refuse(Work& work) {
  const engine::Refusal refusal(engine::Rejection::not_ready);
  if (work.subscriber != nullptr) {
    if (const auto* what = std::get_if<engine::Subscribe>(&work.item)) {
      work.subscriber->publish(what->offering, refusal);
    }
    return;
  }
  deliver(work.back, refusal);
  work.mark_answered();
}

// ---- The log ------------------------------------------------------------------------------------

void ReplicaState::on_peer(const cluster::Message& message) {
  if (auto error = log_->receive(message)) return fail(*error);
  end_message();
}

void ReplicaState::on_persisted(std::uint64_t number) {
  log_->on_persisted(number);
  end_message();
}

void ReplicaState::on_settled(std::uint64_t number) {
  log_->on_settled(number);
  parts_.feed->on_readable(parts_.id, log_->applied());
  if (auto error = log_->cut_when_grown()) parts_.on_failure(*error);
  end_message();
}

void ReplicaState::on_kept_since(const KeptSince& kept) {
  keeper_.on_found(kept);
  end_message();
}

bool ReplicaState::on_recovered(std::uint64_t term) {
  opens_term_.reset();
  if (log_->is_ready_to_lead() && log_->term() == term) return true;
  end_message();
  return false;
}

// ---- The state from another node ----------------------------------------------------------------

void ReplicaState::look_for_copy() {
  const auto now = steady_ms();
  if (copies_from_ && now >= copy_fails_at_ms_) copies_from_.reset();
  const auto source = log_->copy_source();
  if (copies_from_ || !source || now < next_copy_ms_) return;
  next_copy_ms_ = now + limits::state_copy_again_ms;
  copies_from_ = *source;
  // Nobody else asks this node for a copy under a number of this node.
  copy_ = parts_.log.server.value << 32U | (steady_us() & 0xffffffffU);
  parts_.probe->copies_begun.add();
  spdlog::info("event=state_copy_begins shard={} from={}", parts_.id.value, copies_from_->value);
  fetch({});
}

void ReplicaState::fetch(std::string from) {
  const bool is_first = from.empty();
  copy_fails_at_ms_ = steady_ms() + limits::state_part_wait_ms;
  parts_.log.peers->fetch(
      *copies_from_,
      {parts_.id, copy_, std::move(from)},
      [me = caf::actor_cast<caf::actor>(self_), copy = copy_, is_first](auto part) {
        CopyCame came{copy, is_first, nullptr};
        if (part) came.part = std::make_shared<persistence::StatePart>(std::move(*part));
        caf::anon_send(me, std::move(came));
      });
}

void ReplicaState::on_copy_came(CopyCame came) {
  if (!copies_from_ || came.copy != copy_) return;
  if (came.part == nullptr || !log_->may_install(came.part->applied)) {
    copies_from_.reset();
    return;
  }
  if (!std::exchange(is_copying_, true)) parts_.begin_copy();
  log_->begin_install();
  copy_fails_at_ms_ = steady_ms() + limits::state_part_wait_ms;
  CopyStored stored{copy_, came.part->next, came.part->applied};
  parts_.journal->install(
      {parts_.id, std::move(*came.part), came.is_first},
      [me = caf::actor_cast<caf::actor>(self_), stored = std::move(stored)] {
        caf::anon_send(me, stored);
      });
}

void ReplicaState::on_copy_stored(const CopyStored& stored) {
  if (!copies_from_ || stored.copy != copy_) return;
  if (!stored.next.empty()) return fetch(stored.next);
  copies_from_.reset();
  log_->end_install(stored.applied);
  is_copying_ = false;
  parts_.end_copy();
  spdlog::info("event=state_copy_ends shard={} applied={}", parts_.id.value, stored.applied);
}

void ReplicaState::on_tick() {
  if (auto error = log_->tick()) parts_.on_failure(*error);
  if (parts_.log.peers != nullptr) look_for_copy();
  if (log_->leads_in_vain()) {
    auto moved = log_->replica().transfer_leadership(std::nullopt, ShardLog::now());
    if (moved) log_->take_in(std::move(*moved));
  }
  const auto steady = steady_ms();
  keeper_.on_tick({parts_.clock_ms()}, steady);
  parts_.feed->on_tick(steady);
  parts_.inboxes->on_tick(steady);
  parts_.money->on_tick(steady);
  parts_.holder->set_status(log_->status());
  end_message();
  self_->delayed_send(self_, std::chrono::milliseconds(limits::tick_ms), tick_atom::value);
}

void ReplicaState::end_message() {
  if (auto error = log_->materialise_committed()) return fail(*error);
  log_->hand_in();
  if (opens_term_ || !log_->is_ready_to_lead()) return;
  // Who leads reads the state first, of which the newest is still on its way.
  opens_term_ = log_->term();
  parts_.journal->after_queued([me = caf::actor_cast<caf::actor>(self_), term = *opens_term_] {
    caf::anon_send(me, recovered_atom::value, term);
  });
}

caf::behavior hands_on(ShardHolder* holder) {
  return {
      [holder](persisted_atom, std::uint64_t number) {
        holder->tell(persisted_atom::value, number);
      },
      [holder](settled_atom, std::uint64_t number) { holder->tell(settled_atom::value, number); },
      [holder](PeerMessage& message) { holder->tell(std::move(message)); },
      [holder](inbox_atom) { holder->tell(inbox_atom::value); }};
}

caf::behavior replica_actor(
    caf::stateful_actor<std::unique_ptr<ReplicaState>>* self,
    std::shared_ptr<const ShardParts> parts,
    std::shared_ptr<ShardLog> log,
    bool is_new) {
  self->state = std::make_unique<ReplicaState>(self, *parts, std::move(log));
  self->set_exception_handler(
      ends_node("shard " + std::to_string(parts->id.value), parts->on_failure));
  return {
      [self, is_new](open_atom) { self->state->on_open(is_new); },
      [self](inbox_atom) { self->state->on_inbox(); },
      [self](const PeerMessage& message) { self->state->on_peer(message.message); },
      [self](persisted_atom, std::uint64_t number) { self->state->on_persisted(number); },
      [self](settled_atom, std::uint64_t number) { self->state->on_settled(number); },
      [self](const KeptSince& kept) { self->state->on_kept_since(kept); },
      [self](CopyCame& came) { self->state->on_copy_came(std::move(came)); },
      [self](const CopyStored& stored) { self->state->on_copy_stored(stored); },
      [self, kept = parts](recovered_atom, std::uint64_t term) {
        if (!self->state->on_recovered(term)) return;
        const auto parts = kept;  // Outlives this behaviour.
        auto log_of_leader = self->state->log();
        self->state.reset();
        self->set_default_handler(caf::drop);
        self->become(hands_on(parts->holder));
        parts->lead(std::move(log_of_leader));
      },
      [self](tick_atom) { self->state->on_tick(); }};
}

}  // namespace cavea::actors
