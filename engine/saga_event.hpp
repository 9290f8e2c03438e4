#pragma once

#include <cstddef>
#include <cstdint>

// What a step did to a saga, for whoever is told of it afterwards.

namespace cavea::engine {

struct Saga;

/// In the order in which they happen where one step does several. Stored as bits: numbers never
/// change.
enum class SagaEvent : std::uint8_t {
  held = 0,             ///< All legs are held, for the customer to pay; or at once sold.
  extended = 1,         ///< The hold lasts longer.
  payment_started = 2,  ///< A payment is wanted of the provider.
  payment_failed = 3,   ///< A try to pay; another one is possible.
  paid = 4,             ///< The money was captured.
  rescued = 5,          ///< It came too late, and there were places again.
  confirmed = 6,        ///< The places are sold.
  places_given_back = 7,
  rejected = 8,  ///< A leg was refused.
  expired = 9,   ///< The hold ended unpaid.
  cancelled = 10,
  rescue_failed = 11,     ///< The money came too late, and nothing as good was left.
  refund_asked = 12,      ///< More money is to go back, or once more what did not arrive.
  refunded = 13,          ///< More money went back.
  exchanged = 14,         ///< It has other places for some that it had.
  exchange_expired = 15,  ///< What was to be had for them was not paid in time: it keeps them.
};

inline constexpr std::size_t saga_event_count = 16;

/// A set of them, a bit each.
struct SagaEvents {
  std::uint32_t bits = 0;

  [[nodiscard]] constexpr bool has(SagaEvent event) const {
    return (bits >> static_cast<unsigned>(event) & 1) != 0;
  }

  constexpr void add(SagaEvent event) { bits |= std::uint32_t{1} << static_cast<unsigned>(event); }

  /// Calls `visit` with each, in their order.
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (std::size_t i = 0; i < saga_event_count; ++i) {
      const auto event = static_cast<SagaEvent>(i);
      if (has(event)) visit(event);
    }
  }

  bool operator==(const SagaEvents&) const = default;
};

/// What made `after` of `before`, which has no legs when the saga began with it.
[[nodiscard]] SagaEvents events_between(const Saga& before, const Saga& after);

}  // namespace cavea::engine
