#include "http/json/reservation_codec.hpp"
#include "tests/http/samples.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace cavea::http::json {

namespace {

using engine::LegState;
using engine::MoneyState;
using engine::RescueState;
using engine::SagaGoal;

constexpr Viewer owner{.user = "alice"};
constexpr Viewer clerk{.user = "boss", .is_admin = true};

std::string written(const engine::SagaView& view, const Viewer& viewer = owner) {
  std::string out;
  append_reservation(out, samples::view_of(view), viewer);
  return out;
}

Json document(const engine::SagaView& view, const Viewer& viewer = owner) {
  return Json::parse(written(view, viewer));
}

/// Sold and paid, whole.
engine::SagaView confirmed_bundle() {
  auto view = samples::payable_bundle();
  auto& saga = view.saga;
  saga.goal = SagaGoal::confirm;
  saga.was_confirmed = true;
  for (auto& leg : saga.legs) leg.state = LegState::sold;
  saga.payment.state = MoneyState::captured;
  saga.payment.captured = saga.payment.amount;
  return view;
}

}  // namespace

TEST_CASE("a reservation with a saga is written as its golden file says") {
  CHECK(written(samples::held_bundle()) == samples::golden("reservation_several_held.json"));
  CHECK(written(samples::payable_bundle()) == samples::golden("reservation_several_to_pay.json"));
}

TEST_CASE("the secret to pay with is for the person who reserved, while it can be paid") {
  auto view = samples::payable_bundle();
  const auto secret = [&](const Viewer& viewer) {
    return document(view, viewer)["payment"]["client_secret"];
  };
  CHECK(secret(owner) == "pi_1_secret_2");
  CHECK(secret(clerk).is_null());
  CHECK(secret({}).is_null());
  CHECK(secret({.user = "alice2"}).is_null());

  for (const auto state :
       {MoneyState::wanted,
        MoneyState::authorised,
        MoneyState::captured,
        MoneyState::closing,
        MoneyState::closed}) {
    view.saga.payment.state = state;
    CAPTURE(static_cast<int>(state));
    CHECK(written(view).find("secret_2") == std::string::npos);
  }

  // The customer came too late: whatever the provider takes now is not for these places.
  view.saga.payment.state = MoneyState::open;
  view.saga.goal = SagaGoal::release;
  CHECK(written(view).find("secret_2") == std::string::npos);
}

TEST_CASE("why a try to pay failed is told to the customer, other errors to administrators") {
  auto view = samples::payable_bundle();
  view.saga.payment.last_error = "Your card was declined.";
  CHECK(document(view)["payment"]["error"] == "Your card was declined.");

  view.saga.payment.state = MoneyState::authorised;
  view.saga.payment.last_error = "The provider does not answer.";
  CHECK(document(view)["payment"]["error"].is_null());
  CHECK(document(view, clerk)["payment"]["error"] == "The provider does not answer.");
}

TEST_CASE("a confirmed reservation has sold places and no deadline") {
  const auto value = document(confirmed_bundle());
  CHECK(value["status"] == "confirmed");
  CHECK(value["held_until"].is_null());
  CHECK(value["total"]["amount"] == 18800);
  CHECK(value["items"][0]["places"][1]["status"] == "sold");
  CHECK(value["payment"]["status"] == "captured");
  CHECK(value["payment"]["captured"] == 18800);
  CHECK(value["extensions_left"] == 0);
  CHECK(value["rescued"] == false);
}

TEST_CASE("places of one item that were given back are neither counted nor paid") {
  auto view = confirmed_bundle();
  view.saga.legs[1].lines[0].given_back = true;
  view.saga.payment.refund_due = {1400};
  const auto value = document(view);
  CHECK(value["status"] == "confirmed");
  CHECK(value["total"]["amount"] == 17400);
  CHECK(value["items"][0]["quantity"] == 2);
  CHECK(value["items"][1]["quantity"] == 1);
  CHECK(value["items"][1]["places"][0]["status"] == "given_back");
  CHECK(value["payment"]["refund_due"] == 1400);
  CHECK(value["payment"]["refunded"] == 0);
}

TEST_CASE("a cancelled reservation has nothing left, and shows the money that goes back") {
  auto view = confirmed_bundle();
  view.saga.goal = SagaGoal::release;
  view.saga.payment.refund_due = {9400};
  auto value = document(view);
  CHECK(value["status"] == "refund_pending");
  CHECK(value["total"]["amount"] == 0);
  CHECK(value["items"][0]["quantity"] == 0);
  // The offering may not have answered yet; it is decided all the same.
  CHECK(value["items"][0]["places"][0]["status"] == "given_back");

  for (auto& leg : view.saga.legs) leg.state = LegState::gone;
  view.saga.payment.refunded = {9400};
  value = document(view);
  CHECK(value["status"] == "refunded");
  CHECK(value["payment"]["refunded"] == 9400);
}

