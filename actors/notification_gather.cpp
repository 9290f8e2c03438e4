#include "actors/notification_gather.hpp"

#include "cluster/placement.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace cavea::actors {

namespace {

using engine::NotificationKind;
using persistence::RecordKind;
namespace record_keys = persistence::record_keys;

/// Stands for the event of which a reminder is made: its offering's start.
constexpr std::uint32_t reminder_ordinal = UINT32_MAX;

/// Else it was a party alone that left, or was made to, and was told by that event.
bool ends_with_list(engine::WaitingEnd end) {
  using engine::WaitingEnd;
  return end == WaitingEnd::sale_closed || end == WaitingEnd::offering_cancelled
         || end == WaitingEnd::offering_deleted || end == WaitingEnd::offering_changed;
}

std::uint32_t events_in(const persistence::Change& change) {
  if (const auto* offering = std::get_if<persistence::OfferingChange>(&change)) {
    return static_cast<std::uint32_t>(offering->events.size());
  }
  return std::holds_alternative<persistence::RecordsChange>(change) ? 0 : 1;
}

}  // namespace

void NotificationGather::take(const persistence::LoggedTurn& turn) {
  std::uint32_t first = 0;
  for (const auto& change : turn.turn.changes) {
    if (const auto* offering = std::get_if<persistence::OfferingChange>(&change)) {
      take(*offering, turn.index, first);
    } else if (const auto* saga = std::get_if<persistence::SagaChange>(&change)) {
      take(*saga, turn.index, first);
    }
    first += events_in(change);
  }
}

void NotificationGather::take(
    const persistence::OfferingChange& change, std::uint64_t index, std::uint32_t first) {
  for (auto& due : engine::due_for(change.events)) {
    if (due.about.high == 0) {
      due.about =
          from_.swept.whole(from_.reader, from_.reads, from_.shard, change.offering, due.about);
    }
    if (!find_person(change.offering, due)) continue;
    tell(due, change.at, {from_.shard, index, first + due.event, 0});
  }
  auto ordinal = first;
  for (const auto& event : change.events) {
    const engine::NotificationId id{from_.shard, index, ordinal++, 0};
    if (const auto* created = std::get_if<engine::OfferingCreated>(&event)) {
      take_definition(change, *created->definition, id);
    } else if (const auto* changed = std::get_if<engine::OfferingChanged>(&event)) {
      take_definition(change, *changed->definition, id);
    } else if (std::holds_alternative<engine::WaitingClosed>(event)) {
      begin_round_of_waiting(change, id);
    } else if (
        std::holds_alternative<engine::OfferingCancelled>(event)
        || std::holds_alternative<engine::OfferingDeleted>(event)) {
      end_reminder(change.offering);
    }
  }
}

/// Remembers when and where an offering is; tells those who have places of it when that is not what
/// they know.
void NotificationGather::take_definition(
    const persistence::OfferingChange& change,
    const engine::OfferingDefinition& definition,
    const engine::NotificationId& id) {
  const auto key = record_keys::told(change.offering);
  const auto stored = find(RecordKind::told, key);
  persistence::OfferingTold told;
  told.starts_at = definition.starts_at;
  told.venue = definition.venue.str();
  const auto reminder_at = definition.starts_at - from_.settings.reminder_before;
  if (from_.settings.reminder_before.ms > 0 && reminder_at > from_.now) {
    told.reminder_at = reminder_at;
  }
  if (stored) {
    const auto before = from_.reads.value_or_fail(persistence::decode_offering_told(*stored));
    if (before == told) return;
    if (before.reminder_at != engine::Timestamp{}) {
      remove_reminder(change.offering, before.reminder_at);
    }
    if (before.starts_at != told.starts_at || before.venue != told.venue) {
      persistence::NotificationRound round;
      round.kind = NotificationKind::reservation_changed;
      round.offering = change.offering;
      round.at = change.at;
      round.id = id;
      put(RecordKind::round, record_keys::round(change.at, round), persistence::encode(round));
    }
  }
  put_reminder(change.offering, told);
  put(RecordKind::told, key, persistence::encode(told));
}

void NotificationGather::end_reminder(const engine::OfferingId& offering) {
  const auto key = record_keys::told(offering);
  const auto stored = find(RecordKind::told, key);
  if (!stored) return;
  auto told = from_.reads.value_or_fail(persistence::decode_offering_told(*stored));
  if (told.reminder_at == engine::Timestamp{}) return;
  remove_reminder(offering, std::exchange(told.reminder_at, {}));
  put(RecordKind::told, key, persistence::encode(told));
}

void NotificationGather::put_reminder(
    const engine::OfferingId& offering, const persistence::OfferingTold& told) {
  if (told.reminder_at == engine::Timestamp{}) return;
  persistence::NotificationRound round;
  round.kind = NotificationKind::reminder;
  round.offering = offering;
  round.at = told.reminder_at;
  round.id = {from_.shard, static_cast<std::uint64_t>(told.starts_at.ms), reminder_ordinal, 0};
  put(RecordKind::round, record_keys::round(round.at, round), persistence::encode(round));
}

void NotificationGather::remove_reminder(const engine::OfferingId& offering, engine::Timestamp at) {
  persistence::NotificationRound round;
  round.kind = NotificationKind::reminder;
  round.offering = offering;
  remove(RecordKind::round, record_keys::round(at, round));
}

