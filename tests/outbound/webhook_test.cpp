#include "outbound/payment/limits.hpp"
#include "outbound/payment/notice.hpp"
#include "outbound/payment/webhook_signature.hpp"

#include <doctest/doctest.h>

#include <string>
#include <variant>
#include <vector>

namespace cavea::outbound::payment {
namespace {

using engine::NoticeFault;
using engine::Timestamp;

// HMAC-SHA256 of "1700000000.{}" by "whsec_one" and "whsec_two", made with
// printf '1700000000.{}' | openssl dgst -sha256 -hmac whsec_one
const std::string by_one = "e6f424c1ebf2679ddb75df801d64b07e5063e2d7d6834ab73f5c55d787278d9d";
const std::string by_two = "7188126e292daca991f04e6d27bcc33705bef535a4a6c4687864d1c7315003b0";

constexpr Timestamp signed_at{1'700'000'000'000};
constexpr std::int64_t minute = 60'000;

std::string fault_in(
    const std::string& header,
    Timestamp now = signed_at,
    const std::string& body = "{}",
    const std::vector<std::string>& secrets = {"whsec_one"}) {
  std::vector<Secret> keys;
  for (const auto& secret : secrets) keys.emplace_back(secret);
  const auto fault = fault_of_signature(body, header, keys, now);
  if (!fault) return "";
  CHECK(fault->what.ends_with('.'));
  return std::string(engine::name_of(fault->kind));
}

TEST_CASE("a signature by our secret is good, and nothing else is") {
  CHECK(fault_in("t=1700000000,v1=" + by_one).empty());
  CHECK(fault_in("t=1700000000,v1=" + by_two) == "signature_wrong");
  CHECK(fault_in("t=1700000000,v1=" + by_one, signed_at, "{ }") == "signature_wrong");
  CHECK(fault_in("t=1700000001,v1=" + by_one) == "signature_wrong");
  CHECK(fault_in("t=01700000000,v1=" + by_one) == "signature_wrong");
  CHECK(fault_in("t=1700000000,v1=" + by_one, signed_at, "{}", {}) == "signature_wrong");
  CHECK(fault_in("t=1700000000,v1=" + by_one.substr(0, 63) + "0") == "signature_wrong");
}

TEST_CASE("while a key is replaced, either of two signatures may fit either of two secrets") {
  const auto both = "t=1700000000,v1=" + by_two + ",v1=" + by_one;
  CHECK(fault_in(both).empty());
  CHECK(fault_in("t=1700000000,v1=" + by_two, signed_at, "{}", {"whsec_one", "whsec_two"}).empty());
  CHECK(fault_in(both, signed_at, "{}", {"whsec_three"}) == "signature_wrong");
}

TEST_CASE("other schemes are passed over, and are no signature") {
  CHECK(fault_in("t=1700000000,v0=anything,v1=" + by_one + ",v2=x").empty());
  CHECK(fault_in("t=1700000000,v0=" + by_one) == "header_malformed");
}

TEST_CASE("a signature is good for five minutes before and after") {
  const auto header = "t=1700000000,v1=" + by_one;
  const auto at = [&](std::int64_t ms) { return fault_in(header, {signed_at.ms + ms}); };
  CHECK(at(5 * minute).empty());
  CHECK(at(5 * minute + 1) == "too_old");
  CHECK(at(-5 * minute).empty());
  CHECK(at(-5 * minute - 1) == "from_the_future");
  // Whoever has no secret learns nothing about our clock.
  CHECK(fault_in("t=1700000000,v1=" + by_two, {0}) == "signature_wrong");
}

TEST_CASE("a header that is not of this form is malformed") {
  for (const auto& header :
       {std::string(),
        std::string(","),
        std::string("v1=") + by_one,
        std::string("t=1700000000"),
        std::string("t=1700000000,v1="),
        std::string("t=1700000000,v1=abc"),
        std::string("t=1700000000,v1=") + std::string(64, 'g'),
        std::string("t=1700000000,v1=") + std::string(64, 'A'),
        std::string("t=soon,v1=") + by_one,
        std::string("t=,v1=") + by_one,
        std::string("t=-1,v1=") + by_one,
        std::string("t=99999999999999999999,v1=") + by_one,
        std::string("t=1700000000,t=1700000000,v1=") + by_one,
        std::string("t=1700000000;v1=") + by_one,
        std::string("t=1700000000,v1=") + by_one
            + std::string(limits::signature_header_bytes, ',')}) {
    INFO(header.substr(0, 100));
    CHECK(fault_in(header) == "header_malformed");
  }
}

TEST_CASE("nobody makes us calculate without end") {
  std::string header = "t=1700000000";
  for (int i = 0; i < 20; ++i) header += ",v1=" + by_two;
  CHECK(fault_in(header + ",v1=" + by_one) == "signature_wrong");
}

// ---- The body -----------------------------------------------------------------------------------

std::string event(const std::string& type, const std::string& object) {
  return R"({"id": "evt_1", "object": "event", "api_version": "2025-03-31.basil",
             "created": 1700000100, "type": ")"
         + type + R"(", "data": {"object": )" + object + "}}";
}

