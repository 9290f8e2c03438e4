#include "persistence/keys.hpp"
#include "persistence/state_reader.hpp"

#include <algorithm>

// What parts of the node keep beside offerings and sagas.

namespace cavea::persistence {

Read<std::optional<std::string>> StateReader::record(
    engine::ShardId shard, RecordKind kind, std::string_view key) const {
  return store_.get(Column::state, keys::record(shard, kind, key));
}

Read<std::vector<KeptRecord>> StateReader::records(
    engine::ShardId shard, const RecordRange& range) const {
  const auto prefix_size = keys::record(shard, range.kind, {}).view().size();
  const auto all = keys::record(shard, range.kind, range.prefix);
  std::string from(all.view());
  std::string to(all.end().view());
  if (!range.after.empty()) {
    const auto after = keys::record(shard, range.kind, range.after);
    if (range.newest_first) {
      to = std::min(to, std::string(after.view()));
    } else {
      // The first key behind it.
      from = std::max(from, std::string(after.view()) + '\0');
    }
  }
  if (!range.before.empty()) {
    to = std::min(to, std::string(keys::record(shard, range.kind, range.before).view()));
  }
  std::vector<KeptRecord> found;
  if (from >= to || range.limit == 0) return found;
  const auto visit = [&](std::string_view key, std::string_view value) {
    found.push_back({std::string(key.substr(prefix_size)), std::string(value)});
    return found.size() < range.limit;
  };
  auto error = range.newest_first ? store_.scan_backwards(Column::state, from, to, visit)
                                  : store_.scan(Column::state, from, to, visit);
  if (error) return *std::move(error);
  return found;
}

}  // namespace cavea::persistence
