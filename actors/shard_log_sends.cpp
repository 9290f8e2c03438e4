#include "actors/limits.hpp"
#include "actors/shard_log.hpp"
#include "actors/stored_log.hpp"

#include <algorithm>
#include <utility>

// What a shard's log sends to the replicas of other nodes.

namespace cavea::actors {

void ShardLog::send(cluster::Message message) {
  if (parts_.peers == nullptr) return;
  const auto* append = std::get_if<cluster::AppendEntries>(&message.body);
  if (append == nullptr || append->entry_count == 0) return send_when_safe(std::move(message));
  const auto entries = entries_of(append->prev_index.value + 1, append->entry_count);
  // They were cut meanwhile, or are too many for one look: raft sends again what was not taken.
  if (entries.empty()) return;
  std::get<cluster::AppendEntries>(message.body).entry_count =
      static_cast<std::uint32_t>(entries.size());
  for (auto& part : cluster::fill_append(message, entries, limits::append_bytes_max)) {
    send_when_safe(std::move(part));
  }
}

/// Nothing leaves before the term and the vote that it was written with are on the disk.
void ShardLog::send_when_safe(cluster::Message message) {
  if (hard_state_write_ > persisted_write_) {
    held_.push_back({hard_state_write_, std::move(message)});
  } else {
    parts_.peers->send(parts_.shard, std::move(message));
  }
}

/// From memory, or what is older from the store, where fewer may be found.
std::vector<cluster::LogEntry> ShardLog::entries_of(
    std::uint64_t first, std::uint32_t count) const {
  std::vector<cluster::LogEntry> entries;
  if (count == 0) return entries;
  const auto in_memory = recent_.empty() ? first + count : recent_.front().index.value;
  if (first < in_memory) {
    const auto wanted = std::min<std::uint64_t>(count, in_memory - first);
    auto stored = parts_.reader->log_entries(
        parts_.shard, first, static_cast<std::size_t>(wanted), limits::append_bytes_max);
    // A store that cannot be read is found by who must read it; a replica only waits longer.
    if (!stored) return entries;
    for (auto& entry : *stored) entries.push_back(loaded(std::move(entry)));
    if (entries.size() < wanted) return entries;
  }
  for (auto index = std::max(first, in_memory); index < first + count; ++index) {
    entries.push_back(recent_.at(index - in_memory));
  }
  return entries;
}

}  // namespace cavea::actors
