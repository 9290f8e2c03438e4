#include "http/handlers/place_exchange_handlers.hpp"

#include "http/handlers/answers.hpp"
#include "http/handlers/request_input.hpp"
#include "http/json/reservation_codec.hpp"

#include <utility>
#include <variant>

namespace cavea::http {

namespace {

using engine::Answer;

void reply_exchanged(Exchange& exchange, Answer&& answer) {
  const auto* view = answer_as<engine::ReservationView>(exchange, answer);
  if (view != nullptr) reply_reservation(exchange, 200, *view);
}

template <class Command>
void submit_exchange(Exchange& exchange, const engine::ReservationId& id, Command command) {
  const auto& request = exchange.request();
  engine::SagaRequest asked{
      .reservation = id, .viewer = viewer_of(request), .command = std::move(command)};
  exchange.submit({std::move(asked), idempotency_of(request)}, &reply_exchanged);
}

void begin_exchange(Exchange& exchange) {
  const auto id = reservation_in_path(exchange);
  if (!id || !check_idempotency(exchange, KeyNeed::required)) return;
  const auto body = read_body(exchange);
  if (!body) return;
  auto input = json::read_exchange(*body);
  if (!input) return reply_bad_input(exchange, input.error());
  submit_exchange(exchange, *id, std::move(*input));
}

void cancel_exchange(Exchange& exchange) {
  const auto id = reservation_in_path(exchange);
  if (!id || !check_idempotency(exchange, KeyNeed::optional)) return;
  submit_exchange(exchange, *id, engine::CancelExchange{});
}

}  // namespace

void add_place_exchange_routes(std::vector<Route>& routes) {
  const std::string path = "/v1/reservations/{id}/exchange";
  routes.push_back(
      {.method = Method::post, .pattern = path, .access = Access::user, .handler = begin_exchange});
  routes.push_back(
      {.method = Method::delete_,
       .pattern = path,
       .access = Access::user,
       .handler = cancel_exchange});
}

}  // namespace cavea::http
