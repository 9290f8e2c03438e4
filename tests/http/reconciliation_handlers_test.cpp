#include "engine/reconciliation.hpp"
#include "tests/http/handlers_fixture.hpp"

#include <string>
#include <variant>

namespace cavea::http {

namespace {

constexpr std::string_view reconciliation_route = "/v1/admin/reconciliation";

engine::ReconciliationReport report_with_differences() {
  using engine::PaymentDifference;
  engine::ReconciliationReport report;
  report.started_at = samples::now;
  report.finished_at = samples::now + engine::Duration{4'250};
  report.from = samples::now - engine::Duration{35LL * 86'400'000};
  report.listed = 9;
  for (std::size_t i = 0; i < engine::payment_difference_count; ++i) {
    engine::ReconciliationItem item;
    item.difference = static_cast<PaymentDifference>(i);
    item.repair = static_cast<engine::PaymentRepair>(i % engine::payment_repair_count);
    item.reservation = engine::ReservationId::make(samples::now, {3}, 0x1122'3344'5566'7788);
    item.payment = {"pi_1"};
    item.currency = *engine::Currency::from("EUR");
    item.ours = {engine::MoneyState::captured, {2'500}, {1'000}};
    if (item.difference != PaymentDifference::not_found) {
      item.theirs = {engine::PaymentStatus::succeeded, {2'500}, {0}};
    } else {
      item.detail = "resource_missing: No such \"payment\".";
    }
    report.add(item);
  }
  return report;
}

}  // namespace

TEST_CASE("an administrator reads how payments compare, with what both sides say") {
  FakeExchange exchange;
  exchange.with(Method::get, std::string(reconciliation_route)).as_admin();
  run(exchange, reconciliation_route);
  REQUIRE(exchange.asked().has_value());
  CHECK(std::holds_alternative<engine::GetReconciliation>(*exchange.asked()));
  engine::ReconciliationView view;
  view.last = report_with_differences();
  view.next_at = samples::now;
  exchange.answer(view);
  check_documented(exchange);
  const auto body = exchange.body();
  CHECK(body["running"].is_null());
  const auto& last = body["last"];
  CHECK(last["different"] == engine::payment_difference_count);
  CHECK(last["unrepaired"] == 5);
  CHECK(last["differences"]["refund_lost"] == 1);
  CHECK(last["error"].is_null());
  const auto& lost = last["items"][6];
  CHECK(lost["difference"] == "refund_lost");
  CHECK(
      lost["ours"]
      == nlohmann::json{{"status", "captured"}, {"captured", 2500}, {"refunded", 1000}});
  CHECK(
      lost["theirs"]
      == nlohmann::json{{"status", "succeeded"}, {"captured", 2500}, {"refunded", 0}});
  const auto& missing = last["items"][7];
  CHECK(missing["theirs"].is_null());
  CHECK(missing["detail"] == "resource_missing: No such \"payment\".");
}

TEST_CASE("an administrator begins a run and is told that it runs") {
  FakeExchange exchange;
  exchange.with(Method::post, std::string(reconciliation_route)).as_admin();
  run(exchange, reconciliation_route);
  REQUIRE(exchange.asked().has_value());
  CHECK(std::holds_alternative<engine::StartReconciliation>(*exchange.asked()));
  engine::ReconciliationView view;
  view.running = engine::ReconciliationReport{};
  view.running->started_at = samples::now;
  exchange.answer(view);
  check_documented(exchange);
  CHECK(exchange.response().status == 202);
  CHECK(exchange.body()["running"]["finished_at"].is_null());
  CHECK(exchange.body()["next_at"].is_null());
}

TEST_CASE("reconciliation has no parameters, takes no body, and needs a provider") {
  FakeExchange with_body;
  with_body.with(Method::post, std::string(reconciliation_route)).as_admin();
  with_body.with_header("Content-Type", "application/json").with_body(R"({"since": 1})");
  run(with_body, reconciliation_route);
  CHECK(problem_of(with_body) == "400 invalid_request");

  FakeExchange with_parameter;
  with_parameter.with(Method::get, std::string(reconciliation_route))
      .with_parameter("limit", "5")
      .as_admin();
  run(with_parameter, reconciliation_route);
  CHECK(problem_of(with_parameter) == "400 invalid_request");

  FakeExchange exchange;
  exchange.with(Method::post, std::string(reconciliation_route)).as_admin();
  run(exchange, reconciliation_route);
  exchange.answer(engine::Refusal(engine::Rejection::payment_not_offered));
  check_documented(exchange);
  CHECK(problem_of(exchange) == "409 payment_not_offered");
}

}  // namespace cavea::http
