#include "actors/step_answers.hpp"

#include <utility>

namespace cavea::actors {

engine::ReturnAddress StepAnswers::expect(caf::actor saga, std::string key, std::uint32_t leg) {
  const std::lock_guard lock(mutex_);
  const auto ticket = next_ticket_++;
  expected_.emplace(ticket, Expected{std::move(saga), std::move(key), leg});
  return {this, ticket};
}

std::optional<StepAnswers::Expected> StepAnswers::take(std::uint64_t ticket) {
  const std::lock_guard lock(mutex_);
  const auto found = expected_.find(ticket);
  if (found == expected_.end()) return std::nullopt;
  auto expected = std::move(found->second);
  expected_.erase(found);
  return expected;
}

void StepAnswers::deliver(std::vector<engine::Delivery> deliveries) noexcept {
  for (auto& delivery : deliveries) {
    auto expected = take(delivery.ticket);
    if (!expected) continue;
    caf::anon_send(
        expected->saga,
        StepAnswered{std::move(expected->key), expected->leg, std::move(delivery.answer)});
  }
}

}  // namespace cavea::actors
