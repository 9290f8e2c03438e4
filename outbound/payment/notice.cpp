#include "outbound/payment/notice.hpp"

#include "outbound/payment/payment_json.hpp"
#include "outbound/payment/provider_call.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace cavea::outbound::payment {

namespace {

constexpr std::string_view about_payments = "payment_intent.";

engine::NoticeFault malformed(std::string what) {
  return {engine::NoticeFault::Kind::body_malformed, std::move(what)};
}

bool is_needed(std::string_view type) {
  if (type == "charge.refunded") return true;
  // Who created it has the answer to that.
  return type.starts_with(about_payments) && type != "payment_intent.created";
}

engine::NoticeResult read(std::string_view body) {
  const auto event = parse_provider_text(body);
  auto id = one_line(text_of(event, "id"));
  auto type = one_line(text_of(event, "type"));
  if (text_of(event, "object") != "event" || id.empty() || type.empty()) {
    return malformed("The body is no event.");
  }
  if (!is_needed(type)) {
    return engine::UnneededNotice{.event_id = std::move(id), .type = std::move(type)};
  }
  const auto& object = member_of(member_of(event, "data"), "object");
  auto payment =
      type.starts_with(about_payments) ? read_payment(object) : read_payment_of_charge(object);
  if (!payment && !type.starts_with(about_payments)) {
    // A charge that was made without a payment of the kind that we make.
    return engine::UnneededNotice{.event_id = std::move(id), .type = std::move(type)};
  }
  if (!payment) return malformed("The event " + type + " holds no payment that can be read.");
  // Notices come in the version of the endpoint, not in ours; versions begin with their day.
  if (text_of(event, "api_version") < provider_api_version) payment->refunded.reset();
  constexpr std::int64_t seconds_max = 253'402'300'799;  // 9999-12-31
  const auto created =
      std::clamp<std::int64_t>(number_of(event, "created").value_or(0), 0, seconds_max);
  return engine::PaymentNotice{
      .event_id = std::move(id), .created_at = {created * 1000}, .payment = *std::move(payment)};
}

}  // namespace

engine::NoticeResult read_notice(std::string_view body) noexcept {
  try {
    return read(body);
  } catch (const std::exception&) {
    return malformed("The body could not be read.");
  }
}

}  // namespace cavea::outbound::payment
