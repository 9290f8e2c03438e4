#include "actors/shard_actor.hpp"

#include <utility>

// How a shard keeps records of other parts of the node.

namespace cavea::actors {

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

void ShardState::release(Work& work, KeepRecords& request) {
  if (!request.then) return;
  // A refusal: the shard took nothing.
  const bool is_kept = std::holds_alternative<std::monostate>(work.outcome);
  reads_after_.push_back([then = std::exchange(request.then, {}), is_kept] { then(is_kept); });
}

}  // namespace cavea::actors
