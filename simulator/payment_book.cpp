#include "simulator/payment_book.hpp"

#include "simulator/limits.hpp"
#include "simulator/parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace cavea::simulator {

namespace {

using engine::PaymentStatus;

constexpr std::array<std::string_view, 4> cancellation_reasons{
    "duplicate", "fraudulent", "requested_by_customer", "abandoned"};

Outcome failed(const Payment* payment, ApiError error) {
  return {.payment = payment, .error = std::move(error)};
}

Outcome wrong_state(const Payment& payment, std::string_view action, std::string_view wanted) {
  return failed(
      &payment,
      {.code = "payment_intent_unexpected_state",
       .message = fmt::format(
           "This PaymentIntent could not be {} because it has a status of {}. Only a PaymentIntent "
           "with one of the following statuses may be {}: {}.",
           action,
           engine::name_of(payment.state.status),
           action,
           wanted)});
}

bool may_be_confirmed(PaymentStatus status) {
  return status == PaymentStatus::requires_payment_method
         || status == PaymentStatus::requires_confirmation
         || status == PaymentStatus::requires_action;
}

/// Canonical names live as long as the program.
std::string_view reason_in(const Form& form) {
  const auto* text = form.find("cancellation_reason");
  if (text == nullptr) return {};
  const auto found = std::find(cancellation_reasons.begin(), cancellation_reasons.end(), *text);
  return found == cancellation_reasons.end() ? std::string_view() : *found;
}

}  // namespace

const Payment* PaymentBook::find(std::uint64_t number) const {
  return number == 0 || number > payments_.size() ? nullptr : &payments_[number - 1];
}

Payment* PaymentBook::find_to_change(std::uint64_t number) {
  return number == 0 || number > payments_.size() ? nullptr : &payments_[number - 1];
}

ApiError PaymentBook::no_such_payment(std::string_view id) {
  return {
      .status = 404,
      .code = "resource_missing",
      .message = fmt::format("No such payment_intent: '{}'", id),
      .param = "intent",
      .is_of_request = true};
}

Outcome PaymentBook::create(const Form& form, std::int64_t now) {
  auto amount = amount_in(form, "amount");
  if (!amount) return failed(nullptr, std::move(amount.error()));
  if (!amount.value()) {
    return failed(
        nullptr, parameter_fault("parameter_missing", "amount", "Missing required param: amount."));
  }
  auto currency = currency_in(form);
  if (!currency) return failed(nullptr, std::move(currency.error()));
  auto metadata = metadata_in(form);
  if (!metadata) return failed(nullptr, std::move(metadata.error()));
  const auto* capture = form.find("capture_method");
  const bool is_by_hand = capture != nullptr && *capture == "manual";
  if (capture != nullptr && !is_by_hand && *capture != "automatic"
      && *capture != "automatic_async") {
    return failed(
        nullptr,
        parameter_fault(
            "",
            "capture_method",
            "Invalid capture_method: must be one of automatic, automatic_async, or manual"));
  }

  // Lists rely on it that later payments are not older, whatever the clock does.
  const auto created = payments_.empty() ? now : std::max(now, payments_.back().created);
  auto& payment = payments_.emplace_back();
  payment.number = payments_.size();
  payment.amount = **amount;
  payment.created = created;
  std::copy(currency->begin(), currency->end(), payment.currency.begin());
  payment.is_captured_by_hand = is_by_hand;
  if (const auto* description = form.find("description")) payment.description = *description;
  payment.metadata = std::move(metadata.value());
  Outcome outcome{.payment = &payment};
  outcome.events.push_back("payment_intent.created");
  return outcome;
}

Outcome PaymentBook::confirm(
    std::uint64_t number, const Form& form, const Instruction& instruction) {
  auto* payment = find_to_change(number);
  auto& state = payment->state;
  if (!may_be_confirmed(state.status)) {
    return wrong_state(
        *payment, "confirmed", "requires_payment_method, requires_confirmation, requires_action");
  }
  const auto* name = form.find("payment_method");
  const auto* method = name == nullptr ? state.payment_method : payment_method_named(*name);
  if (method == nullptr && name == nullptr) {
    return failed(
        payment,
        {.code = "payment_intent_unexpected_state",
         .message = "You cannot confirm this PaymentIntent because it's missing a payment method.",
         .is_of_request = true});
  }
  if (method == nullptr) {
    return failed(
        nullptr,
        parameter_fault(
            "resource_missing",
            "payment_method",
            fmt::format("No such PaymentMethod: '{}'", *name)));
  }

  state.payment_method = method;
  state.last_error = nullptr;
  const auto& todo = instruction.effect == Effect::none ? method->instruction : instruction;
  Outcome outcome{.payment = payment};
  switch (todo.effect) {
    case Effect::decline:
      decline(*payment, *todo.decline, outcome);
      outcome.error = ApiError{.status = 402, .type = "card_error", .decline = todo.decline};
      return outcome;
    case Effect::require_action:
      state.status = PaymentStatus::requires_action;
      outcome.events.push_back("payment_intent.requires_action");
      return outcome;
    case Effect::process:
    case Effect::process_then_fail:
      ++state.charges;
      state.status = PaymentStatus::processing;
      outcome.is_settled_later = true;
      outcome.events.push_back("payment_intent.processing");
      return outcome;
    default:
      // What is left is for whoever answers.
      ++state.charges;
      authorise(*payment, outcome);
      return outcome;
  }
}

