#pragma once

#include "engine/saga.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace cavea::engine::testing {

/// Everything that a saga is, in one line: two sagas are equal when these are.
[[nodiscard]] std::string every_word_of(const Saga& saga);
[[nodiscard]] std::string every_word_of(const SagaInput& input);

/// "claim 0", "capture 300": what is to be done, without the key.
[[nodiscard]] std::string words_of(const SagaStep& step);

/// The leg that a step is about; nothing: it is about the payment.
[[nodiscard]] std::optional<std::uint32_t> leg_of_step(const SagaStep& step);

[[nodiscard]] std::string name_of(SagaGoal goal);
[[nodiscard]] std::string name_of(MoneyState state);
[[nodiscard]] std::string name_of(LegState state);
[[nodiscard]] std::string name_of(RescueState state);

}  // namespace cavea::engine::testing
