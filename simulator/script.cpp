#include "simulator/script.hpp"

#include "simulator/limits.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace cavea::simulator {

namespace {

/// By number.
constexpr std::array<std::string_view, operation_count> operation_names{
    "create", "confirm", "capture", "cancel", "refund", "retrieve", "list"};

constexpr std::array<std::string_view, 13> effect_names{
    "none",
    "decline",
    "require_action",
    "process",
    "process_then_fail",
    "time_out_after_charging",
    "fail_with_500",
    "fail_after_charging",
    "rate_limit",
    "delay",
    "expire",
    "fail_refund",
    "fail_refund_later"};

constexpr Decline declines[] = {
    {"generic_decline", "card_declined", "generic_decline", "Your card was declined."},
    {"insufficient_funds",
     "card_declined",
     "insufficient_funds",
     "Your card has insufficient funds."},
    {"lost_card", "card_declined", "lost_card", "Your card was declined."},
    {"stolen_card", "card_declined", "stolen_card", "Your card was declined."},
    {"expired_card", "expired_card", "", "Your card has expired."},
    {"incorrect_cvc", "incorrect_cvc", "", "Your card's security code is incorrect."},
    {"processing_error",
     "processing_error",
     "",
     "An error occurred while processing your card. Try again in a little bit."},
    {"authentication_failure",
     "payment_intent_authentication_failure",
     "",
     "We are unable to authenticate your payment method. Please choose a different payment method "
     "and try again."}};

constexpr std::size_t authentication_failure_at = std::size(declines) - 1;

constexpr const Decline* card = declines;

constexpr PaymentMethod methods[] = {
    {"pm_card_visa"},
    {"pm_card_visa_debit"},
    {"pm_card_mastercard"},
    {"pm_card_amex"},
    {"pm_card_chargeDeclined", {Effect::decline, card}},
    {"pm_card_visa_chargeDeclined", {Effect::decline, card}},
    {"pm_card_chargeDeclinedInsufficientFunds", {Effect::decline, card + 1}},
    {"pm_card_visa_chargeDeclinedInsufficientFunds", {Effect::decline, card + 1}},
    {"pm_card_visa_chargeDeclinedLostCard", {Effect::decline, card + 2}},
    {"pm_card_visa_chargeDeclinedStolenCard", {Effect::decline, card + 3}},
    {"pm_card_chargeDeclinedExpiredCard", {Effect::decline, card + 4}},
    {"pm_card_chargeDeclinedIncorrectCvc", {Effect::decline, card + 5}},
    {"pm_card_chargeDeclinedProcessingError", {Effect::decline, card + 6}},
    {"pm_card_authenticationRequired", {Effect::require_action}},
    {"pm_card_threeDSecure2Required", {Effect::require_action}},
    {"pm_simulator_processing", {Effect::process}},
    {"pm_simulator_processing_fails", {Effect::process_then_fail, card}}};

constexpr MagicAmount amounts[] = {
    {9001, Operation::confirm, {Effect::decline, card}, "declined"},
    {9002, Operation::confirm, {Effect::decline, card + 1}, "declined: insufficient funds"},
    {9003, Operation::confirm, {Effect::require_action}, "the customer must authenticate"},
    {9004, Operation::confirm, {Effect::process}, "succeeds after a while"},
    {9005, Operation::confirm, {Effect::process_then_fail, card}, "fails after a while"},
    {9011, Operation::capture, {Effect::time_out_after_charging}, "captured, never answered"},
    {9012, Operation::capture, {Effect::fail_with_500}, "capturing fails once"},
    {9013, Operation::capture, {Effect::fail_after_charging}, "captured, answered 500"},
    {9014, Operation::capture, {Effect::expire}, "the authorisation has expired"},
    {9021, Operation::refund, {Effect::time_out_after_charging}, "refunded, never answered"},
    {9022, Operation::refund, {Effect::fail_with_500}, "refunding fails once"},
    {9023, Operation::refund, {Effect::fail_refund}, "the refund fails"},
    {9024, Operation::refund, {Effect::fail_refund_later}, "the first refund fails after a while"},
    {9031, Operation::create, {Effect::time_out_after_charging}, "created, never answered"},
    {9032, Operation::create, {Effect::fail_with_500}, "creating fails once"}};

constexpr std::int64_t four_digits = 10'000;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

/// Takes the next part off a list that is separated by commas.
std::string_view take_part(std::string_view& list) {
  const auto part = list.substr(0, list.find(','));
  list.remove_prefix(std::min(part.size() + 1, list.size()));
  return trimmed(part);
}

std::optional<Instruction> read_instruction(std::string_view text) {
  const auto equals = std::min(text.find('='), text.size());
  const auto name = text.substr(0, equals);
  const auto value = text.substr(std::min(equals + 1, text.size()));
  const auto found = std::find(effect_names.begin() + 1, effect_names.end(), name);
  if (found == effect_names.end()) return std::nullopt;
  Instruction instruction{.effect = static_cast<Effect>(found - effect_names.begin())};
  if (instruction.effect == Effect::decline || instruction.effect == Effect::process_then_fail) {
    instruction.decline = value.empty() ? &generic_decline() : decline_named(value);
    if (instruction.decline == nullptr) return std::nullopt;
    return instruction;
  }
  if (instruction.effect != Effect::delay) {
    return value.empty() ? std::optional(instruction) : std::nullopt;
  }
  const auto* end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, instruction.delay_ms);
  if (error != std::errc() || stop != end || instruction.delay_ms > limits::delay_ms_max) {
    return std::nullopt;
  }
  return instruction;
}

