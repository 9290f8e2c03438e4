#include "simulator/session.hpp"
#include "tests/outbound/payment_world.hpp"
#include "tests/support/scripted_server.hpp"

#include <doctest/doctest.h>

#include <string>
#include <variant>
#include <vector>

namespace cavea::outbound::payment {
namespace {

using engine::NoticeFault;
using engine::PaymentNotice;
using engine::PaymentStatus;

simulator::Server::Settings telling(const test::ScriptedServer& shop) {
  simulator::Server::Settings settings;
  settings.webhooks.url = shop.url() + "/notices";
  settings.webhooks.secret = "whsec_cavea";
  settings.webhooks.types = {"*"};
  settings.webhooks.connections = 1;
  return settings;
}

engine::NoticeResult verified(const StripePort& port, const test::ReceivedRequest& came) {
  return port.verify_notice(came.body, came.header("Stripe-Signature"), {simulator::ms_now()});
}

std::string fault_of(const engine::NoticeResult& result) {
  REQUIRE(std::holds_alternative<NoticeFault>(result));
  return std::string(engine::name_of(std::get<NoticeFault>(result).kind));
}

TEST_CASE("what the provider tells is believed and read, and what is not needed is told apart") {
  test::ScriptedServer shop;
  PaymentWorld world(telling(shop));
  const auto port = open_port(test_settings(world.url()));
  const auto payment = world.paid(*port, "create");
  CHECK(payment_in(ask(*port, capture_of("capture", payment.id))).captured.minor == 4'200);
  CHECK(payment_in(ask(*port, refund_of("refund", payment.id, 200))).refunded->minor == 200);

  std::vector<PaymentNotice> notices;
  std::vector<std::string> unneeded;
  for (const auto& came : shop.wait_for(6)) {
    const auto result = verified(*port, came);
    if (const auto* notice = std::get_if<PaymentNotice>(&result)) {
      notices.push_back(*notice);
    } else {
      REQUIRE(std::holds_alternative<engine::UnneededNotice>(result));
      unneeded.push_back(std::get<engine::UnneededNotice>(result).type);
    }
  }
  CHECK(
      unneeded
      == std::vector<std::string>{"payment_intent.created", "charge.succeeded", "charge.captured"});
  REQUIRE(notices.size() == 3);
  CHECK(notices[0].payment.status == PaymentStatus::requires_capture);
  CHECK(notices[1].payment.status == PaymentStatus::succeeded);
  CHECK(notices[1].payment.captured.minor == 4'200);
  CHECK(notices[2].payment.refunded == engine::Money{200});
  for (const auto& notice : notices) {
    CHECK(notice.payment.id == payment.id);
    CHECK(notice.payment.reservation == payment.reservation);
    CHECK(notice.payment.amount.minor == 4'200);
    CHECK(notice.created_at >= payment.created_at);
  }
  CHECK(port->probe().notices.value() == 3);
  CHECK(port->probe().notices_unneeded.value() == 3);
}

TEST_CASE("a notice that comes twice is the same event twice, each time well signed") {
  test::ScriptedServer shop([](const test::ReceivedRequest&, std::size_t number) {
    return test::ScriptedReply{.status = number == 1 ? 503 : 200};
  });
  auto settings = telling(shop);
  settings.webhooks.types = {"payment_intent.amount_capturable_updated"};
  PaymentWorld world(settings);
  world.behave(R"({"duplicate_webhooks": 1})");
  const auto port = open_port(test_settings(world.url()));
  static_cast<void>(world.paid(*port, "create"));
  std::string id;
  for (const auto& came : shop.wait_for(3)) {
    const auto result = verified(*port, came);
    REQUIRE(std::holds_alternative<PaymentNotice>(result));
    const auto& notice = std::get<PaymentNotice>(result);
    if (id.empty()) id = notice.event_id;
    CHECK(notice.event_id == id);
  }
  CHECK(port->probe().notices.value() == 3);
}

TEST_CASE("a notice that was changed, is late or is signed by another is not believed") {
  test::ScriptedServer shop;
  PaymentWorld world(telling(shop));
  const auto port = open_port(test_settings(world.url()));
  static_cast<void>(world.paid(*port, "create"));
  const auto came = shop.wait_for(1).front();
  const auto signature = came.header("Stripe-Signature");
  const auto now = simulator::ms_now();
  constexpr std::int64_t six_minutes = 6 * 60'000;
  CHECK(fault_of(port->verify_notice(came.body + " ", signature, {now})) == "signature_wrong");
  CHECK(fault_of(port->verify_notice(came.body, signature, {now + six_minutes})) == "too_old");
  CHECK(
      fault_of(port->verify_notice(came.body, signature, {now - six_minutes}))
      == "from_the_future");
  CHECK(fault_of(port->verify_notice(came.body, "", {now})) == "header_malformed");
  CHECK(
      fault_of(port->verify_notice(std::string(limits::notice_bytes + 1, ' '), signature, {now}))
      == "body_malformed");

  auto settings = test_settings(world.url());
  settings.webhook_secrets = {Secret("whsec_other")};
  CHECK(fault_of(verified(*open_port(settings), came)) == "signature_wrong");
  settings.webhook_secrets.push_back(Secret("whsec_cavea"));
  CHECK_FALSE(std::holds_alternative<NoticeFault>(verified(*open_port(settings), came)));
  settings.webhook_secrets.clear();
  CHECK(fault_of(verified(*open_port(settings), came)) == "signature_wrong");
  const auto& refused = port->probe().notices_refused;
  CHECK(refused[static_cast<std::size_t>(NoticeFault::Kind::signature_wrong)].value() == 1);
  CHECK(refused[static_cast<std::size_t>(NoticeFault::Kind::too_old)].value() == 1);
}

}  // namespace
}  // namespace cavea::outbound::payment
