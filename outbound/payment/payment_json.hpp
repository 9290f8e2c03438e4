#pragma once

#include "engine/payment.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Reads the provider's JSON. It comes from outside: nothing in it is taken for granted.

namespace cavea::outbound::payment {

using Json = nlohmann::json;

/// Reads a text as far as we need it: of all objects only the members that the functions below and
/// their callers ask for are kept, which is an eighth of what comes. A discarded value when it is
/// no JSON, or nested deeper than any of the provider's objects.
[[nodiscard]] Json parse_provider_text(std::string_view text);

/// The member of an object; null when it is missing or `object` is none.
[[nodiscard]] const Json& member_of(const Json& object, std::string_view name);

/// The text of a member; empty when it is missing or no text.
[[nodiscard]] std::string text_of(const Json& object, std::string_view name);

/// The whole number of a member; nothing when it is missing or none.
[[nodiscard]] std::optional<std::int64_t> number_of(const Json& object, std::string_view name);

/// A `payment_intent` object; nothing when it is none that we understand.
[[nodiscard]] std::optional<engine::Payment> read_payment(const Json& object);

/// The payment that a `charge` object belongs to, as far as a charge tells; nothing when it belongs
/// to none.
[[nodiscard]] std::optional<engine::Payment> read_payment_of_charge(const Json& object);

/// Text from outside as one line of at most 300 bytes for logs and answers: control characters and
/// bytes beyond ASCII become blanks.
[[nodiscard]] std::string one_line(std::string_view text);

}  // namespace cavea::outbound::payment