const std::string intent = R"({"id": "pi_1", "object": "payment_intent", "amount": 4200,
  "amount_received": 0, "client_secret": "s", "created": 1700000000, "currency": "eur",
  "status": "requires_capture", "latest_charge": "ch_1",
  "metadata": {"reservation": "01JD3V7Z3N0R2M5Q8T9W4X6Y7Z"}})";

const std::string charge = R"({"id": "ch_1", "object": "charge", "amount": 4200,
  "amount_captured": 4000, "amount_refunded": 1000, "captured": true, "created": 1700000000,
  "currency": "eur", "payment_intent": "pi_1",
  "metadata": {"reservation": "01JD3V7Z3N0R2M5Q8T9W4X6Y7Z"}})";

TEST_CASE("an event of a payment is a notice with the payment as it was then") {
  const auto result = read_notice(event("payment_intent.amount_capturable_updated", intent));
  REQUIRE(std::holds_alternative<engine::PaymentNotice>(result));
  const auto& notice = std::get<engine::PaymentNotice>(result);
  CHECK(notice.event_id == "evt_1");
  CHECK(notice.created_at.ms == 1'700'000'100'000);
  CHECK(notice.payment.id.value == "pi_1");
  CHECK(notice.payment.status == engine::PaymentStatus::requires_capture);
  CHECK(notice.payment.amount.minor == 4200);
  CHECK(notice.payment.reservation->str() == "01JD3V7Z3N0R2M5Q8T9W4X6Y7Z");
  CHECK_FALSE(notice.payment.refunded.has_value());
}

TEST_CASE("a refund of a charge is a notice of its payment") {
  const auto result = read_notice(event("charge.refunded", charge));
  REQUIRE(std::holds_alternative<engine::PaymentNotice>(result));
  const auto& payment = std::get<engine::PaymentNotice>(result).payment;
  CHECK(payment.id.value == "pi_1");
  CHECK(payment.status == engine::PaymentStatus::succeeded);
  CHECK(payment.captured.minor == 4000);
  CHECK(payment.refunded == engine::Money{1000});
  CHECK(payment.reservation.has_value());
}

TEST_CASE("before its version of 2025 the provider counts as refunded what was only released") {
  auto old = event("charge.refunded", charge);
  old.replace(old.find("2025-03-31.basil"), 16, "2024-06-20");
  const auto result = read_notice(old);
  REQUIRE(std::holds_alternative<engine::PaymentNotice>(result));
  CHECK_FALSE(std::get<engine::PaymentNotice>(result).payment.refunded.has_value());
}

TEST_CASE("events that say nothing new are not needed") {
  for (const auto& [type, object] :
       {std::pair<std::string, std::string>{"payment_intent.created", intent},
        {"charge.succeeded", charge},
        {"customer.created", "{}"},
        {"charge.refunded", R"({"id": "ch_9", "object": "charge", "amount": 1})"}}) {
    INFO(type);
    const auto result = read_notice(event(type, object));
    REQUIRE(std::holds_alternative<engine::UnneededNotice>(result));
    CHECK(std::get<engine::UnneededNotice>(result).type == type);
    CHECK(std::get<engine::UnneededNotice>(result).event_id == "evt_1");
  }
}

TEST_CASE("a body that is no event is malformed") {
  for (const auto& body :
       {std::string(),
        std::string("{}"),
        std::string("[1]"),
        std::string("\xff\xfe"),
        std::string(R"({"id": "evt_1", "object": "event"})"),
        std::string(R"({"id": 7, "object": "event", "type": "payment_intent.succeeded"})"),
        event("payment_intent.succeeded", "null"),
        event("payment_intent.succeeded", charge),
        std::string(100'000, '[')}) {
    INFO(body.substr(0, 100));
    const auto result = read_notice(body);
    REQUIRE(std::holds_alternative<NoticeFault>(result));
    CHECK(std::get<NoticeFault>(result).kind == NoticeFault::Kind::body_malformed);
  }
}

}  // namespace
}  // namespace cavea::outbound::payment
