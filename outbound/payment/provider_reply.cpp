#include "outbound/payment/provider_reply.hpp"

#include "outbound/payment/payment_json.hpp"

#include <exception>
#include <string>
#include <utility>

namespace cavea::outbound::payment {

namespace {

using engine::PaymentFailure;
using Health = CircuitBreaker::Outcome;

PaymentFailure failure(PaymentFailure::Kind kind, std::string code, std::string message) {
  return {
      .kind = kind,
      .code = std::move(code),
      .message = std::move(message),
      .payment = std::nullopt};
}

/// It said yes, in words that we do not understand: whatever was asked for may well be done.
PaymentFailure unreadable() {
  return failure(
      PaymentFailure::Kind::unavailable,
      "unreadable_answer",
      "The provider's answer could not be understood.");
}

engine::PaymentAnswer read_page(const Json& document) {
  const auto& data = member_of(document, "data");
  if (!data.is_array()) return unreadable();
  engine::PaymentPage page;
  for (const auto& object : data) {
    auto payment = read_payment(object);
    if (payment) {
      page.payments.push_back(*std::move(payment));
    } else if (!text_of(member_of(object, "metadata"), "reservation").empty()) {
      // Somebody else's payment may be of a kind that we do not know, one of ours must not be.
      return unreadable();
    }
  }
  const bool has_more = member_of(document, "has_more") == true;
  if (has_more && !data.empty()) page.next = engine::PaymentId{text_of(data.back(), "id")};
  return page;
}

engine::PaymentAnswer read_refund(const Json& document) {
  auto payment = read_payment(member_of(document, "payment_intent"));
  if (!payment) return unreadable();
  const auto status = text_of(document, "status");
  if (status != "failed" && status != "canceled") return *std::move(payment);
  auto refused = failure(
      PaymentFailure::Kind::refused,
      "refund_" + status,
      "The refund did not go through: " + one_line(text_of(document, "failure_reason")));
  refused.payment = std::move(payment);
  return refused;
}

engine::PaymentAnswer read_success(const ProviderCall& call, std::string_view body) {
  const auto document = parse_provider_text(body);
  switch (call.answer) {
    case ProviderCall::Answer::payment: {
      auto payment = read_payment(document);
      if (!payment) return unreadable();
      return *std::move(payment);
    }
    case ProviderCall::Answer::refund:
      return read_refund(document);
    case ProviderCall::Answer::page:
      return read_page(document);
  }
  return unreadable();
}

PaymentFailure read_error(PaymentFailure::Kind kind, const ProviderReply& reply) {
  const auto document = parse_provider_text(reply.body);
  const auto& error = member_of(document, "error");
  auto code = one_line(text_of(error, "code"));
  if (code.empty()) code = one_line(text_of(error, "type"));
  if (code.empty()) code = "http_" + std::to_string(reply.status);
  auto message = one_line(text_of(error, "message"));
  if (message.empty()) message = "The provider answered " + std::to_string(reply.status) + ".";
  auto result = failure(kind, std::move(code), std::move(message));
  result.payment = read_payment(member_of(error, "payment_intent"));
  return result;
}

struct Reading {
  PaymentFailure::Kind kind{};
  bool may_retry = false;
  Health health = Health::succeeded;
};

Reading reading_of(int status) {
  switch (status) {
    case 402:
      return {PaymentFailure::Kind::declined, false, Health::succeeded};
    case 401:
    case 403:
      // Nothing was done, and it will be when somebody has put the key right.
      return {PaymentFailure::Kind::unavailable, false, Health::succeeded};
    case 409:  // The same key is under way, or the payment is locked.
    case 429:  // The provider is well; we are too fast for it.
      return {PaymentFailure::Kind::unavailable, true, Health::neutral};
    case 408:
    case 424:
      return {PaymentFailure::Kind::unavailable, true, Health::failed};
    default:
      break;
  }
  if (status >= 500) return {PaymentFailure::Kind::unavailable, true, Health::failed};
  if (status >= 400) return {PaymentFailure::Kind::refused, false, Health::succeeded};
  // A redirection, say: something that is not the provider answers.
  return {PaymentFailure::Kind::unavailable, false, Health::failed};
}

Verdict read(const ProviderCall& call, const ProviderReply& reply) {
  if (reply.status >= 200 && reply.status < 300) {
    Verdict verdict{.answer = read_success(call, reply.body)};
    const bool is_unreadable =
        std::holds_alternative<PaymentFailure>(verdict.answer)
        && std::get<PaymentFailure>(verdict.answer).kind == PaymentFailure::Kind::unavailable;
    verdict.health = is_unreadable ? Health::failed : Health::succeeded;
    return verdict;
  }
  const auto reading = reading_of(reply.status);
  return {
      .answer = read_error(reading.kind, reply),
      .may_retry = reply.should_retry.value_or(reading.may_retry && !reply.is_replayed),
      .health = reading.health};
}

}  // namespace

Verdict read_reply(const ProviderCall& call, const ProviderReply& reply) noexcept {
  try {
    return read(call, reply);
  } catch (const std::exception&) {
    return {.answer = unreadable(), .may_retry = false, .health = Health::failed};
  }
}

}  // namespace cavea::outbound::payment
