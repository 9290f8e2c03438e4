#pragma once

#include "engine/result.hpp"
#include "simulator/form.hpp"
#include "simulator/payment.hpp"
#include "simulator/payment_text.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

// Reads parameters of the API, with Stripe's errors for what is wrong with them.

namespace cavea::simulator {

[[nodiscard]] ApiError parameter_fault(
    std::string code, std::string_view name, std::string message);

/// A name that ends in "[" stands for all that begin with it.
[[nodiscard]] std::optional<ApiError> unknown_parameter(
    const Form& form, std::initializer_list<std::string_view> known);

/// Nothing when it is missing.
[[nodiscard]] engine::Result<std::optional<std::int64_t>, ApiError> whole_number(
    const Form& form, std::string_view name);

/// An amount of money above zero; nothing when it is missing.
[[nodiscard]] engine::Result<std::optional<std::int64_t>, ApiError> amount_in(
    const Form& form, std::string_view name);

/// Three small letters of a currency in ISO 4217.
[[nodiscard]] engine::Result<std::string, ApiError> currency_in(const Form& form);

[[nodiscard]] engine::Result<Metadata, ApiError> metadata_in(const Form& form);

/// `expand[]`, of those that we know.
[[nodiscard]] Expansion expansion_in(const Form& form);

}  // namespace cavea::simulator