TEST_CASE("what costs nothing has the currency of its offerings") {
  auto view = confirmed_bundle();
  view.saga.currency = {};
  view.saga.payment = {};
  for (auto& leg : view.saga.legs) {
    for (auto& line : leg.lines) line.price = {};
  }
  view.definitions[0] = nullptr;
  const auto value = document(view);
  CHECK(value["total"]["amount"] == 0);
  CHECK(value["total"]["currency"] == view.definitions[1]->currency.view());
}

TEST_CASE("what was paid at the box office is no payment of ours") {
  auto view = confirmed_bundle();
  view.saga.payment = {};
  view.saga.payment.amount = {18'800};
  CHECK(document(view)["payment"].is_null());
  auto& more = view.saga.more_payments.emplace_back();
  more.state = MoneyState::captured;
  more.captured = {500};
  CHECK(document(view)["payment"]["amount"] == 500);
  CHECK(document(view)["payment"]["captured"] == 500);
}

TEST_CASE("an expired hold says when it ended") {
  auto view = samples::held_bundle();
  view.saga.goal = SagaGoal::release;
  view.saga.cause = engine::Cause::deadline;
  const auto value = document(view);
  CHECK(value["status"] == "expired");
  CHECK(value["held_until"] == "2026-11-20T12:10:00+00:00");
  CHECK(value["payment"].is_null());
}

TEST_CASE("while items are taken one after the other, only those that are held count") {
  auto view = samples::held_bundle();
  view.saga.deadline = {};
  view.saga.legs[1].state = LegState::wanted;
  view.saga.legs[1].lines.clear();
  view.saga.legs[1].version = {};
  view.definitions[1] = nullptr;
  const auto value = document(view);
  CHECK(value["status"] == "claiming");
  CHECK(value["held_until"].is_null());
  CHECK(value["total"]["amount"] == 16000);
  CHECK(value["items"][1]["offering"] == "yoga-1");
  CHECK(value["items"][1]["quantity"] == 0);
  CHECK_FALSE(value["items"][1].contains("title"));
  CHECK_FALSE(value["items"][1].contains("version"));
}

TEST_CASE("a rejected reservation says which item was refused and why") {
  auto view = samples::held_bundle();
  view.saga.deadline = {};
  view.saga.goal = SagaGoal::release;
  view.saga.legs[0].state = LegState::gone;
  view.saga.legs[1].state = LegState::refused;
  view.saga.legs[1].refusal = engine::Rejection::sold_out;
  view.saga.legs[1].lines.clear();
  view.definitions.clear();
  const auto value = document(view);
  CHECK(value["status"] == "rejected");
  CHECK(value["created_at"] == "2026-11-20T12:00:00.250+00:00");
  CHECK_FALSE(value["items"][0].contains("refusal"));
  CHECK(value["items"][1]["refusal"] == "sold_out");
}

TEST_CASE("a payment that came too late shows what became of it") {
  auto view = confirmed_bundle();
  view.saga.was_confirmed = false;
  view.saga.goal = SagaGoal::hold;
  view.saga.rescue = RescueState::claiming;
  for (auto& leg : view.saga.legs) leg.state = LegState::wanted;
  auto value = document(view);
  CHECK(value["status"] == "awaiting_payment");
  CHECK(value["rescue"] == "claiming");
  CHECK(value["rescued"] == false);
  CHECK(value["total"]["amount"] == 0);
  CHECK(value["items"][0]["quantity"] == 0);
  CHECK(value["extensions_left"] == 0);

  view = confirmed_bundle();
  view.saga.rescue = RescueState::done;
  value = document(view);
  CHECK(value["status"] == "confirmed");
  CHECK(value["rescue"] == "done");
  CHECK(value["rescued"] == true);
}

TEST_CASE("a hold says how often it can be extended yet") {
  auto view = samples::held_bundle();
  CHECK(document(view)["extensions_left"] == 2);
  view.saga.extensions = 1;
  CHECK(document(view)["extensions_left"] == 1);
  view.saga.extensions = 2;
  CHECK(document(view)["extensions_left"] == 0);
}

}  // namespace cavea::http::json