/// The instruction behind "capture:", when the part is for that operation.
std::optional<Instruction> read_part(std::string_view part, std::optional<Operation>& operation) {
  const auto colon = part.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  operation = operation_from(trimmed(part.substr(0, colon)));
  if (!operation) return std::nullopt;
  return read_instruction(trimmed(part.substr(colon + 1)));
}

}  // namespace

std::string_view name_of(Operation operation) noexcept {
  return operation_names[static_cast<std::size_t>(operation)];
}

std::optional<Operation> operation_from(std::string_view name) noexcept {
  const auto found = std::find(operation_names.begin(), operation_names.end(), name);
  if (found == operation_names.end()) return std::nullopt;
  return static_cast<Operation>(found - operation_names.begin());
}

std::string_view name_of(Effect effect) noexcept {
  return effect_names[static_cast<std::size_t>(effect)];
}

const Decline* decline_named(std::string_view name) noexcept {
  const auto* found = std::find_if(
      std::begin(declines), std::end(declines), [&](const auto& one) { return one.name == name; });
  return found == std::end(declines) ? nullptr : found;
}

const Decline& generic_decline() noexcept {
  return declines[0];
}

const Decline& authentication_failure() noexcept {
  return declines[authentication_failure_at];
}

std::span<const PaymentMethod> payment_methods() noexcept {
  return methods;
}

const PaymentMethod* payment_method_named(std::string_view name) noexcept {
  const auto* found = std::find_if(
      std::begin(methods), std::end(methods), [&](const auto& one) { return one.name == name; });
  return found == std::end(methods) ? nullptr : found;
}

std::span<const MagicAmount> magic_amounts() noexcept {
  return amounts;
}

Instruction instruction_of_amount(std::int64_t amount, Operation operation) noexcept {
  for (const auto& magic : amounts) {
    if (magic.last_four == amount % four_digits && magic.operation == operation) {
      return magic.instruction;
    }
  }
  return {};
}

Instruction instruction_in(std::string_view script, Operation operation) noexcept {
  while (!script.empty()) {
    std::optional<Operation> named;
    const auto instruction = read_part(take_part(script), named);
    if (instruction && named == operation) return *instruction;
  }
  return {};
}

std::string fault_in(std::string_view script) {
  while (!script.empty()) {
    std::optional<Operation> named;
    const auto part = take_part(script);
    if (!read_part(part, named)) return std::string(part);
  }
  return {};
}

}  // namespace cavea::simulator
