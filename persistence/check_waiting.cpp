#include "engine/decide.hpp"
#include "persistence/keys.hpp"
#include "persistence/store_check.hpp"
#include "persistence/waiting_codec.hpp"

// What must be somewhere because somebody waits.

namespace cavea::persistence {

void StoreCheck::check_wakes(
    engine::ShardId shard, const engine::Offering& offering, bool is_somebody_waiting) {
  const auto times = engine::waiting_times(*offering.definition);
  for (const auto time : {times.keeps_until, times.closes_at}) {
    const auto key = keys::deadline(shard, time, offering.id, waiting_wake);
    expect(
        has(key) == is_somebody_waiting,
        key,
        "the deadlines of a waiting list do not fit whether somebody waits");
  }
}

void StoreCheck::check_waiting_mark(
    engine::ShardId shard,
    const engine::OfferingId& offering,
    std::string_view key,
    std::uint64_t order) {
  // Loading the offering has looked at the party.
  expect(key == keys::waiting_mark(shard, offering, order).view(), key, "the key makes no sense");
  const auto value = value_at(key);
  if (!value) return;
  auto mark = decode_waiting_mark(key, *value);
  if (!mark) return problem(key, mark.error().text);
  const auto party_key = keys::waiting_party(shard, mark->id);
  const auto stored = value_at(party_key);
  if (!stored) return problem(key, "its party is not there");
  auto party = decode_waiting(party_key, *stored, mark->id);
  if (!party) return;
  expect(party->wish.party_size == mark->party_size, key, "the size is not that of its party");
}

void StoreCheck::check_waiting_wake(
    engine::ShardId shard,
    std::string_view key,
    engine::Timestamp at,
    const engine::OfferingId& id) {
  auto offering = reader_->definition(shard, id);
  if (!offering || *offering == nullptr) {
    return problem(key, "it is of an offering that is not there");
  }
  const auto times = engine::waiting_times(**offering);
  expect(
      at == times.keeps_until || at == times.closes_at,
      key,
      "it is at another time than the definition says");
}

StoreCheck::Failure StoreCheck::check_waiting(engine::ShardId shard) {
  step("waiting lists");
  const auto range = keys::all(shard, keys::Tag::waiting);
  return walk(Column::state, range, range.end(), [&](std::string_view key, std::string_view value) {
    KeyReader in(key.substr(range.view().size()));
    const auto tag = static_cast<keys::WaitingTag>(in.tag());
    if (tag == keys::WaitingTag::party) return check_waiting_party(shard, key, value, in.id());
    if (tag != keys::WaitingTag::user) return problem(key, "the key makes no sense");
    const engine::PersonKey person{in.big_endian<std::uint64_t>()};
    auto record = reader_->waiting(shard, in.id());
    if (!in.finished()) return problem(key, "the key makes no sense");
    if (!record) return;
    expect(
        *record && engine::PersonKey::of((*record)->party.user) == person,
        key,
        "a list of a user names a party that is not there or of another user");
  });
}

void StoreCheck::check_waiting_party(
    engine::ShardId shard, std::string_view key, std::string_view value, engine::WaitingId id) {
  auto record = decode_waiting(key, value, id);
  if (!record) return problem(key, record.error().text);
  const auto& party = record->party;
  expect(has(keys::offering(shard, record->offering)), key, "its offering is not there");
  const auto mark_key = keys::waiting_mark(shard, record->offering, party.order);
  const bool is_waiting = record->status == engine::WaitingStatus::waiting;
  expect(
      has(mark_key) == is_waiting,
      key,
      is_waiting ? "the list of its offering lacks it" : "it is in a list though it does not wait");
  const bool is_first = !party.any_of || party.any_of->rank == 0;
  expect(
      has(keys::user_waiting(shard, engine::PersonKey::of(party.user), id)) == is_first,
      key,
      "the list of its user does not fit");
  if (record->status == engine::WaitingStatus::granted) {
    expect(has(keys::reservation(shard, id)), key, "it was granted places, but has no reservation");
  }
}

}  // namespace cavea::persistence
