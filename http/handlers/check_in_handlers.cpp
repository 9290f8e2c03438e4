#include "http/handlers/check_in_handlers.hpp"

#include "engine/assert.hpp"
#include "http/handlers/answers.hpp"
#include "http/handlers/request_input.hpp"
#include "http/json/check_in_codec.hpp"
#include "http/json/ticket_writer.hpp"
#include "tickets/ticket.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace cavea::http {

namespace {

using engine::Answer;
using engine::Rejection;
using tickets::Ticket;

/// Whether the place of the ticket is still its holder's.
bool is_good(const Ticket& ticket, const engine::ReservationView& view) {
  const auto all = tickets::tickets_of(view);
  return std::ranges::any_of(all, [&](const Ticket& one) {
    return one.booking == ticket.booking && one.place == ticket.place
           && one.offering == ticket.offering && one.holder == ticket.holder;
  });
}

void take_down(
    Exchange& exchange,
    const engine::ReservationView& view,
    const Ticket& ticket,
    engine::Scan scan) {
  engine::CheckIn check_in{
      .offering = ticket.offering,
      .booking = ticket.booking,
      .place = ticket.place,
      .scan = std::move(scan)};
  exchange.submit(
      {engine::RecordRequest{std::move(check_in)}, {}},
      [ticket, definition = json::definition_of(view, ticket.item)](
          Exchange& asked, Answer&& answer) {
        const auto* done = answer_as<engine::CheckInView>(asked, answer);
        if (done == nullptr) return;
        auto response = asked.make_response(200);
        response.add_header("Cache-Control", "no-store");
        mark_replayed(response, done->replayed);
        json::append_check_in(response.body, *done, ticket, definition);
        asked.reply(std::move(response));
      });
}

void check_in(Exchange& exchange, const tickets::TicketKey& key) {
  const auto body = read_body(exchange);
  if (!body) return;
  auto input = json::read_check_in(*body);
  if (!input) return reply_bad_input(exchange, input.error());
  const auto ticket = key.verify(input->token);
  if (!ticket) return reply_refusal(exchange, Rejection::ticket_not_valid);
  if (input->offering && *input->offering != ticket->offering) {
    return reply_refusal(exchange, Rejection::ticket_of_other_offering);
  }
  engine::GetReservation query{.id = ticket->reservation, .viewer = {}};
  exchange.query(
      std::move(query),
      [ticket = *ticket, scan = std::move(input->scan)](Exchange& asked, Answer&& answer) mutable {
        const auto* view = answer_as<engine::ReservationView>(asked, answer);
        if (view == nullptr) return;
        // Who is inside may always go out.
        const bool may_pass = scan.passage == engine::Passage::exit || is_good(ticket, *view);
        if (!may_pass) return reply_refusal(asked, Rejection::ticket_given_back);
        take_down(asked, *view, ticket, std::move(scan));
      });
}

void count(Exchange& exchange, engine::OfferingKind kind) {
  const auto id = offering_in_path(exchange);
  if (!id) return;
  exchange.query(
      engine::GetCheckIns{.kind = kind, .offering = *id}, [](Exchange& asked, Answer&& answer) {
        const auto* view = answer_as<engine::CheckInsView>(asked, answer);
        if (view == nullptr) return;
        auto response = asked.make_response(200);
        response.add_header("Cache-Control", "no-store");
        json::append_check_ins(response.body, view->check_ins);
        asked.reply(std::move(response));
      });
}

}  // namespace

void add_check_in_routes(std::vector<Route>& routes, const HandlerContext& context) {
  const auto add = [&](Method method, std::string pattern, Handler handler) {
    routes.push_back(
        {.method = method,
         .pattern = std::move(pattern),
         .access = Access::door,
         .handler = std::move(handler)});
  };
  add(Method::post, "/v1/check-ins", [&context](Exchange& exchange) {
    CAVEA_ASSERT(context.ticket_key != nullptr);
    check_in(exchange, *context.ticket_key);
  });
  add(Method::get, "/v1/performances/{id}/check-ins", [](Exchange& exchange) {
    count(exchange, engine::OfferingKind::performance);
  });
  add(Method::get, "/v1/classes/{id}/check-ins", [](Exchange& exchange) {
    count(exchange, engine::OfferingKind::klass);
  });
}

}  // namespace cavea::http
