#include "outbound/payment/provider_call.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::outbound::payment {
namespace {

const auto eur = *engine::Currency::from("EUR");
const auto reservation = *engine::ReservationId::from("01JD3V7Z3N0R2M5Q8T9W4X6Y7Z");

std::string refusal_of(const engine::PaymentRequest& request) {
  const auto call = call_for(request);
  if (call.has_value()) return "";
  CHECK(call.error().kind == engine::PaymentFailure::Kind::refused);
  return call.error().code;
}

TEST_CASE("a payment is created for manual capture, with the reservation beside it") {
  const auto call = call_for(engine::CreatePayment{
      .key = "saga-1-pay",
      .reservation = reservation,
      .amount = {4200},
      .currency = eur,
      .user = "zoë & co"});
  REQUIRE(call.has_value());
  CHECK(call->is_post);
  CHECK(call->answer == ProviderCall::Answer::payment);
  CHECK(call->key == "saga-1-pay");
  CHECK(call->target == "/v1/payment_intents");
  CHECK(
      call->form
      == "amount=4200&currency=eur&capture_method=manual&automatic_payment_methods%5Benabled%5D=true"
         "&metadata%5Breservation%5D=01JD3V7Z3N0R2M5Q8T9W4X6Y7Z&metadata%5Buser%5D=zo%C3%AB%20%26"
         "%20co");
}

TEST_CASE("what follows a payment names it in the path, and asks for what was refunded") {
  const auto capture = call_for(
      engine::CapturePayment{.key = "k", .payment = {"pi_1"}, .amount = {100}, .currency = eur});
  REQUIRE(capture.has_value());
  CHECK(capture->target == "/v1/payment_intents/pi_1/capture");
  CHECK(capture->form == "amount_to_capture=100&expand%5B%5D=latest_charge");

  const auto cancel = call_for(engine::CancelPayment{.key = "k", .payment = {"pi_1"}});
  REQUIRE(cancel.has_value());
  CHECK(cancel->target == "/v1/payment_intents/pi_1/cancel");
  CHECK(cancel->is_post);

  const auto refund = call_for(engine::RefundPayment{
      .key = "k", .payment = {"pi_1"}, .amount = {5}, .currency = *engine::Currency::from("ISK")});
  REQUIRE(refund.has_value());
  CHECK(refund->answer == ProviderCall::Answer::refund);
  CHECK(refund->target == "/v1/refunds");
  CHECK(refund->form == "payment_intent=pi_1&amount=500&expand%5B%5D=payment_intent.latest_charge");

  const auto look_up = call_for(engine::LookUpPayment{.payment = {"pi_1"}});
  REQUIRE(look_up.has_value());
  CHECK_FALSE(look_up->is_post);
  CHECK(look_up->key.empty());
  CHECK(look_up->target == "/v1/payment_intents/pi_1?expand%5B%5D=latest_charge");
}

TEST_CASE("a list names its page in whole seconds") {
  const auto first = call_for(
      engine::ListPayments{.created_from = {1'700'000'000'999}, .after = {}, .limit = 1'000});
  REQUIRE(first.has_value());
  CHECK(first->answer == ProviderCall::Answer::page);
  CHECK(
      first->target
      == "/v1/payment_intents?limit=100&created%5Bgte%5D=1700000000"
         "&expand%5B%5D=data.latest_charge");
  const auto next = call_for(
      engine::ListPayments{.created_from = {-5}, .after = engine::PaymentId{"pi_9"}, .limit = 0});
  REQUIRE(next.has_value());
  CHECK(
      next->target
      == "/v1/payment_intents?limit=1&created%5Bgte%5D=0&starting_after=pi_9"
         "&expand%5B%5D=data.latest_charge");
}

TEST_CASE("what no provider could do is refused here") {
  const auto create = [](std::string key, std::int64_t amount) {
    return refusal_of(engine::CreatePayment{
        .key = std::move(key),
        .reservation = reservation,
        .amount = {amount},
        .currency = eur,
        .user = {}});
  };
  CHECK(create("k", 1).empty());
  CHECK(create("k", 0) == "amount_invalid");
  CHECK(create("k", -1) == "amount_invalid");
  CHECK(create("", 1) == "key_invalid");
  CHECK(create("a\r\nX-Evil: 1", 1) == "key_invalid");
  CHECK(create(std::string(255, 'k'), 1).empty());
  CHECK(create(std::string(256, 'k'), 1) == "key_invalid");
  CHECK(
      refusal_of(engine::CapturePayment{
          .key = "k",
          .payment = {"pi_1"},
          .amount = {5'124},
          .currency = *engine::Currency::from("KWD")})
      == "amount_invalid");
}

TEST_CASE("an id cannot lead to another path") {
  for (const auto* id : {"", "..", "pi_1/../../v1/refunds", "pi_1?x", "pi 1", "pi_1#", "pi%2f"}) {
    INFO(id);
    CHECK(refusal_of(engine::LookUpPayment{.payment = {id}}) == "payment_id_invalid");
    CHECK(refusal_of(engine::CancelPayment{.key = "k", .payment = {id}}) == "payment_id_invalid");
  }
}

}  // namespace
}  // namespace cavea::outbound::payment
