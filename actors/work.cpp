#include "actors/work.hpp"

namespace cavea::actors {

Work::Work(WorkItem what, engine::ReturnAddress to, std::atomic<std::int64_t>& waiting_count)
    : item(std::move(what)), back(to), waiting_count_(waiting_count) {
  waiting_count_.fetch_add(1, std::memory_order_relaxed);
}

Work::~Work() {
  if (auto* keep = std::get_if<KeepRecords>(&item); keep != nullptr && keep->then) {
    keep->then(false);
  }
  waiting_count_.fetch_sub(1, std::memory_order_release);
  if (back.sink == nullptr) return;
  std::vector<engine::Delivery> deliveries;
  deliveries.push_back({back.ticket, engine::Refusal(engine::Rejection::outcome_unknown)});
  back.sink->deliver(std::move(deliveries));
}

const engine::IdempotencyKey* Work::idempotency_key() const {
  const auto* request = std::get_if<engine::CommandRequest>(&item);
  if (request == nullptr || !request->idempotency) return nullptr;
  return &*request->idempotency;
}

}  // namespace cavea::actors
