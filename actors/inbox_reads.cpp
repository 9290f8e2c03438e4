#include "actors/inbox_reads.hpp"

#include "actors/limits.hpp"
#include "actors/turn_queue.hpp"

#include <algorithm>
#include <utility>

namespace cavea::actors {

void InboxReads::answer(engine::ListInbox query, engine::ReturnAddress back) {
  if (query.wait.ms <= 0) return reads_.answer(std::move(query), shard_count_, back);
  auto waiter = std::make_shared<Waiter>();
  waiter->until_ms = steady_ms() + std::min(query.wait.ms, limits::follower_wait_ms_max);
  waiter->query = std::move(query);
  waiter->back = back;
  waiter->is_reading = true;
  auto refusal = engine::Rejection::not_ready;
  {
    const std::lock_guard lock(mutex_);
    if (waiters_.size() >= limits::inbox_waiters_max) {
      refusal = engine::Rejection::overloaded;
    } else if (!is_stopped_) {
      // Before it looks: what changes meanwhile is not missed.
      waiters_.emplace(engine::PersonKey::of(waiter->query.user), waiter);
      waiting_.store(waiters_.size(), std::memory_order_seq_cst);
      back = {};
    }
  }
  if (back.sink != nullptr) return deliver(back, engine::Refusal(refusal));
  look(waiter);
}

void InboxReads::look(const WaiterRef& waiter) {
  reads_.run_in_background_after_writes([this, waiter](const auto&) {
    on_read(waiter, reads_.inbox_page(waiter->query, shard_count_));
  });
}

void InboxReads::on_read(const WaiterRef& waiter, engine::InboxPage page) {
  bool looks_again = false;
  {
    const std::lock_guard lock(mutex_);
    const auto [first, last] = waiters_.equal_range(engine::PersonKey::of(waiter->query.user));
    const auto found =
        std::find_if(first, last, [&](const auto& entry) { return entry.second == waiter; });
    if (found == last) return;
    if (page.version != waiter->query.seen || steady_ms() >= waiter->until_ms) {
      waiters_.erase(found);
      waiting_.store(waiters_.size(), std::memory_order_seq_cst);
    } else {
      looks_again = std::exchange(waiter->has_changed, false);
      waiter->is_reading = looks_again;
      if (!looks_again) return;
    }
  }
  if (looks_again) return look(waiter);
  deliver(waiter->back, std::move(page));
}

void InboxReads::on_changed(engine::PersonKey person) {
  if (waiting_.load(std::memory_order_seq_cst) == 0) return;
  std::vector<WaiterRef> idle;
  {
    const std::lock_guard lock(mutex_);
    const auto [first, last] = waiters_.equal_range(person);
    for (auto entry = first; entry != last; ++entry) {
      auto& waiter = *entry->second;
      if (waiter.is_reading) {
        waiter.has_changed = true;
      } else {
        waiter.is_reading = true;
        idle.push_back(entry->second);
      }
    }
  }
  for (const auto& waiter : idle) look(waiter);
}

void InboxReads::on_tick(std::int64_t now_ms) {
  if (waiting_.load(std::memory_order_relaxed) == 0) return;
  std::vector<WaiterRef> over;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [person, waiter] : waiters_) {
      if (waiter->is_reading || now_ms < waiter->until_ms) continue;
      waiter->is_reading = true;
      over.push_back(waiter);
    }
  }
  for (const auto& waiter : over) look(waiter);
}

void InboxReads::stop() {
  std::multimap<engine::PersonKey, WaiterRef> waiters;
  {
    const std::lock_guard lock(mutex_);
    is_stopped_ = true;
    waiters = std::exchange(waiters_, {});
    waiting_.store(0, std::memory_order_seq_cst);
  }
  for (const auto& [person, waiter] : waiters) {
    deliver(waiter->back, engine::Refusal(engine::Rejection::not_ready));
  }
}

}  // namespace cavea::actors
