#include "simulator/parameters.hpp"

#include "engine/money.hpp"
#include "simulator/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace cavea::simulator {

namespace {

using Number = engine::Result<std::optional<std::int64_t>, ApiError>;

constexpr std::string_view metadata_prefix = "metadata[";

bool is_known(std::string_view name, std::initializer_list<std::string_view> known) {
  return std::any_of(known.begin(), known.end(), [&](std::string_view one) {
    return one.ends_with('[') ? name.starts_with(one) : name == one;
  });
}

}  // namespace

ApiError parameter_fault(std::string code, std::string_view name, std::string message) {
  return {
      .code = std::move(code),
      .message = std::move(message),
      .param = std::string(name),
      .is_of_request = true};
}

std::optional<ApiError> unknown_parameter(
    const Form& form, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : form.fields()) {
    if (is_known(name, known)) continue;
    return parameter_fault(
        "parameter_unknown", name, fmt::format("Received unknown parameter: {}", name));
  }
  return std::nullopt;
}

Number whole_number(const Form& form, std::string_view name) {
  const auto* text = form.find(name);
  if (text == nullptr) return std::optional<std::int64_t>();
  std::int64_t number = 0;
  const auto* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, number);
  if (error != std::errc() || stop != end) {
    return parameter_fault(
        "parameter_invalid_integer", name, fmt::format("Invalid integer: {}", *text));
  }
  return std::optional(number);
}

Number amount_in(const Form& form, std::string_view name) {
  auto number = whole_number(form, name);
  if (!number || !number.value()) return number;
  if (**number < 1) {
    return parameter_fault(
        "parameter_invalid_integer", name, "This value must be greater than or equal to 1.");
  }
  if (**number > limits::amount_max) {
    return parameter_fault(
        "amount_too_large",
        name,
        fmt::format("Amount must be no more than {}", limits::amount_max));
  }
  return number;
}

engine::Result<std::string, ApiError> currency_in(const Form& form) {
  const auto* text = form.find("currency");
  if (text == nullptr) {
    return parameter_fault("parameter_missing", "currency", "Missing required param: currency.");
  }
  std::string upper = *text;
  for (auto& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  if (!engine::Currency::from(upper)) {
    return parameter_fault("", "currency", fmt::format("Invalid currency: {}.", *text));
  }
  for (auto& c : upper) c = static_cast<char>(c - 'A' + 'a');
  return upper;
}

engine::Result<Metadata, ApiError> metadata_in(const Form& form) {
  Metadata metadata;
  for (const auto& [field, value] : form.fields()) {
    if (!field.starts_with(metadata_prefix) || !field.ends_with(']')) continue;
    const auto name =
        field.substr(metadata_prefix.size(), field.size() - metadata_prefix.size() - 1);
    const bool fits = !name.empty() && name.size() <= limits::metadata_name_bytes
                      && value.size() <= limits::metadata_value_bytes;
    if (!fits || metadata.size() >= limits::metadata_entries) {
      return parameter_fault(
          "",
          field,
          fmt::format(
              "Metadata can have up to {} keys of up to {} characters, with values of up to {}.",
              limits::metadata_entries,
              limits::metadata_name_bytes,
              limits::metadata_value_bytes));
    }
    const auto fault = name == "simulate" ? fault_in(value) : std::string();
    if (!fault.empty()) {
      return parameter_fault(
          "", field, fmt::format("The simulator knows no instruction '{}'.", fault));
    }
    metadata.emplace_back(name, value);
  }
  return metadata;
}

Expansion expansion_in(const Form& form) {
  Expansion expansion;
  for (const auto& [name, value] : form.fields()) {
    if (!name.starts_with("expand[")) continue;
    expansion.charge |= value.ends_with("latest_charge");
    expansion.payment |= value.starts_with("payment_intent");
  }
  return expansion;
}

}  // namespace cavea::simulator
