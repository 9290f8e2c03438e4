#pragma once

#include "persistence/turn.hpp"
#include "persistence/wire.hpp"

namespace cavea::persistence {

/// What is around an outcome and mostly equal to what is in it.
struct OutcomeContext {
  engine::ReservationId reservation;
  engine::Version version;
};

/// `outcome` in FORMAT.md.
void encode_outcome(Encoder& out, const Outcome& outcome, const OutcomeContext& context);
[[nodiscard]] Outcome decode_outcome(Decoder& in, const OutcomeContext& context);

}  // namespace cavea::persistence
