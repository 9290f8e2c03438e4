#pragma once

#include "engine/measure.hpp"
#include "engine/payment.hpp"

#include <array>
#include <cstddef>
#include <variant>

namespace cavea::outbound::payment {

/// What the adapter counts; read by whoever exports metrics.
struct Probe {
  static constexpr std::size_t request_kinds = std::variant_size_v<engine::PaymentRequest>;
  static constexpr std::size_t failure_kinds = 3;
  static constexpr std::size_t fault_kinds = 5;

  /// By the index of the request in `engine::PaymentRequest`.
  std::array<engine::Counter, request_kinds> answered;  ///< With a payment or a page.
  /// The same, and by `engine::PaymentFailure::Kind`.
  std::array<std::array<engine::Counter, failure_kinds>, request_kinds> failed;

  engine::Counter attempts;  ///< Calls that went out, retries included.
  engine::Counter retries;
  engine::Counter connections;  ///< Opened.
  engine::Counter turned_away;  ///< Told at once that too much waits already.
  engine::Counter kept_away;    ///< Not sent because the circuit breaker was open.
  engine::Counter breaker_openings;

  engine::Gauge unanswered;     ///< Requests without an answer yet.
  engine::Gauge under_way;      ///< Calls at the provider now.
  engine::Gauge breaker_state;  ///< `CircuitBreaker::State`.

  engine::Histogram attempt_us;  ///< Time of one call.
  engine::Histogram answer_us;   ///< From the request to its answer, waiting and retries included.

  engine::Counter notices;  ///< Genuine and needed.
  engine::Counter notices_unneeded;
  std::array<engine::Counter, fault_kinds> notices_refused;  ///< By `engine::NoticeFault::Kind`.
};

/// "create", "capture", "cancel", "refund", "look_up", "list": by the index of the request.
inline constexpr std::array<std::string_view, Probe::request_kinds> request_names{
    "create", "capture", "cancel", "refund", "look_up", "list"};

}  // namespace cavea::outbound::payment
