#pragma once

#include "engine/command_bus.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace cavea::actors {

/// Answers and feed items that became known together: one call per sink, so that an I/O thread is
/// woken once for all of them.
class Outbox {
 public:
  void answer(engine::ReturnAddress back, engine::Answer answer) {
    if (back.sink == nullptr) return;
    deliveries_of(back.sink).push_back({back.ticket, std::move(answer)});
  }

  void publish(
      engine::AnswerSink* sink, const engine::OfferingId& offering, engine::FeedItem item) {
    feed_.push_back({sink, offering, std::move(item)});
  }

  void send() {
    for (auto& [sink, deliveries] : answers_) {
      if (!deliveries.empty()) sink->deliver(std::exchange(deliveries, {}));
    }
    for (auto& item : feed_) item.sink->publish(item.offering, std::move(item.item));
    feed_.clear();
  }

 private:
  struct Published {
    engine::AnswerSink* sink;
    engine::OfferingId offering;
    engine::FeedItem item;
  };

  std::vector<engine::Delivery>& deliveries_of(engine::AnswerSink* sink) {
    const auto found = std::find_if(answers_.begin(), answers_.end(), [sink](const auto& entry) {
      return entry.first == sink;
    });
    if (found != answers_.end()) return found->second;
    return answers_.emplace_back(sink, std::vector<engine::Delivery>{}).second;
  }

  std::vector<std::pair<engine::AnswerSink*, std::vector<engine::Delivery>>> answers_;
  std::vector<Published> feed_;
};

}  // namespace cavea::actors
