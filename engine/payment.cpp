#include "engine/payment.hpp"

#include "engine/assert.hpp"

#include <cstddef>
#include <iterator>

namespace cavea::engine {

namespace {

/// By number.
constexpr std::string_view status_names[] = {
    "requires_payment_method",
    "requires_confirmation",
    "requires_action",
    "processing",
    "requires_capture",
    "succeeded",
    "canceled"};

constexpr std::string_view failure_names[] = {"declined", "refused", "unavailable"};

constexpr std::string_view fault_names[] = {
    "header_malformed", "too_old", "from_the_future", "signature_wrong", "body_malformed"};

template <std::size_t Count, class Enum>
std::string_view name_in(const std::string_view (&names)[Count], Enum value) noexcept {
  const auto number = static_cast<std::size_t>(value);
  CAVEA_ASSERT(number < Count);
  return names[number];
}

}  // namespace

std::string_view name_of(PaymentStatus status) noexcept {
  return name_in(status_names, status);
}

std::optional<PaymentStatus> payment_status_from(std::string_view text) noexcept {
  for (std::size_t i = 0; i < std::size(status_names); ++i) {
    if (status_names[i] == text) return static_cast<PaymentStatus>(i);
  }
  return std::nullopt;
}

std::string_view name_of(PaymentFailure::Kind kind) noexcept {
  return name_in(failure_names, kind);
}

std::string_view name_of(NoticeFault::Kind kind) noexcept {
  return name_in(fault_names, kind);
}

}  // namespace cavea::engine
