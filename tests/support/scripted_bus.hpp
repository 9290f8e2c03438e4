#pragma once

#include "engine/command_bus.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace cavea::test {

/// A command bus that answers as a test says, at once or when the test wants it. Any thread.
class ScriptedBus final : public engine::CommandBus {
 public:
  using OnCommand = std::function<std::optional<engine::Answer>(const engine::CommandRequest&)>;
  using OnQuery = std::function<std::optional<engine::Answer>(const engine::Query&)>;

  /// What to answer; nothing (also: no function) keeps the request until `answer_next`.
  /// Set them before anybody asks.
  OnCommand on_command;
  OnQuery on_query;

  void submit(engine::CommandRequest request, engine::ReturnAddress back) noexcept override {
    auto answer = on_command ? on_command(request) : std::nullopt;
    const std::lock_guard lock(mutex_);
    commands_.push_back(std::move(request));
    settle(std::move(answer), back);
  }

  void query(engine::Query query, engine::ReturnAddress back) noexcept override {
    auto answer = on_query ? on_query(query) : std::nullopt;
    const std::lock_guard lock(mutex_);
    settle(std::move(answer), back);
  }

  void subscribe(engine::Subscribe what, engine::AnswerSink* sink) noexcept override {
    const std::lock_guard lock(mutex_);
    subscribers_.emplace_back(what.offering, sink);
    changed_.notify_all();
  }

  void unsubscribe(engine::Unsubscribe what, engine::AnswerSink* sink) noexcept override {
    const std::lock_guard lock(mutex_);
    std::erase(subscribers_, std::pair(what.offering, sink));
    ++unsubscriptions_;
    changed_.notify_all();
  }

  /// Waits for a request that was kept and answers it; throws when none comes within 20 s.
  void answer_next(engine::Answer answer) {
    std::unique_lock lock(mutex_);
    wait_until(lock, [&] { return !kept_.empty(); });
    const auto back = kept_.front();
    kept_.erase(kept_.begin());
    deliver(back, std::move(answer));
  }

  /// Waits until `count` requests are kept.
  void wait_for_kept(std::size_t count) {
    std::unique_lock lock(mutex_);
    wait_until(lock, [&] { return kept_.size() >= count; });
  }

  void wait_for_subscribers(std::size_t count) {
    std::unique_lock lock(mutex_);
    wait_until(lock, [&] { return subscribers_.size() == count; });
  }

  /// To every subscriber of the offering.
  void publish(const engine::OfferingId& offering, const engine::FeedItem& item) {
    const std::lock_guard lock(mutex_);
    for (const auto& [subscribed, sink] : subscribers_) {
      if (subscribed == offering) sink->publish(offering, item);
    }
  }

  [[nodiscard]] std::size_t subscriber_count() {
    const std::lock_guard lock(mutex_);
    return subscribers_.size();
  }

  [[nodiscard]] std::size_t unsubscription_count() {
    const std::lock_guard lock(mutex_);
    return unsubscriptions_;
  }

  [[nodiscard]] std::vector<engine::CommandRequest> commands() {
    const std::lock_guard lock(mutex_);
    return commands_;
  }

 private:
  static void deliver(engine::ReturnAddress back, engine::Answer answer) {
    std::vector<engine::Delivery> deliveries;
    deliveries.push_back({back.ticket, std::move(answer)});
    back.sink->deliver(std::move(deliveries));
  }

  void settle(std::optional<engine::Answer> answer, engine::ReturnAddress back) {
    if (answer) {
      deliver(back, std::move(*answer));
    } else {
      kept_.push_back(back);
    }
    changed_.notify_all();
  }

  template <class Predicate>
  void wait_until(std::unique_lock<std::mutex>& lock, Predicate is_there) {
    if (!changed_.wait_for(lock, std::chrono::seconds(20), is_there)) {
      throw std::runtime_error("the bus was not asked within 20 s");
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<engine::CommandRequest> commands_;
  std::vector<engine::ReturnAddress> kept_;
  std::vector<std::pair<engine::OfferingId, engine::AnswerSink*>> subscribers_;
  std::size_t unsubscriptions_ = 0;
};

}  // namespace cavea::test
