#include "http/handlers/ticket_handlers.hpp"

#include "engine/assert.hpp"
#include "http/handlers/answers.hpp"
#include "http/handlers/request_input.hpp"
#include "http/json/ticket_writer.hpp"
#include "tickets/qr_image.hpp"
#include "tickets/ticket.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cavea::http {

namespace {

using engine::Answer;
using engine::Rejection;
using tickets::TicketKey;

/// The reservation when there are tickets of it; else the exchange has been answered.
const engine::ReservationView* confirmed_view(Exchange& exchange, Answer& answer) {
  const auto* view = answer_as<engine::ReservationView>(exchange, answer);
  if (view == nullptr || tickets::is_confirmed(*view)) return view;
  reply_refusal(exchange, Rejection::reservation_not_confirmed);
  return nullptr;
}

void list_tickets(Exchange& exchange, const TicketKey& key) {
  const auto id = reservation_in_path(exchange);
  if (!id) return;
  engine::GetReservation query{.id = *id, .viewer = viewer_of(exchange.request())};
  exchange.query(std::move(query), [&key](Exchange& asked, Answer&& answer) {
    const auto* view = confirmed_view(asked, answer);
    if (view == nullptr) return;
    auto response = asked.make_response(200);
    response.add_header("Cache-Control", "no-store");
    json::append_tickets(response.body, *view, key);
    asked.reply(std::move(response));
  });
}

/// The number in "12.svg".
std::optional<std::uint32_t> number_of_image(std::string_view name) {
  constexpr std::string_view ending = ".svg";
  if (!name.ends_with(ending)) return std::nullopt;
  name.remove_suffix(ending.size());
  std::uint32_t number = 0;
  const auto* const end = name.data() + name.size();
  const auto [stopped_at, problem] = std::from_chars(name.data(), end, number);
  if (problem != std::errc() || stopped_at != end) return std::nullopt;
  return number;
}

void reply_image(
    Exchange& exchange,
    const engine::ReservationView& view,
    std::uint32_t number,
    const TicketKey& key) {
  const auto all = tickets::tickets_of(view);
  const auto ticket = std::ranges::find(all, number, &tickets::Ticket::number);
  if (ticket == all.end()) return reply_refusal(exchange, Rejection::ticket_not_found);
  auto response = exchange.make_response(200);
  response.content_type = content_type::svg;
  response.add_header("Cache-Control", "no-store");
  response.body = tickets::qr_svg(key.sign(*ticket));
  exchange.reply(std::move(response));
}

void get_image(Exchange& exchange, const TicketKey& key) {
  const auto id = reservation_in_path(exchange);
  if (!id) return;
  const auto number = number_of_image(exchange.request().path_parameters[1]);
  if (!number) return reply_refusal(exchange, Rejection::ticket_not_found);
  engine::GetReservation query{.id = *id, .viewer = viewer_of(exchange.request())};
  exchange.query(std::move(query), [&key, number = *number](Exchange& asked, Answer&& answer) {
    const auto* view = confirmed_view(asked, answer);
    if (view != nullptr) reply_image(asked, *view, number, key);
  });
}

void get_keys(Exchange& exchange, const TicketKey& key) {
  auto response = exchange.make_response(200);
  response.content_type = content_type::jwk_set;
  response.add_header("Cache-Control", "max-age=300");
  response.body = key.public_keys();
  exchange.reply(std::move(response));
}

}  // namespace

void add_ticket_routes(std::vector<Route>& routes, const HandlerContext& context) {
  const auto add =
      [&](std::string pattern, Access access, void (*handler)(Exchange&, const TicketKey&)) {
        routes.push_back(
            {.method = Method::get,
             .pattern = std::move(pattern),
             .access = access,
             .handler = [&context, handler](Exchange& exchange) {
               CAVEA_ASSERT(context.ticket_key != nullptr);
               handler(exchange, *context.ticket_key);
             }});
      };
  add("/v1/reservations/{id}/tickets", Access::user, list_tickets);
  add("/v1/reservations/{id}/tickets/{image}", Access::user, get_image);
  add("/v1/tickets/keys", Access::anyone, get_keys);
}

}  // namespace cavea::http
