#include "http/handlers/handler_context.hpp"
#include "tests/http/fake_provider.hpp"
#include "tests/http/test_server.hpp"

#include <doctest/doctest.h>

#include <string>

namespace cavea::http {

namespace {

constexpr std::string_view fields =
    "Stripe-Signature: t=1,v1=00\r\nContent-Type: application/json; charset=utf-8\r\n"
    "Connection: close\r\n";

std::string notice_of(std::size_t bytes) {
  return request_with_body("POST", "/v1/payments/notices", std::string(bytes, 'n'), fields);
}

}  // namespace

TEST_CASE("A notice comes over the wire without a token, byte by byte, up to its limit") {
  engine::PaymentNotice notice;
  notice.payment.reservation = engine::ReservationId::make({1'795'176'000'000}, {1}, 2);
  const FakeProvider provider(notice);
  HandlerContext context{.version = "1.2.3", .payments = &provider};
  TestServer server({}, api_routes(context));
  server.bus.on_command = [](const auto&) {
    return engine::Answer(engine::Refusal(engine::Rejection::reservation_not_found));
  };

  const auto answer = server.exchange(notice_of(256 * 1024));
  CHECK(answer.starts_with("HTTP/1.1 200 "));
  CHECK(answer.ends_with(R"({"received":true})"));
  CHECK(server.bus.commands().size() == 1);
  CHECK(provider.seen().body == std::string(256 * 1024, 'n'));
  CHECK(provider.seen().signature == "t=1,v1=00");
  CHECK(provider.seen().now.ms > 1'700'000'000'000);
  CHECK(context.notices.refused.value() == 1);

  CHECK(server.exchange(notice_of(256 * 1024 + 1)).starts_with("HTTP/1.1 413 "));
  CHECK(server.bus.commands().size() == 1);
}

}  // namespace cavea::http
