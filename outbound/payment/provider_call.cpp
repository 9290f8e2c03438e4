#include "outbound/payment/provider_call.hpp"

#include "outbound/payment/provider_amount.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

namespace cavea::outbound::payment {

namespace {

using engine::PaymentFailure;
using Result = engine::Result<ProviderCall, PaymentFailure>;

/// What the provider takes (https://docs.stripe.com/api/idempotent_requests).
constexpr std::size_t key_bytes_max = 255;
constexpr std::size_t id_bytes_max = 255;
constexpr std::uint32_t page_max = 100;

constexpr std::string_view payments = "/v1/payment_intents";

/// The charge tells how much was refunded; without it only its id comes.
constexpr std::string_view with_charge = "expand%5B%5D=latest_charge";

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
         || c == '_' || c == '.' || c == '~';
}

/// Percent-encoded as RFC 3986 wants it, which forms take too.
void append_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
}

void append_number(std::string& out, std::int64_t number) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void append_lower(std::string& out, std::string_view code) {
  for (const char c : code) out += static_cast<char>(c - 'A' + 'a');
}

PaymentFailure refusal(std::string code, std::string message) {
  return {
      .kind = PaymentFailure::Kind::refused,
      .code = std::move(code),
      .message = std::move(message),
      .payment = {}};
}

/// A key goes into a header line.
bool is_key(std::string_view text) {
  return !text.empty() && text.size() <= key_bytes_max
         && std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// An id goes into a path: nothing in it may end the path or lead elsewhere.
bool is_id(const engine::PaymentId& id) {
  const auto& text = id.value;
  return !text.empty() && text.size() <= id_bytes_max
         && std::all_of(text.begin(), text.end(), [](char c) {
              return is_unreserved(c) && c != '.' && c != '~';
            });
}

const PaymentFailure& bad_key() {
  static const auto failure = refusal("key_invalid", "An idempotency key has 1 to 255 characters.");
  return failure;
}

const PaymentFailure& bad_id() {
  static const auto failure = refusal("payment_id_invalid", "This cannot be the id of a payment.");
  return failure;
}

const PaymentFailure& bad_amount() {
  static const auto failure = refusal(
      "amount_invalid", "The amount must be above zero and one that the provider can count.");
  return failure;
}

/// The amount in the provider's units; 0: it cannot be taken.
std::int64_t amount_of(engine::Money money, engine::Currency currency) {
  if (money.minor <= 0) return 0;
  return to_provider(money, currency).value_or(0);
}

std::string path_of(const engine::PaymentId& id, std::string_view action) {
  std::string path;
  path.reserve(payments.size() + 1 + id.value.size() + action.size());
  path.append(payments).append("/").append(id.value).append(action);
  return path;
}

Result make(const engine::CreatePayment& request) {
  const auto amount = amount_of(request.amount, request.currency);
  if (!is_key(request.key)) return bad_key();
  if (amount == 0) return bad_amount();
  ProviderCall call{.is_post = true, .target = std::string(payments), .key = request.key};
  auto& form = call.form;
  form.reserve(256);
  form += "amount=";
  append_number(form, amount);
  form += "&currency=";
  append_lower(form, request.currency.view());
  form += "&capture_method=manual&automatic_payment_methods%5Benabled%5D=true";
  form += "&metadata%5Breservation%5D=";
  form += request.reservation.str();
  if (!request.user.empty()) {
    form += "&metadata%5Buser%5D=";
    append_encoded(form, request.user);
  }
  return call;
}

Result make(const engine::CapturePayment& request) {
  const auto amount = amount_of(request.amount, request.currency);
  if (!is_key(request.key)) return bad_key();
  if (!is_id(request.payment)) return bad_id();
  if (amount == 0) return bad_amount();
  ProviderCall call{
      .is_post = true, .target = path_of(request.payment, "/capture"), .key = request.key};
  call.form = "amount_to_capture=";
  append_number(call.form, amount);
  call.form.append("&").append(with_charge);
  return call;
}

Result make(const engine::CancelPayment& request) {
  if (!is_key(request.key)) return bad_key();
  if (!is_id(request.payment)) return bad_id();
  return ProviderCall{
      .is_post = true,
      .target = path_of(request.payment, "/cancel"),
      .form = std::string(with_charge),
      .key = request.key};
}

Result make(const engine::RefundPayment& request) {
  const auto amount = amount_of(request.amount, request.currency);
  if (!is_key(request.key)) return bad_key();
  if (!is_id(request.payment)) return bad_id();
  if (amount == 0) return bad_amount();
  ProviderCall call{
      .answer = ProviderCall::Answer::refund,
      .is_post = true,
      .target = "/v1/refunds",
      .key = request.key};
  call.form.append("payment_intent=").append(request.payment.value).append("&amount=");
  append_number(call.form, amount);
  call.form += "&expand%5B%5D=payment_intent.latest_charge";
  return call;
}

Result make(const engine::LookUpPayment& request) {
  if (!is_id(request.payment)) return bad_id();
  ProviderCall call{.target = path_of(request.payment, "?")};
  call.target += with_charge;
  return call;
}

Result make(const engine::ListPayments& request) {
  if (request.after && !is_id(*request.after)) return bad_id();
  ProviderCall call{.answer = ProviderCall::Answer::page, .target = std::string(payments)};
  call.target += "?limit=";
  append_number(call.target, std::clamp(request.limit, 1U, page_max));
  call.target += "&created%5Bgte%5D=";
  append_number(call.target, std::max<std::int64_t>(request.created_from.ms, 0) / 1000);
  if (request.after) call.target.append("&starting_after=").append(request.after->value);
  call.target += "&expand%5B%5D=data.latest_charge";
  return call;
}

}  // namespace

Result call_for(const engine::PaymentRequest& request) {
  return std::visit([](const auto& one) { return make(one); }, request);
}

}  // namespace cavea::outbound::payment
