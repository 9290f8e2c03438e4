#include "http/handlers/waiting_handlers.hpp"

#include "http/cursor.hpp"
#include "http/handlers/answers.hpp"
#include "http/handlers/list_input.hpp"
#include "http/handlers/request_input.hpp"
#include "http/json/waiting_codec.hpp"

#include <string>
#include <utility>

namespace cavea::http {

namespace {

using engine::Answer;

void reply_wish(Exchange& exchange, unsigned status, const engine::WaitingView& view) {
  auto response = exchange.make_response(status);
  if (status == 201) {
    response.add_header("Location", "/v1/waiting-list/" + view.items.front().record.party.id.str());
  }
  response.add_header("Cache-Control", "no-store");
  mark_replayed(response, view.replayed);
  json::append_waiting(response.body, view);
  exchange.reply(std::move(response));
}

void reply_waiting(Exchange& exchange, Answer&& answer) {
  const auto* view = answer_as<engine::WaitingView>(exchange, answer);
  if (view != nullptr) reply_wish(exchange, 200, *view);
}

engine::JoinWaitingList join_of(json::WaitingInput&& input) {
  engine::JoinWaitingList join;
  join.person = engine::PersonKey::of(input.user);
  join.user = std::move(input.user);
  join.wish = std::move(input.wish);
  join.book_at_once = input.book_at_once;
  return join;
}

void join(Exchange& exchange) {
  if (!check_idempotency(exchange, KeyNeed::required)) return;
  const auto body = read_body(exchange);
  if (!body) return;
  auto read = json::read_waiting(*body);
  if (!read) return reply_bad_input(exchange, read.error());
  auto& input = *read;
  const auto& caller = *exchange.request().principal;
  if (input.user.empty()) input.user = caller.user;
  if (input.user != caller.user && !caller.is_admin()) {
    const engine::Faults faults{{"/user", "is for administrators, who do it for somebody else"}};
    return reply_problem(exchange, RequestProblem::forbidden, {}, faults);
  }
  const auto offering = input.offerings.front();
  engine::OfferingRequest request{.offering = offering, .command = join_of(std::move(input))};
  exchange.submit(
      {std::move(request), idempotency_of(exchange.request())},
      [](Exchange& asked, Answer&& answer) {
        const auto* view = answer_as<engine::WaitingView>(asked, answer);
        if (view != nullptr) reply_wish(asked, 201, *view);
      });
}

void get(Exchange& exchange) {
  const auto id = waiting_in_path(exchange);
  if (!id) return;
  exchange.query(
      engine::GetWaiting{.id = *id, .viewer = viewer_of(exchange.request())}, &reply_waiting);
}

void leave(Exchange& exchange) {
  if (!check_idempotency(exchange, KeyNeed::optional)) return;
  const auto id = waiting_in_path(exchange);
  if (!id) return;
  const auto& request = exchange.request();
  engine::ReservationRequest asked{
      .reservation = *id,
      .viewer = viewer_of(request),
      .command = engine::LeaveWaitingList{.id = *id, .person = {}}};
  exchange.submit({std::move(asked), idempotency_of(request)}, &reply_waiting);
}

void reply_wishes(Exchange& exchange, Answer&& answer) {
  const auto* page = answer_as<engine::WaitingPage>(exchange, answer);
  if (page == nullptr) return;
  auto response = exchange.make_response(200);
  response.add_header("Cache-Control", "no-store");
  append_page(
      response.body,
      page->wishes,
      page->next ? encode_cursor(list_mark_of(exchange.request()), *page->next) : std::string(),
      [](std::string& out, const auto& view) { json::append_waiting(out, view); });
  exchange.reply(std::move(response));
}

void list_my_wishes(Exchange& exchange) {
  const auto& request = exchange.request();
  ParameterReader parameters(request, {"limit", "cursor"});
  engine::ListWaiting list{.user = request.principal->user, .after = {}};
  list.limit = parameters.limit();
  list.after = parameters.cursor(decode_reservation_cursor);
  if (!parameters.finish(exchange)) return;
  exchange.query(std::move(list), &reply_wishes);
}

void list_parties(Exchange& exchange, engine::OfferingKind kind) {
  const auto id = offering_in_path(exchange);
  if (!id) return;
  ParameterReader parameters(exchange.request(), {"limit", "cursor"});
  engine::ListWaitingParties list{.kind = kind, .offering = *id, .after = {}};
  list.limit = parameters.limit();
  list.after = parameters.cursor(decode_reservation_cursor);
  if (!parameters.finish(exchange)) return;
  exchange.query(std::move(list), &reply_wishes);
}

void accept(Exchange& exchange) {
  const auto id = reservation_in_path(exchange);
  if (!id || !check_idempotency(exchange, KeyNeed::optional)) return;
  const auto& request = exchange.request();
  engine::ReservationRequest asked{
      .reservation = *id,
      .viewer = request.principal->user,
      .command = engine::AcceptOffer{.reservation = *id, .person = {}}};
  exchange.submit({std::move(asked), idempotency_of(request)}, [](Exchange& done, Answer&& answer) {
    const auto* view = answer_as<engine::ReservationView>(done, answer);
    if (view != nullptr) reply_reservation(done, 200, *view);
  });
}

}  // namespace

void add_waiting_routes(std::vector<Route>& routes) {
  const std::string all = "/v1/waiting-list";
  const auto one = all + "/{id}";
  const auto add = [&](Method method, std::string pattern, Access access, Handler handler) {
    routes.push_back(
        {.method = method,
         .pattern = std::move(pattern),
         .access = access,
         .handler = std::move(handler)});
  };
  add(Method::post, all, Access::user, join);
  add(Method::get, one, Access::user, get);
  add(Method::delete_, one, Access::user, leave);
  add(Method::get, "/v1/me/waiting-list", Access::user, list_my_wishes);
  add(Method::post, "/v1/reservations/{id}/acceptance", Access::user, accept);
  add(Method::get, "/v1/performances/{id}/waiting-list", Access::admin, [](Exchange& exchange) {
    list_parties(exchange, engine::OfferingKind::performance);
  });
  add(Method::get, "/v1/classes/{id}/waiting-list", Access::admin, [](Exchange& exchange) {
    list_parties(exchange, engine::OfferingKind::klass);
  });
}

}  // namespace cavea::http
