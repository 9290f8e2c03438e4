#pragma once

#include "engine/definition.hpp"
#include "engine/ids.hpp"
#include "engine/money.hpp"

#include <cstdint>
#include <string>

namespace cavea::engine {

/// How far a node is with what concerns everybody who has places of an offering: giving them back
/// when it is cancelled, and telling of another time or venue.
struct GetProgress {
  OfferingKind kind{};
  OfferingId offering;
};

struct OfferingProgress {
  OfferingId offering;
  bool is_cancelled = false;
  std::string reason;  ///< Of a cancellation.

  std::uint32_t live = 0;        ///< Reservations that still have places, held or sold.
  std::uint32_t given_back = 0;  ///< Those that the cancellation has given back.

  // Of these, what was paid. A reservation over several offerings counts with all that goes back.
  std::uint32_t refunds_pending = 0;
  std::uint32_t refunds_done = 0;
  Money refund_due;
  Money refunded;
  Currency currency;

  // Of the last change of time or venue, while people are being told of it.
  std::uint32_t told = 0;
  std::uint32_t to_tell = 0;

  /// Nothing is left to be done.
  [[nodiscard]] bool is_done() const noexcept {
    return to_tell == 0 && (!is_cancelled || (live == 0 && refunds_pending == 0));
  }
};

}  // namespace cavea::engine
