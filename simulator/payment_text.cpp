#include "simulator/payment_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace cavea::simulator {

namespace {

using engine::PaymentStatus;

/// Appends an object member by member. Names are ours and need no escapes.
class ObjectText {
 public:
  explicit ObjectText(std::string& out) : out_(out) { out_ += '{'; }

  void close() { out_ += '}'; }

  ObjectText& key(std::string_view name) {
    if (out_.back() != '{') out_ += ',';
    out_.append("\"").append(name).append("\":");
    return *this;
  }

  ObjectText& number(std::string_view name, std::int64_t value) {
    key(name);
    char digits[24];
    out_.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
    return *this;
  }

  ObjectText& flag(std::string_view name, bool value) {
    return raw(name, value ? "true" : "false");
  }

  /// Of characters that need no escapes.
  ObjectText& word(std::string_view name, std::string_view value) {
    key(name);
    out_.append("\"").append(value).append("\"");
    return *this;
  }

  /// Null when it is empty.
  ObjectText& word_or_null(std::string_view name, std::string_view value) {
    return value.empty() ? raw(name, "null") : word(name, value);
  }

  ObjectText& text(std::string_view name, std::string_view value) {
    key(name);
    append_json_string(out_, value);
    return *this;
  }

  ObjectText& raw(std::string_view name, std::string_view value) {
    key(name);
    out_ += value;
    return *this;
  }

  ObjectText& metadata(const Metadata& entries) {
    key("metadata");
    out_ += '{';
    for (const auto& [name, value] : entries) {
      if (out_.back() != '{') out_ += ',';
      append_json_string(out_, name);
      out_ += ':';
      append_json_string(out_, value);
    }
    out_ += '}';
    return *this;
  }

 private:
  std::string& out_;
};

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
  });
}

std::string_view method_name(const PaymentState& state) {
  return state.payment_method == nullptr ? std::string_view() : state.payment_method->name;
}

void append_decline(ObjectText& object, const Decline& decline) {
  object.word("code", decline.code);
  if (!decline.decline_code.empty()) object.word("decline_code", decline.decline_code);
  object.word("message", decline.message);
}

void append_last_error(std::string& out, const Decline& decline) {
  ObjectText object(out);
  append_decline(object, decline);
  object.word("type", "card_error").close();
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  if (is_plain(text)) {
    out.append("\"").append(text).append("\"");
    return;
  }
  using Json = nlohmann::json;
  out += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

void PaymentText::append_payment(
    std::string& out, const Payment& payment, const PaymentState& state, bool has_charge) const {
  const bool waits = state.status == PaymentStatus::requires_capture;
  ObjectText object(out);
  object.word("id", names_.payment(payment.number))
      .word("object", "payment_intent")
      .number("amount", payment.amount)
      .number("amount_capturable", waits ? payment.amount : 0)
      .number("amount_received", state.captured)
      .raw("automatic_payment_methods", R"({"allow_redirects":"always","enabled":true})");
  if (state.canceled_at == 0) {
    object.raw("canceled_at", "null");
  } else {
    object.number("canceled_at", state.canceled_at);
  }
  object.word_or_null("cancellation_reason", state.cancellation_reason)
      .word("capture_method", payment.is_captured_by_hand ? "manual" : "automatic_async")
      .word("client_secret", names_.client_secret(payment.number))
      .word("confirmation_method", "automatic")
      .number("created", payment.created)
      .word("currency", payment.currency_code())
      .raw("customer", "null");
  if (payment.description.empty()) {
    object.raw("description", "null");
  } else {
    object.text("description", payment.description);
  }
  object.key("last_payment_error");
  if (state.last_error == nullptr) {
    out += "null";
  } else {
    append_last_error(out, *state.last_error);
  }
  if (!has_charge || state.charges == 0) {
    const auto charge =
        state.charges == 0 ? std::string() : names_.charge(payment.number, state.charges);
    object.word_or_null("latest_charge", charge);
  } else {
    object.key("latest_charge");
    append_charge(out, payment, state);
  }
  object.flag("livemode", false).metadata(payment.metadata);
  if (state.status == PaymentStatus::requires_action) {
    object.key("next_action");
    ObjectText action(out);
    action.word("type", "redirect_to_url").key("redirect_to_url");
    ObjectText redirect(out);
    redirect.word("url", "/pay/" + names_.client_secret(payment.number));
    redirect.raw("return_url", "null").close();
    action.close();
  } else {
    object.raw("next_action", "null");
  }
  object.word_or_null("payment_method", method_name(state))
      .raw("payment_method_types", R"(["card"])")
      .word("status", engine::name_of(state.status))
      .close();
}

void PaymentText::append_charge(
    std::string& out, const Payment& payment, const PaymentState& state) const {
  const auto* error = state.is_charged ? nullptr : state.last_error;
  const bool is_pending = !state.is_charged && error == nullptr;
  ObjectText object(out);
  object.word("id", names_.charge(payment.number, state.charges))
      .word("object", "charge")
      .number("amount", payment.amount)
      .number("amount_captured", state.captured)
      .number("amount_refunded", state.refunded)
      .flag("captured", state.status == PaymentStatus::succeeded)
      .number("created", payment.created)
      .word("currency", payment.currency_code())
      .word_or_null("failure_code", error == nullptr ? std::string_view() : error->code)
      .word_or_null("failure_message", error == nullptr ? std::string_view() : error->message)
      .flag("livemode", false)
      .metadata(payment.metadata)
      .flag("paid", state.is_charged)
      .word("payment_intent", names_.payment(payment.number))
      .word_or_null("payment_method", method_name(state))
      .flag("refunded", state.captured > 0 && state.refunded == state.captured)
      .word(
          "status",
          state.is_charged ? "succeeded"
          : is_pending     ? "pending"
                           : "failed")
      .close();
}

void PaymentText::append_refund(
    std::string& out,
    const Payment& payment,
    const PaymentState& state,
    const Refund& refund,
    Expansion expansion) const {
  ObjectText object(out);
  object.word("id", names_.refund(payment.number, refund.index))
      .word("object", "refund")
      .number("amount", refund.amount)
      .word("charge", names_.charge(payment.number, state.charges))
      .number("created", refund.created)
      .word("currency", payment.currency_code());
  if (refund.is_failed) object.word("failure_reason", "lost_or_stolen_card");
  object.raw("metadata", "{}");
  if (expansion.payment) {
    object.key("payment_intent");
    append_payment(out, payment, state, expansion.charge);
  } else {
    object.word("payment_intent", names_.payment(payment.number));
  }
  object.raw("reason", "null").word("status", refund.is_failed ? "failed" : "succeeded").close();
}

void PaymentText::append_error(
    std::string& out,
    const ApiError& error,
    const Payment* payment,
    const PaymentState* state) const {
  ObjectText body(out);
  body.key("error");
  ObjectText object(out);
  if (error.decline != nullptr) {
    append_decline(object, *error.decline);
    if (payment != nullptr) object.word("charge", names_.charge(payment->number, state->charges));
  } else {
    if (!error.code.empty()) object.word("code", error.code);
    object.text("message", error.message);
  }
  if (!error.param.empty()) object.text("param", error.param);
  if (payment != nullptr) {
    object.key("payment_intent");
    append_payment(out, *payment, *state, false);
  }
  object.word("type", error.type).close();
  body.close();
}

}  // namespace cavea::simulator
