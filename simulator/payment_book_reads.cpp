#include "engine/payment.hpp"
#include "simulator/limits.hpp"
#include "simulator/parameters.hpp"
#include "simulator/payment_book.hpp"

#include <fmt/format.h>

#include <utility>

// Refunds, lists and totals.

namespace cavea::simulator {

using engine::PaymentStatus;

std::uint64_t PaymentBook::payment_of_refund(const Form& form) const {
  const auto* id = form.find("payment_intent");
  return id == nullptr ? 0 : names_.number_of_payment(*id);
}

Outcome PaymentBook::refund(const Form& form, const Instruction& instruction, std::int64_t now) {
  auto* payment = find_to_change(payment_of_refund(form));
  const auto failed = [payment](ApiError error) {
    return Outcome{.payment = payment, .error = std::move(error)};
  };
  auto amount = amount_in(form, "amount");
  if (!amount) return failed(std::move(amount.error()));
  auto& state = payment->state;
  if (state.status != PaymentStatus::succeeded) {
    return failed(
        {.message = fmt::format(
             "This PaymentIntent ({}) does not have a successful charge to refund.",
             names_.payment(payment->number))});
  }
  const auto left = state.captured - state.refunded;
  if (left == 0) {
    return failed(
        {.code = "charge_already_refunded",
         .message = fmt::format(
             "Charge {} has already been refunded.",
             names_.charge(payment->number, state.charges))});
  }
  const auto given = amount.value().value_or(left);
  if (given > left) {
    return failed(
        {.message = fmt::format(
             "Refund amount ({}) is greater than unrefunded amount on charge ({})", given, left),
         .param = "amount"});
  }
  Outcome outcome{.payment = payment};
  ++state.refunds;
  outcome.refund = Refund{.index = state.refunds, .amount = given, .created = now};
  if (instruction.effect == Effect::fail_refund) {
    outcome.refund->is_failed = true;
    outcome.events = {"refund.failed"};
    return outcome;
  }
  state.refunded += given;
  outcome.events = {"charge.refunded"};
  return outcome;
}

Outcome PaymentBook::lose_refund(const Settlement& settlement, std::int64_t now) {
  auto* payment = find_to_change(settlement.payment);
  payment->state.refunded -= settlement.refunded;
  Outcome outcome{.payment = payment};
  outcome.refund = Refund{
      .index = settlement.refund, .amount = settlement.refunded, .created = now, .is_failed = true};
  outcome.events = {"refund.failed"};
  return outcome;
}

PaymentBook::Page PaymentBook::list(const Form& form) const {
  Page page;
  const auto number = [&](std::string_view name, std::int64_t otherwise) {
    auto result = whole_number(form, name);
    if (!result) {
      page.error = std::move(result.error());
      return otherwise;
    }
    return result.value().value_or(otherwise);
  };
  const auto limit = number("limit", limits::page_default);
  const auto from = std::max(number("created[gte]", 0), number("created[gt]", -1) + 1);
  const auto to = std::min(number("created[lte]", INT64_MAX), number("created[lt]", INT64_MAX) - 1);
  if (!page.error && (limit < 1 || limit > limits::page_max)) {
    page.error = parameter_fault(
        "parameter_invalid_integer",
        "limit",
        fmt::format("Invalid limit: must be between 1 and {}", limits::page_max));
  }
  std::uint64_t next = payments_.size();
  if (const auto* after = form.find("starting_after")) {
    const auto found = names_.number_of_payment(*after);
    if (find(found) == nullptr) page.error = no_such_payment(*after);
    next = found == 0 ? 0 : found - 1;
  }
  if (page.error) return page;

  // Created in the order of their numbers, so the first one too old ends it.
  for (; next > 0; --next) {
    const auto& payment = payments_[next - 1];
    if (payment.created < from) break;
    if (payment.created > to) continue;
    if (page.payments.size() == static_cast<std::size_t>(limit)) {
      page.has_more = true;
      break;
    }
    page.payments.push_back(&payment);
  }
  return page;
}

PaymentBook::Totals PaymentBook::totals() const {
  Totals totals{.payments = payments_.size(), .by_status = {}, .captured = {}, .refunded = {}};
  for (const auto& payment : payments_) {
    ++totals.by_status[std::string(engine::name_of(payment.state.status))];
    if (payment.state.captured == 0) continue;
    const std::string currency(payment.currency_code());
    totals.captured[currency] += payment.state.captured;
    totals.refunded[currency] += payment.state.refunded;
  }
  return totals;
}

}  // namespace cavea::simulator
