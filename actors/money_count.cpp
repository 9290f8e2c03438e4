#include "actors/money_count.hpp"

#include "actors/limits.hpp"
#include "actors/turn_queue.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace cavea::actors {

MoneyCount::MoneyCount(Reads& reads, std::uint16_t shard_count)
    : reads_(reads), shard_count_(shard_count) {}

void MoneyCount::on_tick(std::int64_t steady_ms) {
  auto next = next_ms_.load(std::memory_order_relaxed);
  if (steady_ms < next || !next_ms_.compare_exchange_strong(next, INT64_MAX)) return;
  began_ms_ = steady_ms;
  shard_ = {};
  after_ = {};
  counted_.clear();
  reads_.run_in_background([this](const auto& reader) { count_some(reader); });
}

void MoneyCount::count_some(const persistence::StateReader& reader) {
  if (is_stopped_.load(std::memory_order_relaxed)) return;
  const auto sagas =
      reads_.value_or_fail(reader.sagas_after(shard_, after_, limits::money_counted_at_once));
  for (const auto& saga : sagas) {
    const auto books = engine::books_of(saga);
    if (books.unbalanced() != 0) {
      spdlog::error(
          "event=money_unbalanced reservation={} minor_units={}",
          saga.id.str(),
          books.unbalanced());
    }
    if (!books.empty()) counted_[saga.currency] += books;
    after_ = saga.id;
  }
  if (sagas.size() < limits::money_counted_at_once) {
    ++shard_.value;
    after_ = {};
  }
  if (shard_.value >= shard_count_) return finish();
  reads_.run_in_background([this](const auto& other) { count_some(other); });
}

void MoneyCount::finish() {
  {
    const std::lock_guard lock(mutex_);
    books_ = std::move(counted_);
  }
  const auto now = steady_ms();
  const auto pause =
      std::max(limits::money_count_ms, limits::money_count_pause_times * (now - began_ms_));
  next_ms_.store(now + pause);
}

engine::BooksByCurrency MoneyCount::books() const {
  const std::lock_guard lock(mutex_);
  return books_;
}

}  // namespace cavea::actors
