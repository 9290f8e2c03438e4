#include "persistence/state_copy.hpp"

#include "engine/assert.hpp"
#include "persistence/keys.hpp"
#include "persistence/record_codec.hpp"

#include <optional>

namespace cavea::persistence {

Read<StatePart> StateCopy::part_from(std::string_view key, std::size_t bytes_max) const {
  const auto shard_key = keys::shard_record(shard_);
  auto stored = view_->get(Column::state, shard_key);
  if (!stored) return std::move(stored).error();
  auto mark = view_->get(Column::state, keys::copy_mark(shard_));
  if (!mark) return std::move(mark).error();
  if (!*stored || *mark) {
    return StoreError{
        StoreError::Kind::mismatch,
        "shard " + std::to_string(shard_.value) + " has no whole state to copy"};
  }
  auto record = decode_shard(shard_key, **stored);
  if (!record) return std::move(record).error();

  StatePart part;
  part.applied = record->applied;
  const auto range = keys::shard(shard_);
  std::size_t bytes = 0;
  const auto error = view_->scan(
      Column::state,
      key.empty() ? range.view() : key,
      range.end(),
      [&](std::string_view at, std::string_view value) {
        if (bytes >= bytes_max) {
          part.next = at;
          return false;
        }
        bytes += at.size() + value.size();
        part.records.emplace_back(at, value);
        return true;
      });
  if (error) return *error;
  return part;
}

void add_to(WriteBatch& batch, const StateInstall& step, std::string& kept) {
  const auto range = keys::shard(step.shard);
  const auto shard_key = keys::shard_record(step.shard);
  const auto mark = keys::copy_mark(step.shard);
  if (step.is_first) {
    kept.clear();
    batch.remove_range(Column::state, range, range.end());
    batch.put(Column::state, mark, {});
  }
  for (const auto& [key, value] : step.part.records) {
    if (key == shard_key.view()) {
      kept = value;
    } else {
      batch.put(Column::state, key, value);
    }
  }
  if (!step.part.next.empty()) return;
  CAVEA_ASSERT(!kept.empty());
  batch.put(Column::state, shard_key, kept);
  batch.remove(Column::state, mark);
}

}  // namespace cavea::persistence
