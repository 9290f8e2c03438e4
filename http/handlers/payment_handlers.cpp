#include "http/handlers/payment_handlers.hpp"

#include "http/handlers/answers.hpp"
#include "http/handlers/request_input.hpp"

#include <string>
#include <utility>
#include <variant>

namespace cavea::http {

namespace {

using engine::Answer;
using engine::NoticeFault;
using engine::PaymentNotice;
using engine::Rejection;
using engine::UnneededNotice;

template <unsigned status>
void reply_view(Exchange& exchange, Answer&& answer) {
  const auto* view = answer_as<engine::ReservationView>(exchange, answer);
  if (view != nullptr) reply_reservation(exchange, status, *view);
}

void start_payment(Exchange& exchange, const HandlerContext& context) {
  const auto id = reservation_in_path(exchange);
  if (!id || !check_idempotency(exchange, KeyNeed::required) || !check_no_body(exchange)) return;
  if (context.payments == nullptr) return reply_refusal(exchange, Rejection::payment_not_offered);
  const auto& request = exchange.request();
  engine::SagaRequest asked{
      .reservation = *id, .viewer = viewer_of(request), .command = engine::StartPayment{}};
  exchange.submit({std::move(asked), idempotency_of(request)}, &reply_view<201>);
}

void extend_hold(Exchange& exchange) {
  const auto id = reservation_in_path(exchange);
  if (!id || !check_idempotency(exchange, KeyNeed::optional) || !check_no_body(exchange)) return;
  const auto& request = exchange.request();
  engine::SagaRequest asked{
      .reservation = *id, .viewer = viewer_of(request), .command = engine::ExtendHold{}};
  exchange.submit({std::move(asked), idempotency_of(request)}, &reply_view<200>);
}

/// Answers one notice of the provider, which sends every notice again until it is acknowledged with
/// 200.
class NoticeHandler {
 public:
  NoticeHandler(Exchange& exchange, PaymentNoticeProbe& probe)
      : exchange_(exchange), probe_(probe) {}

  void operator()(const NoticeFault& fault) {
    probe_.invalid.add();
    reply_problem(exchange_, RequestProblem::payment_notice_invalid, fault.what);
  }

  void operator()(const UnneededNotice& /*notice*/) { forget(); }

  void operator()(PaymentNotice& notice) {
    const auto reservation = notice.payment.reservation;
    if (!reservation) return forget();
    engine::SagaRequest asked{
        .reservation = *reservation,
        .viewer = {},
        .command = engine::PaymentAnswered{.answer = std::move(notice.payment), .is_notice = true}};
    exchange_.submit(
        {std::move(asked), std::nullopt}, [&probe = probe_](Exchange& exchange, Answer&& answer) {
          NoticeHandler(exchange, probe).on_answer(answer);
        });
  }

 private:
  void on_answer(Answer& answer) {
    const auto* refusal = std::get_if<engine::Refusal>(&answer);
    if (refusal != nullptr && is_worth_retrying(refusal->reason)) {
      // Acknowledged, it would be lost.
      probe_.not_now.add();
      return reply_refusal(exchange_, *refusal);
    }
    auto& counter = refusal == nullptr ? probe_.taken : probe_.refused;
    counter.add();
    acknowledge();
  }

  void forget() {
    probe_.unneeded.add();
    acknowledge();
  }

  void acknowledge() {
    auto response = exchange_.make_response(200);
    response.body = R"({"received":true})";
    exchange_.reply(std::move(response));
  }

  Exchange& exchange_;
  PaymentNoticeProbe& probe_;
};

void take_notice(Exchange& exchange, HandlerContext& context) {
  if (context.payments == nullptr) return reply_refusal(exchange, Rejection::payment_not_offered);
  const auto& request = exchange.request();
  auto notice = context.payments->verify_notice(
      request.body, request.header("Stripe-Signature"), request.received_at);
  std::visit(NoticeHandler(exchange, context.notices), notice);
}

}  // namespace

void add_payment_routes(std::vector<Route>& routes, HandlerContext& context) {
  const std::string one = "/v1/reservations/{id}";
  routes.push_back(
      {.method = Method::post,
       .pattern = one + "/payment",
       .access = Access::user,
       .handler = [&context](Exchange& exchange) { start_payment(exchange, context); }});
  routes.push_back(
      {.method = Method::post,
       .pattern = one + "/extension",
       .access = Access::user,
       .handler = extend_hold});
  // The signature says who sent it.
  routes.push_back(
      {.method = Method::post,
       .pattern = "/v1/payments/notices",
       .access = Access::anyone,
       .body_bytes_max = limits::body_bytes_notice,
       .handler = [&context](Exchange& exchange) { take_notice(exchange, context); }});
}

}  // namespace cavea::http
