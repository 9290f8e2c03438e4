#pragma once

#include "engine/command_bus.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

namespace cavea::tests {

/// Keeps what a command bus answers and publishes, for a test that waits for it. Waiting ends as
/// soon as the answer is there; after 20 seconds the test has failed.
class CollectingSink final : public engine::AnswerSink {
 public:
  void deliver(std::vector<engine::Delivery> deliveries) noexcept override {
    const std::lock_guard lock(mutex_);
    for (auto& delivery : deliveries) {
      answers_.insert_or_assign(delivery.ticket, std::move(delivery.answer));
      ++answer_counts_[delivery.ticket];
    }
    changed_.notify_all();
  }

  void publish(const engine::OfferingId& offering, engine::FeedItem item) noexcept override {
    const std::lock_guard lock(mutex_);
    feed_.emplace_back(offering, std::move(item));
    changed_.notify_all();
  }

  /// The answer to a ticket; throws when none comes.
  engine::Answer wait_for(std::uint64_t ticket) {
    std::unique_lock lock(mutex_);
    wait_until(lock, [&] { return answers_.contains(ticket); });
    return answers_.at(ticket);
  }

  /// The next item of any feed, in order; throws when none comes.
  engine::FeedItem wait_for_feed_item() {
    std::unique_lock lock(mutex_);
    wait_until(lock, [&] { return next_feed_item_ < feed_.size(); });
    return feed_[next_feed_item_++].second;
  }

  /// How many tickets were answered more than once: must be none.
  std::size_t answered_twice() {
    const std::lock_guard lock(mutex_);
    std::size_t count = 0;
    for (const auto& [ticket, times] : answer_counts_) count += times > 1 ? 1 : 0;
    return count;
  }

  std::size_t answer_count() {
    const std::lock_guard lock(mutex_);
    return answers_.size();
  }

 private:
  template <class Predicate>
  void wait_until(std::unique_lock<std::mutex>& lock, Predicate is_there) {
    if (!changed_.wait_for(lock, std::chrono::seconds(20), is_there)) {
      throw std::runtime_error("no answer came within 20 s");
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::uint64_t, engine::Answer> answers_;
  std::map<std::uint64_t, int> answer_counts_;
  std::vector<std::pair<engine::OfferingId, engine::FeedItem>> feed_;
  std::size_t next_feed_item_ = 0;
};

}  // namespace cavea::tests
