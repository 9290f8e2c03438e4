#include "persistence/turn_log.hpp"

#include "persistence/keys.hpp"
#include "persistence/record_codec.hpp"
#include "persistence/seal.hpp"
#include "persistence/turn_codec.hpp"

#include <algorithm>
#include <utility>

namespace cavea::persistence {

namespace {

std::uint64_t index_in(std::string_view key) {
  KeyReader in(key);
  in.shard();
  return in.big_endian<std::uint64_t>();
}

/// The entry on which a cursor stands.
Read<StoredEntry> entry_at(const Cursor& cursor) {
  const auto value = cursor.value();
  if (!value) return damaged_record(Column::log, cursor.key());
  return decode_entry(cursor.key(), *value, index_in(cursor.key()));
}

/// The oldest entry of a log of which nobody has noted what is kept.
Read<std::uint64_t> first_in_log(const View& view, engine::ShardId shard) {
  const auto cursor =
      view.cursor(Column::log, keys::shard(shard), keys::shard(shard).end(), Direction::forward);
  if (auto error = cursor->error()) return std::move(*error);
  return cursor->valid() ? index_in(cursor->key()) : std::uint64_t{1};
}

}  // namespace

TurnWalk::TurnWalk(const View& view, engine::ShardId shard, KeptTurns kept, std::uint64_t after)
    : shard_(shard), read_to_(std::max(after, kept.first - 1)), applied_(kept.applied) {
  if (read_to_ >= applied_) return;
  cursor_ = view.cursor(
      Column::log,
      keys::entry(shard, read_to_ + 1),
      keys::entry(shard, applied_ + 1),
      Direction::forward);
}

Read<std::optional<LoggedTurn>> TurnWalk::next() {
  while (read_to_ < applied_) {
    if (auto error = cursor_->error()) return std::move(*error);
    if (!cursor_->valid() || index_in(cursor_->key()) != read_to_ + 1) {
      return corrupt_record(
          "log entry", keys::entry(shard_, read_to_ + 1), "it is committed, but not there");
    }
    auto entry = entry_at(*cursor_);
    if (!entry) return std::move(entry).error();
    cursor_->next();
    read_to_ = entry->index;
    bytes_ += entry->data->size();
    if (entry->type != turn_entry_type) continue;
    auto turn = decode_turn(*entry->data);
    if (!turn) return std::move(turn).error();
    return std::optional(LoggedTurn{entry->index, std::move(turn).value()});
  }
  return std::optional<LoggedTurn>{};
}

Read<KeptTurns> TurnLog::kept(engine::ShardId shard) const {
  KeptTurns kept;
  const auto shard_key = keys::shard_record(shard);
  auto known = view_->get(Column::state, shard_key);
  if (!known) return std::move(known).error();
  if (*known) {
    auto record = decode_shard(shard_key, **known);
    if (!record) return std::move(record).error();
    kept.applied = record->applied;
  }
  const auto kept_key = keys::kept_log(shard);
  auto noted = view_->get(Column::meta, kept_key);
  if (!noted) return std::move(noted).error();
  if (*noted) {
    auto record = decode_kept_log(kept_key, **noted);
    if (!record) return std::move(record).error();
    kept.first = record->first;
    return kept;
  }
  auto first = first_in_log(*view_, shard);
  if (!first) return std::move(first).error();
  kept.first = *first;
  return kept;
}

Read<TurnPage> TurnLog::turns_after(
    engine::ShardId shard, std::uint64_t after, const TurnLimit& limit) const {
  auto kept = this->kept(shard);
  if (!kept) return std::move(kept).error();
  TurnPage page;
  page.kept = *kept;
  page.is_cut = after + 1 < kept->first;
  auto turns = walk(shard, *kept, after);
  while (page.turns.size() < limit.turns && turns.bytes() < limit.bytes) {
    auto turn = turns.next();
    if (!turn) return std::move(turn).error();
    if (!*turn) break;
    page.turns.push_back(std::move(**turn));
  }
  page.read_to = turns.read_to();
  return page;
}

Read<TurnLog::Dated> TurnLog::first_turn_in(
    engine::ShardId shard, std::uint64_t from, std::uint64_t to) const {
  const auto cursor = view_->cursor(
      Column::log, keys::entry(shard, from), keys::entry(shard, to), Direction::forward);
  for (; cursor->valid(); cursor->next()) {
    auto entry = entry_at(*cursor);
    if (!entry) return std::move(entry).error();
    if (entry->type != turn_entry_type) continue;
    auto at = time_of_turn(*entry->data);
    if (!at) return std::move(at).error();
    if (*at) return Dated{entry->index, *at};
  }
  if (auto error = cursor->error()) return std::move(*error);
  return Dated{to, std::nullopt};
}

Read<TurnLog::Dated> TurnLog::first_since(engine::ShardId shard, engine::Timestamp since) const {
  auto kept = this->kept(shard);
  if (!kept) return std::move(kept).error();
  // All before `low` are older than `since`; `found` is not, and nothing in [high, found) is a
  // turn.
  auto low = kept->first;
  auto high = std::max(kept->applied + 1, low);
  Dated found{high, std::nullopt};
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    auto turn = first_turn_in(shard, middle, high);
    if (!turn) return std::move(turn).error();
    if (turn->at && *turn->at < since) {
      low = turn->index + 1;
      continue;
    }
    if (turn->at) found = *turn;
    high = middle;
  }
  return Dated{found.index, found.at};
}

}  // namespace cavea::persistence
