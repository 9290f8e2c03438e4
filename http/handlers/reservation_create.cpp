#include "http/handlers/reservation_create.hpp"

#include "http/handlers/answers.hpp"
#include "http/handlers/request_input.hpp"
#include "http/json/reservation_codec.hpp"

#include <optional>
#include <utility>

namespace cavea::http {

namespace {

using engine::Answer;

/// The body by the short way, or, when that gives up, by the one that knows all faults.
std::optional<json::ReservationInput> read_input(Exchange& exchange) {
  if (!check_content_type(exchange)) return std::nullopt;
  if (auto input = json::scan_reservation(exchange.request().body)) return input;
  const auto body = read_body(exchange);
  if (!body) return std::nullopt;
  auto input = json::read_reservation(*body);
  if (input) return std::move(input).value();
  reply_bad_input(exchange, input.error());
  return std::nullopt;
}

void reply_new_reservation(Exchange& exchange, Answer&& answer) {
  const auto* view = answer_as<engine::ReservationView>(exchange, answer);
  if (view != nullptr) reply_reservation(exchange, 201, *view);
}

/// Several offerings at once: all or nothing.
void begin_saga(Exchange& exchange, json::ReservationInput input) {
  const auto& request = exchange.request();
  engine::SagaRequest asked{
      .reservation = {},
      .viewer = viewer_of(request),
      .command =
          engine::BeginReservation{.user = std::move(input.user), .legs = std::move(input.legs)}};
  exchange.submit({std::move(asked), idempotency_of(request)}, &reply_new_reservation);
}

}  // namespace

void create_reservation(Exchange& exchange) {
  if (!check_idempotency(exchange, KeyNeed::required)) return;
  auto input = read_input(exchange);
  if (!input) return;
  const auto& caller = *exchange.request().principal;
  if (input->user.empty()) input->user = caller.user;
  if (input->user != caller.user && !caller.is_admin()) {
    const engine::Faults faults{{"/user", "is for administrators, who reserve for somebody else"}};
    return reply_problem(exchange, RequestProblem::forbidden, {}, faults);
  }
  if (!input->legs.empty()) return begin_saga(exchange, std::move(*input));

  const auto person = engine::PersonKey::of(input->user);
  engine::OfferingRequest request{
      .offering = input->offering,
      .command = engine::HoldPlaces{
          .reservation = {},
          .user = std::move(input->user),
          .person = person,
          .claim = std::move(input->claim)}};
  exchange.submit({std::move(request), idempotency_of(exchange.request())}, &reply_new_reservation);
}

}  // namespace cavea::http
