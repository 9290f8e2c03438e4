#pragma once

#include "engine/payment.hpp"

#include <string_view>

namespace cavea::outbound::payment {

/// Reads the body of a webhook whose signature was found good: an `event` object
/// (https://docs.stripe.com/api/events/object). Every event of a payment is a notice but its
/// creation, and so is a refund of its charge; all other types are not needed. Never throws.
[[nodiscard]] engine::NoticeResult read_notice(std::string_view body) noexcept;

}  // namespace cavea::outbound::payment
