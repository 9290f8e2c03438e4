#include "http/handlers/seat_handlers.hpp"

#include "http/etag.hpp"
#include "http/handlers/answers.hpp"
#include "http/handlers/list_input.hpp"
#include "http/handlers/request_input.hpp"
#include "http/json/seats_codec.hpp"

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace cavea::http {

namespace {

using engine::Answer;

std::optional<bool> parse_flag(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return std::nullopt;
}

void get_seats(Exchange& exchange) {
  const auto id = offering_in_path(exchange);
  if (!id) return;
  ParameterReader parameters(exchange.request(), {"map"});
  const bool with_map =
      parameters.parsed("map", "must be true or false", parse_flag).value_or(true);
  if (!parameters.finish(exchange)) return;

  exchange.query(engine::GetSeats{*id}, [with_map](Exchange& asked, Answer&& answer) {
    const auto* view = answer_as<engine::SeatsView>(asked, answer);
    if (view == nullptr) return;
    const auto version = view->version.value;
    const bool is_known = if_none_match_has(asked.request().header("If-None-Match"), version);
    auto response = asked.make_response(is_known ? 304 : 200);
    response.add_header("ETag", make_etag(version));
    response.add_header("Cache-Control", "no-cache");
    if (is_known) {
      response.content_type = {};
    } else {
      json::append_seats(response.body, *view, with_map);
    }
    asked.reply(std::move(response));
  });
}

/// The version that a viewer saw last; whatever cannot be one means that it saw none.
engine::Version last_event_of(const Request& request) {
  const auto text = request.header("Last-Event-ID");
  engine::Version version;
  const auto end = text.data() + text.size();
  const auto [stopped_at, problem] = std::from_chars(text.data(), end, version.value);
  return problem == std::errc() && stopped_at == end ? version : engine::Version();
}

void stream_seats(Exchange& exchange) {
  const auto id = offering_in_path(exchange);
  if (!id) return;
  const ParameterReader parameters(exchange.request(), {});
  if (!parameters.finish(exchange)) return;
  exchange.stream_seats(
      *id, last_event_of(exchange.request()), [](Exchange& asked, Answer&& answer) {
        std::ignore = answer_as<engine::SeatsView>(asked, answer);
      });
}

}  // namespace

void add_seat_routes(std::vector<Route>& routes) {
  const auto add = [&](std::string pattern, void (*handler)(Exchange&)) {
    routes.push_back(
        {.method = Method::get,
         .pattern = std::move(pattern),
         .access = Access::anyone,
         .handler = handler});
  };
  add("/v1/performances/{id}/seats", get_seats);
  add("/v1/performances/{id}/seats/stream", stream_seats);
}

}  // namespace cavea::http
