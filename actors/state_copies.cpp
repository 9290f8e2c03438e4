#include "actors/state_copies.hpp"

#include "actors/limits.hpp"

#include <memory>
#include <utility>

namespace cavea::actors {

std::optional<persistence::StatePart> StateCopies::read(
    const StateRequest& request, std::int64_t now_ms) {
  const auto copy = find(request, now_ms);
  if (copy == nullptr) return std::nullopt;
  auto part = copy->part_from(request.from, limits::state_part_bytes_max);
  if (!part || part->next.empty()) end(request);
  if (!part) return std::nullopt;
  return std::move(*part);
}

std::shared_ptr<const persistence::StateCopy> StateCopies::find(
    const StateRequest& request, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  std::erase_if(running_, [&](const auto& entry) {
    return now_ms - entry.second.used_ms > limits::state_copy_idle_ms;
  });
  const auto key = std::pair(request.shard, request.copy);
  if (request.from.empty()) {
    if (running_.size() >= limits::state_copies_max) return nullptr;
    running_[key].copy =
        std::make_shared<const persistence::StateCopy>(reader_.state_copy(request.shard));
  }
  const auto found = running_.find(key);
  if (found == running_.end()) return nullptr;
  found->second.used_ms = now_ms;
  return found->second.copy;
}

void StateCopies::end(const StateRequest& request) {
  const std::lock_guard lock(mutex_);
  running_.erase({request.shard, request.copy});
}

}  // namespace cavea::actors
