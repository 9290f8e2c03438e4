#include "actors/reads.hpp"

#include <utility>

// Answers about waiting lists.

namespace cavea::actors {

void Reads::answer_waiting(engine::WaitingId id, engine::ReturnAddress back) {
  run_for_command([this, id, back](const auto&) { deliver(back, waiting_answer(id, nullptr)); });
}

engine::Answer Reads::waiting_answer(
    engine::WaitingId id, const persistence::Outcome* as_made) const {
  auto view = value_or_fail(reader_.waiting_view(id));
  if (!view) return engine::Refusal(engine::Rejection::waiting_not_found);
  if (as_made == nullptr) return std::move(*view);

  // As it was when the command was carried out, whatever happened since.
  view->replayed = true;
  auto& record = view->items.front().record;
  if (as_made->kind == persistence::Outcome::Kind::waiting_joined) {
    record.status = engine::WaitingStatus::waiting;
    record.end = engine::WaitingEnd::none;
    record.changed_at = joined_at(id);
  } else {
    record.status = engine::WaitingStatus::ended;
  }
  record.version = as_made->version;
  return std::move(*view);
}

engine::Answer Reads::answer_of(const engine::GetWaiting& query, std::uint16_t /*shard_count*/) {
  auto answer = waiting_answer(query.id, nullptr);
  const auto* view = std::get_if<engine::WaitingView>(&answer);
  const bool is_anothers = view != nullptr && !query.viewer.empty()
                           && view->items.front().record.party.user != query.viewer;
  if (is_anothers) return engine::Refusal(engine::Rejection::waiting_not_found);
  return answer;
}

engine::Answer Reads::answer_of(const engine::ListWaiting& query, std::uint16_t /*shard_count*/) {
  return value_or_fail(reader_.waiting(query));
}

engine::Answer Reads::answer_of(
    const engine::ListWaitingParties& query, std::uint16_t shard_count) {
  auto offering = answer_of(engine::GetOffering{query.kind, query.offering}, shard_count);
  if (std::holds_alternative<engine::Refusal>(offering)) return offering;
  return value_or_fail(reader_.waiting(query));
}

}  // namespace cavea::actors