Outcome PaymentBook::pay_by_customer(std::uint64_t number) {
  auto* payment = find_to_change(number);
  auto& state = payment->state;
  Outcome outcome{.payment = payment};
  if (!may_be_confirmed(state.status)) return outcome;
  state.payment_method = payment_method_named("pm_card_visa");
  state.last_error = nullptr;
  ++state.charges;
  authorise(*payment, outcome);
  return outcome;
}

void PaymentBook::authorise(Payment& payment, Outcome& outcome) {
  auto& state = payment.state;
  state.is_charged = true;
  outcome.events.push_back("charge.succeeded");
  if (payment.is_captured_by_hand) {
    state.status = PaymentStatus::requires_capture;
    outcome.events.push_back("payment_intent.amount_capturable_updated");
    return;
  }
  state.status = PaymentStatus::succeeded;
  state.captured = payment.amount;
  outcome.events.push_back("payment_intent.succeeded");
}

void PaymentBook::decline(Payment& payment, const Decline& reason, Outcome& outcome) {
  auto& state = payment.state;
  if (state.status != PaymentStatus::processing) ++state.charges;
  state.is_charged = false;
  state.status = PaymentStatus::requires_payment_method;
  state.last_error = &reason;
  outcome.events.push_back("charge.failed");
  outcome.events.push_back("payment_intent.payment_failed");
}

Outcome PaymentBook::authenticate(std::uint64_t number, bool is_good) {
  auto* payment = find_to_change(number);
  if (payment->state.status != PaymentStatus::requires_action) {
    return wrong_state(*payment, "authenticated", "requires_action");
  }
  Outcome outcome{.payment = payment};
  if (is_good) {
    ++payment->state.charges;
    authorise(*payment, outcome);
  } else {
    decline(*payment, authentication_failure(), outcome);
  }
  return outcome;
}

Outcome PaymentBook::settle(std::uint64_t number, bool is_good) {
  auto* payment = find_to_change(number);
  Outcome outcome{.payment = payment};
  if (payment->state.status != PaymentStatus::processing) return outcome;
  if (is_good) {
    authorise(*payment, outcome);
  } else {
    decline(*payment, generic_decline(), outcome);
  }
  return outcome;
}

Outcome PaymentBook::capture(
    std::uint64_t number, const Form& form, const Instruction& instruction) {
  auto* payment = find_to_change(number);
  auto& state = payment->state;
  auto amount = amount_in(form, "amount_to_capture");
  if (!amount) return failed(nullptr, std::move(amount.error()));
  if (state.status != PaymentStatus::requires_capture) {
    return wrong_state(*payment, "captured", "requires_capture");
  }
  const auto taken = amount.value().value_or(payment->amount);
  if (taken > payment->amount) {
    return failed(
        payment,
        {.code = "amount_too_large",
         .message = "The payment could not be captured because the requested capture amount is "
                    "greater than the authorized amount.",
         .param = "amount_to_capture"});
  }
  Outcome outcome{.payment = payment};
  if (instruction.effect == Effect::expire) {
    state.status = PaymentStatus::canceled;
    state.is_charged = false;
    state.cancellation_reason = "expired";
    outcome.error = ApiError{
        .code = "capture_charge_authorization_expired",
        .message = "The authorization of this payment has expired."};
    outcome.events = {"payment_intent.canceled", "charge.expired"};
    return outcome;
  }
  state.status = PaymentStatus::succeeded;
  state.captured = taken;
  outcome.events = {"charge.captured", "payment_intent.succeeded"};
  return outcome;
}

Outcome PaymentBook::cancel(std::uint64_t number, const Form& form, std::int64_t now) {
  auto* payment = find_to_change(number);
  auto& state = payment->state;
  const auto reason = reason_in(form);
  if (form.find("cancellation_reason") != nullptr && reason.empty()) {
    return failed(
        nullptr, parameter_fault("", "cancellation_reason", "Invalid cancellation_reason"));
  }
  if (!may_be_confirmed(state.status) && state.status != PaymentStatus::requires_capture
      && state.status != PaymentStatus::processing) {
    return wrong_state(
        *payment,
        "canceled",
        "requires_payment_method, requires_capture, requires_confirmation, requires_action, "
        "processing");
  }
  state.status = PaymentStatus::canceled;
  state.is_charged = false;
  state.canceled_at = now;
  state.cancellation_reason = reason;
  return {.payment = payment, .events = {"payment_intent.canceled"}};
}

}  // namespace cavea::simulator
