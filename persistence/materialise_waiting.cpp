#include "engine/decide.hpp"
#include "persistence/keys.hpp"
#include "persistence/materialise.hpp"
#include "persistence/seal.hpp"
#include "persistence/waiting_codec.hpp"

#include <array>
#include <utility>
#include <vector>

// What happens to waiting lists: the records of parties, the order in which they wait, and when an
// offering must be woken for them.

namespace cavea::persistence {

namespace {

std::array<engine::Timestamp, 2> wakes_of(const engine::OfferingDefinition& definition) {
  const auto times = engine::waiting_times(definition);
  return {times.keeps_until, times.closes_at};
}

}  // namespace

Materialiser::Failure Materialiser::event(const At& at, const engine::WaitingJoined& event) {
  const auto& offering = at.change->offering;
  const bool is_first = !event.any_of || event.any_of->rank == 0;
  engine::WaitingRecord record;
  record.party.id = event.id;
  record.party.order = at.version.value;
  record.party.user = event.user;
  record.party.person = event.person;
  record.party.book_at_once = event.book_at_once;
  record.party.any_of = event.any_of;
  record.offering = offering;
  record.wish = event.wish;
  put_waiting(at, record);
  if (is_first) {
    const auto person = engine::PersonKey::of(event.user);
    state_.put(keys::user_waiting(at.shard, person, event.id), {});
  }

  auto waiting = waiting_count(at);
  if (!waiting) return std::move(waiting).error();
  const auto mark = keys::waiting_mark(at.shard, offering, at.version.value);
  auto stored = state_.get(mark);
  if (!stored) return std::move(stored).error();
  put(mark, WaitingMark{.id = event.id, .party_size = event.wish.party_size});
  // When the log is carried out over its own result, it may wait already.
  if (*stored || ++**waiting > 1) return std::nullopt;
  auto known = offering_record(at.shard, offering);
  if (!known) return std::move(known).error();
  put_wakes(at, known->definition);
  return std::nullopt;
}

Materialiser::Failure Materialiser::event(const At& at, const engine::WaitingLeft& event) {
  return end_waiting(at, event.id, engine::WaitingStatus::ended, event.end);
}

Materialiser::Failure Materialiser::event(const At& at, const engine::WaitingGranted& event) {
  return end_waiting(at, event.id, engine::WaitingStatus::granted, engine::WaitingEnd::none);
}

Materialiser::Failure Materialiser::event(const At& at, const engine::WaitingPassedOver& event) {
  auto record = waiting_record(at.shard, event.id);
  if (!record) return std::move(record).error();
  record->party.passed_over = event.times;
  // What it is does not change by that; and where the log is carried out over its own result, the
  // record is one of a party that may have ended since.
  put(keys::waiting_party(at.shard, event.id), *record);
  return std::nullopt;
}

Materialiser::Failure Materialiser::event(const At& at, const engine::WaitingClosed& event) {
  std::vector<engine::WaitingId> ids;
  std::optional<StoreError> broken;
  const auto marks = keys::offering_part(at.shard, at.change->offering, keys::OfferingTag::waiting);
  auto failure = state_.scan(marks, marks.end(), [&](std::string_view key, std::string_view value) {
    auto mark = decode_waiting_mark(key, value);
    if (mark) ids.push_back(mark->id);
    if (!mark) broken = std::move(mark).error();
    return !broken;
  });
  if (failure) return failure;
  if (broken) return broken;
  for (const auto id : ids) {
    if (auto error = end_waiting(at, id, engine::WaitingStatus::ended, event.end)) return error;
  }
  return std::nullopt;
}

Materialiser::Failure Materialiser::end_waiting(
    const At& at, engine::WaitingId id, engine::WaitingStatus status, engine::WaitingEnd end) {
  auto record = waiting_record(at.shard, id);
  if (!record) return std::move(record).error();
  record->status = status;
  record->end = end;
  put_waiting(at, *record);

  auto waiting = waiting_count(at);
  if (!waiting) return std::move(waiting).error();
  const auto mark = keys::waiting_mark(at.shard, record->offering, record->party.order);
  auto stored = state_.get(mark);
  if (!stored) return std::move(stored).error();
  state_.remove(mark);
  if (*stored) --**waiting;
  if (**waiting > 0) return std::nullopt;
  waiting_.erase({at.shard, at.change->offering});
  auto known = offering_record(at.shard, at.change->offering);
  if (!known) return std::move(known).error();
  remove_wakes(at, known->definition);
  return std::nullopt;
}

Read<engine::WaitingRecord> Materialiser::waiting_record(
    engine::ShardId shard_id, engine::WaitingId id) {
  const auto key = keys::waiting_party(shard_id, id);
  auto stored = state_.get(key);
  if (!stored) return std::move(stored).error();
  if (!stored->has_value()) {
    return corrupt_record("waiting party", key, "the log changes it, but it is not in the state");
  }
  return decode_waiting(key, **stored, id);
}

void Materialiser::put_waiting(const At& at, engine::WaitingRecord& record) {
  record.changed_at = at.change->at;
  record.version = at.version;
  put(keys::waiting_party(at.shard, record.party.id), record);
}

Materialiser::Failure Materialiser::move_wakes(
    const At& at,
    const engine::OfferingDefinition& before,
    const engine::OfferingDefinition& after) {
  // Where somebody waits, there are wakes.
  const auto closes_at = engine::waiting_times(before).closes_at;
  auto wake = state_.get(keys::deadline(at.shard, closes_at, at.change->offering, waiting_wake));
  if (!wake) return std::move(wake).error();
  if (!*wake) return std::nullopt;
  remove_wakes(at, before);
  put_wakes(at, after);
  return std::nullopt;
}

void Materialiser::put_wakes(const At& at, const engine::OfferingDefinition& definition) {
  for (const auto time : wakes_of(definition)) {
    state_.put(keys::deadline(at.shard, time, at.change->offering, waiting_wake), {});
  }
}

void Materialiser::remove_wakes(const At& at, const engine::OfferingDefinition& definition) {
  for (const auto time : wakes_of(definition)) {
    state_.remove(keys::deadline(at.shard, time, at.change->offering, waiting_wake));
  }
}

Read<std::size_t*> Materialiser::waiting_count(const At& at) {
  const auto& offering = at.change->offering;
  const auto [known, is_new] = waiting_.try_emplace({at.shard, offering}, 0);
  auto& count = known->second;
  if (!is_new) return &count;
  const auto marks = keys::offering_part(at.shard, offering, keys::OfferingTag::waiting);
  auto failure =
      state_.scan(marks, marks.end(), [&](std::string_view /*key*/, std::string_view /*value*/) {
        ++count;
        return true;
      });
  if (failure) return std::move(*failure);
  return &count;
}

}  // namespace cavea::persistence
