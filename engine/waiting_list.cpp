#include "engine/waiting_list.hpp"

#include "engine/assert.hpp"

#include <algorithm>
#include <utility>

namespace cavea::engine {

std::optional<WaitingList::Found> WaitingList::find(WaitingId id) const {
  const auto at = by_id_.find(id.low);
  if (at == by_id_.end()) return std::nullopt;
  const auto& [wish, queue] = *at->second.queue;
  return Found{&wish, &queue.at(at->second.order)};
}

std::vector<WaitingList::Found> WaitingList::in_order() const {
  std::vector<Found> all;
  all.reserve(size());
  for (const auto& [wish, queue] : queues_) {
    for (const auto& [order, party] : queue) all.push_back({&wish, &party});
  }
  std::sort(all.begin(), all.end(), [](const Found& a, const Found& b) {
    return a.party->order < b.party->order;
  });
  return all;
}

void WaitingList::join(const WaitingWish& wish, WaitingParty party) {
  const auto id = party.id.low;
  const auto order = party.order;
  const auto queue = queues_.try_emplace(wish).first;
  CAVEA_ASSERT(by_person_.emplace(party.person.value, id).second);
  CAVEA_ASSERT(by_id_.emplace(id, Position{.queue = queue, .order = order}).second);
  CAVEA_ASSERT(queue->second.emplace(order, std::move(party)).second);
}

void WaitingList::pass_over(WaitingId id, std::uint32_t times) {
  const auto at = by_id_.find(id.low);
  CAVEA_ASSERT(at != by_id_.end());
  at->second.queue->second.at(at->second.order).passed_over = times;
}

void WaitingList::leave(WaitingId id) {
  const auto at = by_id_.find(id.low);
  if (at == by_id_.end()) return;
  const auto [queue, order] = at->second;
  const auto party = queue->second.find(order);
  by_person_.erase(party->second.person.value);
  queue->second.erase(party);
  if (queue->second.empty()) queues_.erase(queue);
  by_id_.erase(at);
}

void WaitingList::leave_all() {
  queues_.clear();
  by_id_.clear();
  by_person_.clear();
}

}  // namespace cavea::engine
