#include "simulator/api.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

// What is told by webhooks.

namespace cavea::simulator {

void Api::settle(const Settlement& settlement, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  if (settlement.what == Settlement::What::customer_pays) {
    return tell(book_.pay_by_customer(settlement.payment), now_ms, {});
  }
  if (settlement.what == Settlement::What::refund_fails) {
    return tell(book_.lose_refund(settlement, now_ms / 1000), now_ms, {});
  }
  const bool is_good = settlement.what == Settlement::What::bank_accepts;
  tell(book_.settle(settlement.payment, is_good), now_ms, {});
}

void Api::tell(const Outcome& outcome, std::int64_t now_ms, std::string_view key) {
  if (webhooks_ == nullptr || outcome.payment == nullptr) return;
  for (const auto type : outcome.events) {
    if (!webhooks_->wants(type)) continue;
    auto id = names_.event(++events_);
    std::string body;
    body.reserve(1400);
    fmt::format_to(
        std::back_inserter(body),
        R"({{"id":"{}","object":"event","api_version":"2025-03-31.basil","created":{},)"
        R"("data":{{"object":)",
        id,
        now_ms / 1000);
    const auto& payment = *outcome.payment;
    if (type.starts_with("charge.")) {
      text_.append_charge(body, payment, payment.state);
    } else if (type.starts_with("refund.") && outcome.refund) {
      text_.append_refund(body, payment, payment.state, *outcome.refund, {});
    } else {
      text_.append_payment(body, payment, payment.state, false);
    }
    body += R"(},"livemode":false,"pending_webhooks":1,"request":{"id":null,"idempotency_key":)";
    if (key.empty()) {
      body += "null";
    } else {
      append_json_string(body, key);
    }
    body.append(R"(},"type":")").append(type).append("\"}");
    webhooks_->send(
        {.id = std::move(id), .body = std::move(body)},
        {.copies = behaviour_.duplicate_webhooks,
         .reorder_ms = behaviour_.reorder_webhooks_ms,
         .is_lost = behaviour_.lose_webhooks});
  }
}

}  // namespace cavea::simulator
