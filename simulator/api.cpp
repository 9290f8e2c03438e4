#include "simulator/api.hpp"

#include "engine/ids.hpp"
#include "simulator/limits.hpp"
#include "simulator/parameters.hpp"
#include "simulator/pay_page.hpp"
#include "simulator/route.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <utility>

namespace cavea::simulator {

namespace {

using Method = ApiRequest::Method;

constexpr std::string_view pay_path = "/pay/";
constexpr std::string_view control_path = "/simulator/";

std::string base64(std::string_view text) {
  std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
  const auto size = EVP_EncodeBlock(
      reinterpret_cast<unsigned char*>(out.data()),
      reinterpret_cast<const unsigned char*>(text.data()),
      static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

ApiError unrecognised(const ApiRequest& request) {
  return {
      .status = 404,
      .message = fmt::format(
          "Unrecognized request URL ({}: {}).",
          request.method == Method::post ? "POST" : "GET",
          request.path),
      .is_of_request = true};
}

ApiError server_error() {
  return {
      .status = 500,
      .type = "api_error",
      .message = "An unknown error occurred.",
      .is_of_request = true};
}

}  // namespace

/// A request on its way through.
struct Api::Call {
  const ApiRequest& request;
  Operation operation{};
  std::string_view id;
  Form form;
  const Payment* payment = nullptr;  ///< The one that it is about; null for `create` and `list`.
  std::int64_t now_ms = 0;

  [[nodiscard]] bool has_key() const {
    return request.method == Method::post && !request.idempotency_key.empty();
  }
};

Api::Api(Settings settings, Webhooks* webhooks)
    : settings_(std::move(settings)),
      basic_authorization_("Basic " + base64(settings_.secret_key + ":")),
      webhooks_(webhooks),
      names_(settings_.seed) {}

ApiAnswer Api::handle(const ApiRequest& request, std::int64_t now_ms) {
  if (request.method == Method::options) return {.status = 204};
  const std::lock_guard lock(mutex_);
  if (request.path.starts_with(control_path)) return control(request, now_ms);
  if (behaviour_.down) return {.is_cut = true};
  if (request.path.starts_with(pay_path) && request.method == Method::get) {
    return {.body = std::string(pay_page_text), .content_type = "text/html; charset=utf-8"};
  }
  return handle_call(request, now_ms);
}

ApiAnswer Api::handle_call(const ApiRequest& request, std::int64_t now_ms) {
  ApiAnswer answer{.request_id = names_.request(++requests_)};
  const auto route = route_of(request);
  if (!route) {
    fail(unrecognised(request), answer);
    return answer;
  }
  auto form = Form::read(request.method == Method::post ? request.body : request.query);
  Call call{
      .request = request,
      .operation = route->operation,
      .id = route->id,
      .form = form ? *std::move(form) : Form(),
      .payment = book_.find(names_.number_of_payment(route->id)),
      .now_ms = now_ms};
  if (call.operation == Operation::refund)
    call.payment = book_.find(book_.payment_of_refund(call.form));
  ++statistics_.requests[static_cast<std::size_t>(call.operation)];
  if (const auto fault = fault_of(call)) {
    fail(*fault, answer);
    return answer;
  }

  const auto instruction = instruction_for(call);
  answer.delay_ms = instruction.delay_ms;
  if (behaviour_.is_for(call.operation)) answer.delay_ms += behaviour_.delay_ms;
  if (is_stopped_by(instruction, answer)) return answer;
  if (call.operation == Operation::list) {
    answer_list(call, answer);
  } else if (!is_replay(call, answer)) {
    carry_out(call, instruction, answer);
  }
  if (instruction.effect == Effect::time_out_after_charging) {
    answer.is_silent = true;
    ++statistics_.unanswered;
  }
  return answer;
}

// ---- Before anything is done --------------------------------------------------------------------

std::optional<ApiError> Api::fault_of(Call& call) const {
  if (!is_authorised(call)) {
    return ApiError{
        .status = 401,
        .message = call.request.authorization.empty()
                       ? "You did not provide an API key. Send it as 'Authorization: Bearer "
                         "YOUR_SECRET_KEY', or the client secret of the payment."
                       : "Invalid API Key provided.",
        .is_of_request = true};
  }
  if (call.request.idempotency_key.size() > limits::idempotency_key_bytes) {
    return parameter_fault("", "", "Idempotency keys may have up to 255 characters.");
  }
  if (auto unknown = unknown_parameter_of(call.operation, call.form)) return unknown;
  const bool needs_payment =
      call.operation != Operation::create && call.operation != Operation::list;
  if (!needs_payment || call.payment != nullptr) return std::nullopt;
  if (call.operation != Operation::refund) return PaymentBook::no_such_payment(call.id);
  const auto* id = call.form.find("payment_intent");
  if (id != nullptr) return PaymentBook::no_such_payment(*id);
  return parameter_fault(
      "parameter_missing",
      "payment_intent",
      "One of the following params should be provided for "
      "this request: payment_intent or charge.");
}

bool Api::is_authorised(const Call& call) const {
  constexpr std::string_view bearer = "Bearer ";
  const auto given = call.request.authorization;
  if (given.starts_with(bearer) && given.substr(bearer.size()) == settings_.secret_key) return true;
  if (given == basic_authorization_) return true;
  // The customer's browser has no key, only the secret of the one payment.
  const bool is_for_customers =
      call.operation == Operation::confirm || call.operation == Operation::retrieve;
  const auto* secret = call.form.find("client_secret");
  return is_for_customers && secret != nullptr && call.payment != nullptr
         && *secret == names_.client_secret(call.payment->number);
}

Instruction Api::instruction_for(const Call& call) {
  const auto global = behaviour_.take(call.operation);
  if (global.effect != Effect::none) return global;
  Instruction own;
  std::int64_t amount = 0;
  if (call.payment != nullptr) {
    own = instruction_in(call.payment->script(), call.operation);
    amount = call.payment->amount;
  } else if (call.operation == Operation::create) {
    if (const auto* script = call.form.find("metadata[simulate]")) {
      own = instruction_in(*script, call.operation);
    }
    const auto given = whole_number(call.form, "amount");
    if (given) amount = given.value().value_or(0);
  }
  if (own.effect == Effect::none) own = instruction_of_amount(amount, call.operation);
  // What is written beside one payment happens once: a retry finds all well.
  const bool stops = own.effect == Effect::fail_with_500 || own.effect == Effect::rate_limit;
  const bool was_refunded = call.payment != nullptr && call.payment->state.refunds > 0;
  if (own.effect == Effect::fail_refund_later && was_refunded) return {};
  const bool is_over = call.has_key() && saved_.find(call.request.idempotency_key) != nullptr;
  if (is_over && own.effect == Effect::time_out_after_charging) return {};
  if (stops
      && !saved_.is_first_failure(
          fmt::format("{} {}", call.request.path, call.request.idempotency_key))) {
    return {};
  }
  return own;
}

bool Api::is_stopped_by(const Instruction& instruction, ApiAnswer& answer) {
  const bool is_limited = instruction.effect == Effect::rate_limit;
  if (!is_limited && instruction.effect != Effect::fail_with_500) return false;
  auto error = server_error();
  if (is_limited) {
    error = {
        .status = 429,
        .code = "rate_limit",
        .message = "Request rate limit exceeded.",
        .is_of_request = true};
  }
  answer.retry_after = behaviour_.retry_after;
  fail(error, answer);
  return true;
}

bool Api::is_replay(const Call& call, ApiAnswer& answer) {
  if (!call.has_key()) return false;
  const auto key = call.request.idempotency_key;
  const auto* saved = saved_.find(key);
  if (saved == nullptr) return false;
  ApiError error{.type = "idempotency_error", .is_of_request = true};
  if (saved->path != engine::stable_hash(call.request.path)) {
    error.message = fmt::format(
        "Keys for idempotent requests can only be used for the same endpoint they were first used "
        "for. Try using a key other than '{}' if you meant to execute a different request.",
        key);
    fail(error, answer);
  } else if (saved->body != engine::stable_hash(call.request.body)) {
    error.message = fmt::format(
        "Keys for idempotent requests can only be used with the same parameters they were first "
        "used with. Try using a key other than '{}' if you meant to execute a different request.",
        key);
    fail(error, answer);
  } else if (call.now_ms < saved->in_use_until_ms) {
    error.status = 409;
    error.code = "idempotency_key_in_use";
    error.message = fmt::format(
        "There is currently another in-progress request using this Idempotent Key: {}. Please try "
        "again later.",
        key);
    fail(error, answer);
  } else {
    ++statistics_.replays;
    answer.is_replayed = true;
    answer.status = saved->result.status;
    answer.delay_ms = 0;
    render(saved->result, answer.body);
  }
  return true;
}

void Api::fail(const ApiError& error, ApiAnswer& answer) {
  ++statistics_.errors;
  answer.status = error.status;
  answer.body.clear();
  text_.append_error(answer.body, error, nullptr, nullptr);
}

// ---- Doing it -----------------------------------------------------------------------------------

void Api::carry_out(const Call& call, const Instruction& instruction, ApiAnswer& answer) {
  auto outcome = perform(call, instruction);
  if (outcome.error && outcome.error->is_of_request) return fail(*outcome.error, answer);
  Result result{.payment = outcome.payment, .expansion = expansion_in(call.form)};
  if (outcome.payment != nullptr) result.state = outcome.payment->state;
  if (outcome.refund) result.refund = *outcome.refund;
  result.is_refund = outcome.refund.has_value();
  if (instruction.effect == Effect::fail_after_charging) outcome.error = server_error();
  if (outcome.error) {
    ++statistics_.errors;
    result.status = outcome.error->status;
    if (result.status >= 500) result.payment = nullptr;
    result.error = std::make_shared<const ApiError>(*std::move(outcome.error));
  }
  answer.status = result.status;
  render(result, answer.body);
  if (outcome.is_settled_later) {
    const auto effect = instruction.effect == Effect::none
                            ? outcome.payment->state.payment_method->instruction.effect
                            : instruction.effect;
    const bool is_good = effect == Effect::process;
    answer.settlement = Settlement{
        .payment = outcome.payment->number,
        .what = is_good ? Settlement::What::bank_accepts : Settlement::What::bank_declines,
        .after = limits::processing_time};
  } else if (instruction.effect == Effect::fail_refund_later && outcome.refund) {
    answer.settlement = Settlement{
        .payment = outcome.payment->number,
        .what = Settlement::What::refund_fails,
        .after = limits::processing_time,
        .refund = static_cast<std::uint16_t>(outcome.refund->index),
        .refunded = outcome.refund->amount};
  } else if (call.operation == Operation::create && behaviour_.customers_pay_ms > 0) {
    if (outcome.payment != nullptr) answer.settlement = payment_of_customer(*outcome.payment);
  }
  tell(outcome, call.now_ms, call.request.idempotency_key);
  if (!call.has_key()) return;
  saved_.save(
      std::string(call.request.idempotency_key),
      {.path = engine::stable_hash(call.request.path),
       .body = engine::stable_hash(call.request.body),
       .in_use_until_ms = call.now_ms + answer.delay_ms,
       .result = std::move(result)});
}

Settlement Api::payment_of_customer(const Payment& payment) const {
  return {
      .payment = payment.number,
      .what = Settlement::What::customer_pays,
      .after = std::chrono::milliseconds(behaviour_.customers_pay_ms)};
}

Outcome Api::perform(const Call& call, const Instruction& instruction) {
  const auto now = call.now_ms / 1000;
  const auto number = call.payment == nullptr ? 0 : call.payment->number;
  switch (call.operation) {
    case Operation::create:
      return book_.create(call.form, now);
    case Operation::confirm:
      return book_.confirm(number, call.form, instruction);
    case Operation::capture:
      return book_.capture(number, call.form, instruction);
    case Operation::cancel:
      return book_.cancel(number, call.form, now);
    case Operation::refund:
      return book_.refund(call.form, instruction, now);
    case Operation::retrieve:
    case Operation::list:
      break;
  }
  return {.payment = call.payment};
}

void Api::answer_list(const Call& call, ApiAnswer& answer) const {
  const auto page = book_.list(call.form);
  auto& out = answer.body;
  if (page.error) {
    answer.status = page.error->status;
    text_.append_error(out, *page.error, nullptr, nullptr);
    return;
  }
  const auto expansion = expansion_in(call.form);
  out += R"({"object":"list","data":[)";
  for (const auto* payment : page.payments) {
    if (out.back() != '[') out += ',';
    text_.append_payment(out, *payment, payment->state, expansion.charge);
  }
  out += page.has_more ? R"(],"has_more":true)" : R"(],"has_more":false)";
  out += R"(,"url":"/v1/payment_intents"})";
}

void Api::render(const Result& result, std::string& out) const {
  out.reserve(1024);
  if (result.error) {
    text_.append_error(out, *result.error, result.payment, &result.state);
  } else if (result.is_refund) {
    text_.append_refund(out, *result.payment, result.state, result.refund, result.expansion);
  } else {
    text_.append_payment(out, *result.payment, result.state, result.expansion.charge);
  }
}

}  // namespace cavea::simulator
