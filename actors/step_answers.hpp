#pragma once

#include "engine/command_bus.hpp"

#include <caf/all.hpp>

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace cavea::actors {

/// What an offering answered to a step of a saga.
struct StepAnswered {
  std::string key;  ///< Of the step.
  std::uint32_t leg = 0;
  engine::Answer answer;
};

/// Where offerings answer to sagas: each answer goes to the actor that asked.
class StepAnswers final : public engine::AnswerSink {
 public:
  /// The address to give with the command of a step.
  [[nodiscard]] engine::ReturnAddress expect(caf::actor saga, std::string key, std::uint32_t leg);

  void deliver(std::vector<engine::Delivery> deliveries) noexcept override;

  void publish(const engine::OfferingId&, engine::FeedItem) noexcept override {}

 private:
  struct Expected {
    caf::actor saga;
    std::string key;
    std::uint32_t leg = 0;
  };

  [[nodiscard]] std::optional<Expected> take(std::uint64_t ticket);

  std::mutex mutex_;
  std::unordered_map<std::uint64_t, Expected> expected_;
  std::uint64_t next_ticket_ = 1;
};

}  // namespace cavea::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(cavea::actors::StepAnswered)
