#include "tests/engine/saga_provider.hpp"

#include "engine/assert.hpp"

#include <utility>

namespace cavea::engine::testing {

namespace {

using Kind = PaymentFailure::Kind;

std::string parameters(const CreatePayment& request) {
  return "create " + request.reservation.str() + " " + std::to_string(request.amount.minor) + " "
         + std::string(request.currency.view()) + " " + request.user;
}

std::string parameters(const CapturePayment& request) {
  return "capture " + request.payment.value + " " + std::to_string(request.amount.minor);
}

std::string parameters(const CancelPayment& request) {
  return "cancel " + request.payment.value;
}

std::string parameters(const RefundPayment& request) {
  return "refund " + request.payment.value + " " + std::to_string(request.amount.minor);
}

PaymentFailure failure(Kind kind, std::string code) {
  PaymentFailure result;
  result.kind = kind;
  result.code = std::move(code);
  result.message = result.code;
  return result;
}

bool is_unpaid(PaymentStatus status) {
  return status == PaymentStatus::requires_payment_method
         || status == PaymentStatus::requires_confirmation
         || status == PaymentStatus::requires_action;
}

}  // namespace

PaymentAnswer SagaProvider::carry_out(const PaymentRequest& request, Timestamp now) {
  return std::visit(
      [&](const auto& one) -> PaymentAnswer {
        if constexpr (requires { one.key; }) {
          CAVEA_ASSERT(!one.key.empty() && one.key.size() <= 255);
          const auto wanted = parameters(one);
          const auto found = answered_.find(one.key);
          if (found != answered_.end()) {
            if (found->second.request == wanted) return found->second.answer;
            return failure(Kind::refused, "idempotency_key_in_use_by_another_request");
          }
          auto answer = carry_out_one(one, now);
          answered_.emplace(one.key, Answered{wanted, answer});
          return answer;
        } else {
          return carry_out_one(one, now);
        }
      },
      request);
}

PaymentAnswer SagaProvider::carry_out_one(const CreatePayment& request, Timestamp now) {
  if (request.amount.minor <= 0) return failure(Kind::refused, "amount_invalid");
  const auto number = std::to_string(intents_.size() + 1);
  Intent intent;
  intent.trouble = trouble;
  intent.payment.id = {"pi_" + number};
  intent.payment.client_secret = "secret_" + number;
  intent.payment.amount = request.amount;
  intent.payment.currency = request.currency;
  intent.payment.reservation = request.reservation;
  intent.payment.refunded = Money{};
  intent.payment.created_at = {now.ms / 1000 * 1000};
  return intents_.emplace(intent.payment.id.value, std::move(intent)).first->second.payment;
}

PaymentAnswer SagaProvider::carry_out_one(const CapturePayment& request, Timestamp /*now*/) {
  using Capture = Trouble::Capture;
  auto& intent = intents_.at(request.payment.value);
  auto& payment = intent.payment;
  if (payment.status != PaymentStatus::requires_capture) return refuse(intent, Kind::refused);
  switch (intent.trouble.capture) {
    case Capture::none:
      break;
    case Capture::declined:
      return refuse(intent, Kind::declined);
    case Capture::declined_unpaid:
      intent.trouble.capture = Capture::none;
      payment.status = PaymentStatus::requires_payment_method;
      tell(intent);
      return refuse(intent, Kind::declined);
    case Capture::expired:
      cancel(intent);
      tell(intent);
      return refuse(intent, Kind::refused);
  }
  CAVEA_ASSERT(request.amount.minor > 0 && request.amount <= payment.amount);
  payment.status = PaymentStatus::succeeded;
  payment.captured = request.amount;
  ++intent.captures;
  tell(intent);
  return payment;
}

PaymentAnswer SagaProvider::carry_out_one(const CancelPayment& request, Timestamp /*now*/) {
  auto& intent = intents_.at(request.payment.value);
  const auto status = intent.payment.status;
  if (status != PaymentStatus::requires_capture && !is_unpaid(status)) {
    return refuse(intent, Kind::refused);
  }
  if (intent.trouble.closings_refused > 0) {
    --intent.trouble.closings_refused;
    return refuse(intent, Kind::refused);
  }
  cancel(intent);
  tell(intent);
  return intent.payment;
}

PaymentAnswer SagaProvider::carry_out_one(const RefundPayment& request, Timestamp /*now*/) {
  auto& intent = intents_.at(request.payment.value);
  auto& payment = intent.payment;
  const auto left = payment.captured.minor - payment.refunded.value().minor;
  if (request.amount.minor <= 0 || request.amount.minor > left) {
    return refuse(intent, Kind::refused);
  }
  if (intent.trouble.refunds_refused > 0) {
    --intent.trouble.refunds_refused;
    return refuse(intent, Kind::refused);
  }
  payment.refunded->minor += request.amount.minor;
  ++intent.refunds;
  intent.refunded.push_back(request.amount);
  tell(intent);
  return payment;
}

bool SagaProvider::lose_refund(PaymentId id, std::uint64_t choice) {
  auto& intent = intents_.at(id.value);
  if (intent.refunded.empty()) return false;
  const auto one =
      intent.refunded.begin() + static_cast<std::ptrdiff_t>(choice % intent.refunded.size());
  intent.payment.refunded->minor -= one->minor;
  intent.lost.minor += one->minor;
  intent.refunded.erase(one);
  return true;
}

PaymentAnswer SagaProvider::carry_out_one(const LookUpPayment& request, Timestamp /*now*/) {
  return intents_.at(request.payment.value).payment;
}

PaymentAnswer SagaProvider::carry_out_one(const ListPayments& /*request*/, Timestamp /*now*/) {
  PaymentPage page;
  for (const auto& [id, intent] : intents_) page.payments.push_back(intent.payment);
  return page;
}

bool SagaProvider::confirm(const std::string& client_secret, bool is_declined) {
  auto* intent = find(client_secret);
  if (intent == nullptr || !is_unpaid(intent->payment.status)) return false;
  if (is_declined) {
    intent->payment.last_error = "Your card was declined.";
  } else {
    intent->payment.last_error.clear();
    intent->payment.status = PaymentStatus::requires_capture;
  }
  tell(*intent);
  return !is_declined;
}

void SagaProvider::cancel_by_staff(const std::string& client_secret) {
  auto* intent = find(client_secret);
  if (intent == nullptr || intent->payment.status == PaymentStatus::succeeded) return;
  cancel(*intent);
  tell(*intent);
}

std::vector<const SagaProvider::Intent*> SagaProvider::intents_of(ReservationId reservation) const {
  std::vector<const Intent*> found;
  for (const auto& [id, intent] : intents_) {
    if (intent.payment.reservation == reservation) found.push_back(&intent);
  }
  return found;
}

SagaProvider::Intent* SagaProvider::find(const std::string& client_secret) {
  for (auto& [id, intent] : intents_) {
    if (intent.payment.client_secret == client_secret) return &intent;
  }
  return nullptr;
}

/// The charge of a cancelled authorisation counts as refunded, though nothing was captured.
void SagaProvider::cancel(Intent& intent) {
  auto& payment = intent.payment;
  if (payment.status == PaymentStatus::requires_capture) payment.refunded = payment.amount;
  payment.status = PaymentStatus::canceled;
}

void SagaProvider::tell(const Intent& intent) {
  auto notice = intent.payment;
  notice.client_secret.clear();
  // Only what is told about the charge says how much went back.
  if (intent.refunds == 0) notice.refunded.reset();
  on_notice_(notice);
}

PaymentFailure SagaProvider::refuse(const Intent& intent, Kind kind) {
  auto result = failure(kind, kind == Kind::declined ? "card_declined" : "unexpected_state");
  if (intent.trouble.tells_payment_in_error) result.payment = intent.payment;
  return result;
}

}  // namespace cavea::engine::testing
