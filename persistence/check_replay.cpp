#include "persistence/keys.hpp"
#include "persistence/materialise.hpp"
#include "persistence/memory_store.hpp"
#include "persistence/state_overlay.hpp"
#include "persistence/store_check.hpp"
#include "persistence/turn_codec.hpp"

#include <algorithm>
#include <utility>

namespace cavea::persistence {

namespace {

/// Bytes of the largest log that is replayed whole; what it does to the state takes ten times as
/// much memory.
constexpr std::uint64_t whole_replay_bytes_max = 32 << 20;

char tag_of(std::string_view key) {
  return key.size() > 2 ? key[2] : '\0';
}

/// What is left out of the comparison: how far outcomes are forgotten is also decided by the clock
/// of the node, and how often a map is used cannot be counted from the middle.
bool depends_on_more(std::string_view key, bool is_whole, std::uint32_t oldest_bucket) {
  switch (static_cast<keys::Tag>(tag_of(key))) {
    case keys::Tag::shard:
    case keys::Tag::copy_mark:
      return true;
    case keys::Tag::map_uses:
      return !is_whole;
    case keys::Tag::idempotency:
      return KeyReader(key.substr(3)).big_endian<std::uint32_t>() < oldest_bucket;
    case keys::Tag::counters:
    case keys::Tag::deadline:
    case keys::Tag::map:
    case keys::Tag::open_saga:
    case keys::Tag::saga:
    case keys::Tag::offering:
    case keys::Tag::record:
    case keys::Tag::reservation:
    case keys::Tag::start:
    case keys::Tag::user:
    case keys::Tag::venue:
    case keys::Tag::waiting:
      break;
  }
  return false;
}

}  // namespace

std::optional<ShardStart> StoreCheck::check_log(engine::ShardId shard) {
  step("logs");
  auto start = reader_->shard_start(shard);
  if (!start) {
    problem(keys::shard(shard), start.error().text, Column::log);
    return std::nullopt;
  }
  check_kept_log(shard, *start);
  const auto cut_at = start->snapshot ? start->snapshot->index : 0;
  const auto last = start->entries.empty() ? cut_at : std::max(cut_at, start->entries.back().index);
  const auto has_up_to =
      "the state has entries up to " + std::to_string(start->applied) + ", the log ";
  if (start->applied > last) {
    problem(
        keys::shard_record(shard),
        has_up_to + "ends at " + std::to_string(last) + ": synced entries are lost");
  }
  if (start->applied < cut_at) {
    problem(
        keys::shard_record(shard),
        has_up_to + "begins behind " + std::to_string(cut_at) + ": what lies between is lost");
  }
  return std::move(start).value();
}

/// Looks at all that is kept of a log, which is more than a start reads.
void StoreCheck::check_kept_log(engine::ShardId shard, const ShardStart& start) {
  log_first_ = 0;
  log_bytes_ = 0;
  std::uint64_t last = 0;
  // What a start needs is carried out further down.
  const auto needed = start.entries.empty() ? UINT64_MAX : start.entries.front().index;
  const auto cursor =
      view_.cursor(Column::log, keys::shard(shard), keys::shard(shard).end(), Direction::forward);
  for (; cursor->valid(); cursor->next()) {
    if (++done_ % progress_every == 0 && progress_) progress_(step_, done_);
    ++report_.entries;
    const auto key = cursor->key();
    const auto index = KeyReader(key.substr(sizeof shard.value)).big_endian<std::uint64_t>();
    if (last == 0) log_first_ = index;
    if (last != 0 && index != last + 1) problem(key, "entries before it are missing", Column::log);
    last = index;
    // A damaged record is named already.
    const auto value = cursor->value();
    if (!value) continue;
    log_bytes_ += value->size();
    auto entry = decode_entry(key, *value, index);
    if (!entry) {
      problem(key, entry.error().text, Column::log);
    } else if (index < needed && entry->type == turn_entry_type) {
      auto turn = decode_turn(*entry->data);
      if (!turn) problem(key, turn.error().text, Column::log);
    }
  }
  if (!start.kept || start.kept->first > last) return;
  if (log_first_ > start.kept->first) {
    problem(
        keys::kept_log(shard),
        "entries from " + std::to_string(start.kept->first) + " on are kept, the log begins with "
            + std::to_string(log_first_),
        Column::meta);
  }
}

/// Carries out what a start would: the state is written without a log of its own, so after a crash
/// the log is ahead of it. What is looked at from here on is the state with that, as `start` then
/// says; where an entry cannot be carried out, no start can either, and it is what is stored.
void StoreCheck::carry_out_rest(engine::ShardId shard, ShardStart& start) {
  step("recovery");
  // No start comes past that either.
  if (start.snapshot && start.applied < start.snapshot->index) return;
  StateOverlay overlay(view_);
  Materialiser materialiser(overlay);
  auto applied = start.applied;
  for (const auto& entry : start.entries) {
    if (entry.index <= applied) continue;
    if (!carry_out(shard, entry, materialiser)) return;
    applied = entry.index;
  }
  report_.entries_to_carry_out += applied - start.applied;
  materialiser.finish();
  view_.take(overlay);
  start.applied = applied;
}

bool StoreCheck::carry_out(
    engine::ShardId shard, const StoredEntry& entry, Materialiser& materialiser) {
  CommittedTurn committed{entry.index, nullptr};
  if (entry.type == turn_entry_type) {
    auto turn = decode_turn(*entry.data);
    if (!turn) {
      problem(keys::entry(shard, entry.index), turn.error().text, Column::log);
      return false;
    }
    committed.turn = std::make_shared<const Turn>(std::move(turn).value());
  }
  const auto failure = materialiser.apply(shard, committed);
  if (failure) problem(keys::entry(shard, entry.index), failure->text, Column::log);
  return !failure;
}

StoreCheck::Failure StoreCheck::check_replay(engine::ShardId shard, const ShardStart& start) {
  step("replay");
  // What is replayed lies in memory, so a log that is kept for long is not taken whole.
  const bool is_whole = log_first_ == 1 && log_bytes_ <= whole_replay_bytes_max;
  const auto needed = start.entries.empty() ? start.applied + 1 : start.entries.front().index;
  const auto first = is_whole ? 1 : needed;
  const MemoryStore nothing;
  // From the middle of the log the replay runs over its own result. That gives the same records
  // again, because every event says how things are after it.
  const View& base = is_whole ? static_cast<const View&>(nothing) : view_;
  StateOverlay overlay(base);
  Materialiser materialiser(overlay);
  materialiser.replay_from(shard, first);
  bool has_failed = false;
  auto failure = walk(
      Column::log,
      keys::entry(shard, first),
      keys::entry(shard, start.applied + 1),
      [&](std::string_view key, std::string_view value) {
        const auto index = KeyReader(key.substr(sizeof shard.value)).big_endian<std::uint64_t>();
        auto entry = decode_entry(key, value, index);
        if (!entry || entry->type != turn_entry_type || has_failed) return;
        has_failed = !carry_out(shard, *entry, materialiser);
        if (!has_failed) ++report_.turns_replayed;
      });
  if (failure || has_failed) return failure;
  if (is_whole) ++report_.shards_replayed_whole;

  std::map<std::string, std::optional<std::string>, std::less<>> replayed;
  overlay.for_each([&](std::string_view key, const std::optional<std::string_view>& value) {
    auto& at = replayed[std::string(key)];
    if (value) at.emplace(*value);
  });
  return compare_replayed(shard, replayed, is_whole);
}

StoreCheck::Failure StoreCheck::compare_replayed(
    engine::ShardId shard,
    const std::map<std::string, std::optional<std::string>, std::less<>>& replayed,
    bool is_whole) {
  const auto shard_key = keys::shard_record(shard);
  const auto known = value_at(shard_key);
  auto record = known ? decode_shard(shard_key, *known) : Read<ShardRecord>(ShardRecord{});
  const auto oldest_bucket = record ? record->oldest_bucket : 0;
  for (const auto& [key, value] : replayed) {
    if (depends_on_more(key, is_whole, oldest_bucket)) continue;
    auto stored = view_.get(Column::state, key);
    // A damaged record is named already.
    if (!stored) continue;
    expect(*stored == value, key, "it is not what the log says when it is carried out again");
  }
  if (!is_whole) return std::nullopt;

  return walk(
      Column::state,
      keys::shard(shard),
      keys::shard(shard).end(),
      [&](std::string_view key, std::string_view /*value*/) {
        if (depends_on_more(key, is_whole, oldest_bucket)) return;
        expect(replayed.contains(key), key, "nothing in the log says that it should be there");
      });
}

}  // namespace cavea::persistence
