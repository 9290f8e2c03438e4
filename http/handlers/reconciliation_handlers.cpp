#include "http/handlers/reconciliation_handlers.hpp"

#include "http/handlers/answers.hpp"
#include "http/handlers/list_input.hpp"
#include "http/handlers/request_input.hpp"
#include "http/json/reconciliation_writer.hpp"

#include <utility>

namespace cavea::http {

namespace {

using engine::Answer;

template <unsigned status>
void reply_reconciliation(Exchange& exchange, Answer&& answer) {
  const auto* view = answer_as<engine::ReconciliationView>(exchange, answer);
  if (view == nullptr) return;
  auto response = exchange.make_response(status);
  response.add_header("Cache-Control", "no-store");
  json::append_reconciliation(response.body, *view);
  exchange.reply(std::move(response));
}

void get_reconciliation(Exchange& exchange) {
  ParameterReader parameters(exchange.request(), {});
  if (!parameters.finish(exchange)) return;
  exchange.query(engine::GetReconciliation{}, &reply_reconciliation<200>);
}

void start_reconciliation(Exchange& exchange) {
  ParameterReader parameters(exchange.request(), {});
  if (!parameters.finish(exchange) || !check_no_body(exchange)) return;
  exchange.query(engine::StartReconciliation{}, &reply_reconciliation<202>);
}

}  // namespace

void add_reconciliation_routes(std::vector<Route>& routes) {
  const auto* const path = "/v1/admin/reconciliation";
  routes.push_back(
      {.method = Method::get,
       .pattern = path,
       .access = Access::admin,
       .handler = get_reconciliation});
  routes.push_back(
      {.method = Method::post,
       .pattern = path,
       .access = Access::admin,
       .handler = start_reconciliation});
}

}  // namespace cavea::http
