#include "actors/shard_actor.hpp"
#include "persistence/definition_change_codec.hpp"
#include "persistence/notification_codec.hpp"

#include <algorithm>
#include <utility>

// How a shard keeps records of other parts of the node.

namespace cavea::actors {

using persistence::RecordKind;

void ShardState::on_item(WorkPtr work, KeepRecords& request) {
  auto writes = std::exchange(request.decide, {})({records_, parts_.id, work->at});
  keep(std::move(work), std::move(writes));
}

/// Answers, if there is somebody who asked, with `work->outcome`, once the records are committed.
void ShardState::keep(WorkPtr work, std::vector<persistence::RecordWrite> writes) {
  if (!writes.empty()) {
    persistence::RecordsChange change;
    change.at = work->at;
    change.writes = std::move(writes);
    if (const auto* key = work->idempotency_key()) {
      change.idempotency = persistence::IdempotencyRecord{*key, {}};
    }
    records_.note(change.writes, queue_.gathering());
    work->change = std::move(change);
  }
  gather(std::move(work));
}

void ShardState::on_request(WorkPtr work, engine::RecordRequest& request) {
  auto& command = request.command;
  std::visit([&](auto& one) { carry_out(std::move(work), one); }, command);
}

void ShardState::carry_out(WorkPtr work, engine::ChangePerson& command) {
  const auto key = persistence::record_keys::person(command.user);
  engine::PersonSettings settings;
  const auto stored = records_.find(RecordKind::person, key);
  if (stored) {
    settings = value_or_fail(persistence::decode_person(*stored));
  }
  const auto before = settings;
  if (command.email) settings.email = std::move(*command.email);
  if (command.language) settings.language = std::move(*command.language);
  if (command.read_until) {
    settings.read_until = std::max(settings.read_until, std::min(*command.read_until, work->at));
  }
  if (command.resets_calendar) ++settings.calendar_epoch;
  std::vector<persistence::RecordWrite> writes;
  if (settings != before)
    writes.push_back({RecordKind::person, key, persistence::encode(settings)});
  work->outcome = engine::Answer(engine::PersonView{std::move(settings)});
  keep(std::move(work), std::move(writes));
}

void ShardState::carry_out(WorkPtr work, const engine::SettleDeadLetter& command) {
  const auto key = persistence::record_keys::dead_letter(command.id);
  const auto stored = records_.find(RecordKind::dead_letter, key);
  std::vector<persistence::RecordWrite> writes;
  if (!stored) {
    work->outcome = engine::Answer(engine::Refusal(engine::Rejection::dead_letter_not_found));
    return keep(std::move(work), {});
  }
  writes.push_back({RecordKind::dead_letter, key, std::nullopt});
  if (command.is_tried_again) {
    auto delivery = value_or_fail(persistence::decode_delivery(*stored));
    delivery.attempts = 0;
    delivery.next_at = work->at;
    writes.push_back(
        {RecordKind::delivery,
         persistence::record_keys::delivery(work->at, command.id),
         persistence::encode(delivery)});
  }
  work->outcome = engine::Answer(engine::Done{});
  keep(std::move(work), std::move(writes));
}

/// Keeps when the definition of an offering changes. In front of the change, and so in its turn or
/// the one before: who sees the change sees its time.
void ShardState::note_definition_change(const Work& work) {
  const auto* change =
      work.change ? std::get_if<persistence::OfferingChange>(&*work.change) : nullptr;
  if (change == nullptr) return;
  const bool is_one = std::any_of(change->events.begin(), change->events.end(), [](const auto& e) {
    return std::holds_alternative<engine::OfferingChanged>(e);
  });
  if (!is_one) return;
  auto note = caf::make_counted<Work>(KeepRecords{}, engine::ReturnAddress{}, *parts_.waiting);
  note->at = change->at;
  keep(
      std::move(note),
      {{RecordKind::definition_change,
        persistence::record_keys::definition_change(change->offering),
        persistence::encode_definition_change(change->at)}});
}

/// What a person has read shows in the inbox; who sends to webhooks learns of a change.
void ShardState::release(const engine::RecordRequest& request) {
  if (std::holds_alternative<engine::WebhookCommand>(request.command)) {
    reads_after_.push_back([webhooks = parts_.webhooks] { webhooks->refresh(); });
    return;
  }
  const auto* change = std::get_if<engine::ChangePerson>(&request.command);
  if (change == nullptr || !change->read_until) return;
  reads_after_.push_back([inboxes = parts_.inboxes, person = engine::PersonKey::of(change->user)] {
    inboxes->on_changed(person);
  });
}

void ShardState::release(Work& work, KeepRecords& request) {
  if (!request.then) return;
  // A refusal: the shard took nothing.
  const bool is_kept = std::holds_alternative<std::monostate>(work.outcome);
  reads_after_.push_back([then = std::exchange(request.then, {}), is_kept] { then(is_kept); });
}

}  // namespace cavea::actors
