#include "http/operations.hpp"

#include <string_view>
#include <utility>

namespace cavea::http {

namespace {

void reply_text(Exchange& exchange, unsigned status, std::string_view text) {
  auto response = exchange.make_response(status);
  response.content_type = content_type::text;
  response.body.assign(text);
  response.add_header("Cache-Control", "no-store");
  exchange.reply(std::move(response));
}

void reply_readiness(Exchange& exchange, Readiness::State state) {
  switch (state) {
    case Readiness::State::starting:
      reply_text(exchange, 503, "starting\n");
      return;
    case Readiness::State::ready:
      reply_text(exchange, 200, "ready\n");
      return;
    case Readiness::State::draining:
      reply_text(exchange, 503, "draining\n");
      return;
  }
}

}  // namespace

std::vector<Route> operational_routes(Operations operations) {
  std::vector<Route> routes;
  routes.push_back({.pattern = "/livez", .handler = [](Exchange& exchange) {
                      reply_text(exchange, 200, "alive\n");
                    }});
  routes.push_back(
      {.pattern = "/readyz", .handler = [&readiness = operations.readiness](Exchange& exchange) {
         reply_readiness(exchange, readiness.state());
       }});
  routes.push_back(
      {.pattern = "/metrics",
       .handler = [metrics = std::move(operations.metrics)](Exchange& exchange) {
         auto response = exchange.make_response(200);
         response.content_type = content_type::prometheus;
         response.body = metrics();
         exchange.reply(std::move(response));
       }});
  return routes;
}

}  // namespace cavea::http
