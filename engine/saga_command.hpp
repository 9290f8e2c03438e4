#pragma once

#include "engine/commands.hpp"
#include "engine/ids.hpp"
#include "engine/saga.hpp"

// What a saga's steps ask of offerings.

namespace cavea::engine {

/// A step that an offering carries out.
struct LegStep {
  std::uint32_t leg = 0;
  OfferingId offering;
  OfferingCommand command;
  /// It must not be carried out twice, and the offering could not tell: it needs a key.
  bool once = false;
};

/// Nothing: the step is one for the payment provider.
[[nodiscard]] std::optional<LegStep> leg_step_of(const Saga& saga, const SagaWork& work);

}  // namespace cavea::engine