void NotificationGather::take(
    const persistence::SagaChange& change, std::uint64_t index, std::uint32_t first) {
  const auto key = record_keys::told(change.saga.id);
  engine::SagaTold told;
  if (const auto stored = find(RecordKind::told, key)) {
    told = from_.reads.value_or_fail(persistence::decode_saga_told(*stored));
  }
  const auto before = told;
  for (const auto& due : engine::due_for(change.saga, change.events, told)) {
    // A saga's change counts as one event; what it tells at once is told apart by this.
    const engine::NotificationId id{from_.shard, index, first, due.event};
    tell(due, change.at, id);
  }
  if (told != before) put(RecordKind::told, key, persistence::encode(told));
}

/// Whose it is. False: a saga tells them, or nobody knows of it any more.
bool NotificationGather::find_person(
    const engine::OfferingId& offering, engine::DueNotification& due) const {
  if (!due.user.empty()) return true;
  if (due.kind == NotificationKind::waiting_ended) {
    auto record = from_.reads.value_or_fail(from_.reader.waiting(from_.shard, due.about));
    if (!record) return false;
    due.user = std::move(record->party.user);
    return true;
  }
  auto found = from_.reads.value_or_fail(from_.reader.reservation(from_.shard, due.about));
  if (!found || found->saga || found->offering != offering) return false;
  due.user = std::move(found->user);
  return true;
}

/// The event does not say who waited: their records do.
void NotificationGather::begin_round_of_waiting(
    const persistence::OfferingChange& change, const engine::NotificationId& id) {
  persistence::NotificationRound round;
  round.kind = NotificationKind::waiting_ended;
  round.offering = change.offering;
  round.at = change.at;
  round.id = id;
  put(RecordKind::round, record_keys::round(change.at, round), persistence::encode(round));
}

void NotificationGather::take_round(
    const std::string& key, persistence::NotificationRound round, std::size_t limit) {
  if (round.kind == NotificationKind::waiting_ended) {
    const auto before = round.after;
    take_round_of_waiting(round, limit);
    return go_on(key, round, round.after == before);
  }
  auto ids = from_.reads.value_or_fail(from_.reader.reservation_ids(from_.shard, round.offering));
  std::sort(ids.begin(), ids.end());
  auto next = std::upper_bound(ids.begin(), ids.end(), round.after);
  for (; next != ids.end() && told_ < limit; ++next) {
    round.after = *next;
    const auto found = from_.reads.value_or_fail(from_.reader.reservation(from_.shard, *next));
    if (!found || found->status != engine::ReservationStatus::confirmed) continue;
    engine::DueNotification due;
    due.kind = round.kind;
    // The leg of a saga is part of the reservation that its person knows.
    due.about = found->saga.value_or(*next);
    due.user = found->user;
    auto id = round.id;
    id.of_reservation = next->low;
    tell(due, round.at, id);
  }
  go_on(key, round, next == ids.end());
}

/// Those of the next parties of the shard whose waiting ended with the list.
void NotificationGather::take_round_of_waiting(
    persistence::NotificationRound& round, std::size_t limit) {
  auto parties =
      from_.reads.value_or_fail(from_.reader.waiting_parties(from_.shard, round.after, limit));
  for (auto& record : parties) {
    round.after = record.party.id;
    const bool is_of_round = record.offering == round.offering && record.changed_at == round.at
                             && record.status == engine::WaitingStatus::ended;
    if (!is_of_round || !ends_with_list(record.end)) continue;
    engine::DueNotification due;
    due.kind = round.kind;
    due.about = record.party.id;
    due.user = std::move(record.party.user);
    auto id = round.id;
    id.of_reservation = record.party.id.low;
    tell(due, round.at, id);
  }
}

void NotificationGather::go_on(
    const std::string& key, const persistence::NotificationRound& round, bool is_over) {
  if (is_over) {
    remove(RecordKind::round, key);
  } else {
    put(RecordKind::round, key, persistence::encode(round));
  }
}

void NotificationGather::tell(
    const engine::DueNotification& due, engine::Timestamp at, engine::NotificationId id) {
  const bool is_in_record = due.is_sold_at_once && engine::is_in_record(due.about, at);
  if (is_in_record) id = engine::id_in_record(due.about);
  engine::InboxItem item;
  item.id = id;
  item.kind = due.kind;
  item.at = at;
  item.about = due.about;
  item.refunded = due.refunded;
  item.currency = due.currency;
  item.until = due.until;
  if (is_in_record) {
    told_by_records_.push_back(engine::PersonKey::of(due.user));
  } else {
    put(RecordKind::inbox, record_keys::inbox(due.user, {at, id}), persistence::encode(item));
  }
  ++told_;
  if (!from_.settings.has_mail) return;
  const auto home = cluster::shard_of(due.user, from_.shard_count);
  const auto stored = from_.reads.value_or_fail(
      from_.reader.record(home, RecordKind::person, record_keys::person(due.user)));
  if (!stored) return;
  const auto person = from_.reads.value_or_fail(persistence::decode_person(*stored));
  if (person.email.empty()) return;
  engine::MailDelivery delivery;
  delivery.item = std::move(item);
  delivery.user = due.user;
  delivery.next_at = at;
  put(RecordKind::delivery, record_keys::delivery(at, id), persistence::encode(delivery));
}

void NotificationGather::put(RecordKind kind, std::string key, std::string value) {
  if (kind == RecordKind::told) told_before_[key] = value;
  writes_.push_back({kind, std::move(key), std::move(value)});
}

void NotificationGather::remove(RecordKind kind, std::string key) {
  writes_.push_back({kind, std::move(key), std::nullopt});
}

/// Of this part, or of the state.
std::optional<std::string> NotificationGather::find(RecordKind kind, const std::string& key) const {
  const auto known = told_before_.find(key);
  if (known != told_before_.end()) return known->second;
  return from_.reads.value_or_fail(from_.reader.record(from_.shard, kind, key));
}

}  // namespace cavea::actors
