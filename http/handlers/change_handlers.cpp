#include "http/handlers/change_handlers.hpp"

#include "http/change_stream.hpp"
#include "http/changes_cursor.hpp"
#include "http/handlers/answers.hpp"
#include "http/handlers/list_input.hpp"
#include "http/handlers/request_input.hpp"
#include "http/json/change_codec.hpp"
#include "http/text.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cavea::http {

namespace {

using engine::Answer;
using engine::ListChanges;

constexpr std::uint32_t limit_default = 100;
constexpr std::uint32_t limit_max = 1'000;

/// Offerings that one follower may ask for; more are better sorted out by itself.
constexpr std::size_t offerings_max = 100;

std::optional<ListChanges::Start> parse_start(std::string_view text) {
  if (text == "beginning") return ListChanges::Start::beginning;
  if (text == "now") return ListChanges::Start::now;
  return std::nullopt;
}

std::optional<std::uint16_t> parse_part(std::string_view text) {
  std::uint16_t part = 0;
  const auto end = text.data() + text.size();
  const auto [stopped_at, problem] = std::from_chars(text.data(), end, part);
  if (problem != std::errc() || stopped_at != end) return std::nullopt;
  return part;
}

std::optional<engine::ChangeTypes> parse_types(std::string_view text) {
  engine::ChangeTypes all;
  do {
    const auto one = engine::ChangeTypes::named(trimmed(take_until(text, ',')));
    if (!one) return std::nullopt;
    all.bits |= one->bits;
  } while (!text.empty());
  return all;
}

std::optional<std::vector<engine::OfferingId>> parse_offerings(std::string_view text) {
  std::vector<engine::OfferingId> all;
  do {
    const auto one = engine::OfferingId::from(trimmed(take_until(text, ',')));
    if (!one || all.size() == offerings_max) return std::nullopt;
    all.push_back(*one);
  } while (!text.empty());
  return all;
}

/// Where a follower wants to go on, or begin.
void read_position(const Request& request, ParameterReader& parameters, ListChanges& list) {
  list.after = parameters.parsed(
      "cursor", "must be the \"next\" of a page, or the id of a stream", decode_changes_cursor);
  list.start =
      parameters.parsed("from", "must be beginning or now", parse_start).value_or(list.start);
  list.part = parameters.parsed("part", "must be a whole number from 0 on", parse_part);
  if (!request.parameter("cursor")) return;
  if (request.parameter("from")) {
    parameters.fault("from", "must not be given beside a cursor, which says where to go on");
  }
  if (request.parameter("part")) {
    parameters.fault("part", "must not be given beside a cursor, which is of a part");
  }
}

void reply_changes(Exchange& exchange, const engine::ChangePage& page) {
  auto response = exchange.make_response(200);
  response.add_header("Cache-Control", "no-store");
  append_page(
      response.body,
      page.events,
      encode_changes_cursor(page.next),
      [](std::string& out, const auto& event) { json::append_change(out, event); });
  // The page of a feed says two things more.
  response.body.pop_back();
  response.body.append(",\"more\":").append(page.has_more ? "true" : "false").append(",\"parts\":");
  append_number(response.body, page.parts);
  response.body += '}';
  exchange.reply(std::move(response));
}

engine::ChangePage* page_in(Exchange& exchange, Answer& answer) {
  if (const auto* gone = std::get_if<engine::ChangesGone>(&answer)) {
    reply_gone(exchange, encode_changes_cursor(gone->next), gone->oldest_at);
    return nullptr;
  }
  return answer_as<engine::ChangePage>(exchange, answer);
}

void get_changes(Exchange& exchange) {
  const auto& request = exchange.request();
  const bool is_stream = wants_stream(request);
  ParameterReader parameters(request, {"cursor", "from", "part", "types", "offerings", "limit"});
  ListChanges list;
  list.limit = parameters.limit(limit_default, limit_max);
  read_position(request, parameters, list);
  list.filter.types =
      parameters
          .parsed(
              "types",
              "must be names of types separated by commas, as cavea.reservation.held or "
              "cavea.offering.*",
              parse_types)
          .value_or(list.filter.types);
  list.filter.offerings =
      parameters.parsed("offerings", "must be 1 to 100 ids separated by commas", parse_offerings)
          .value_or(list.filter.offerings);
  const auto last_event = is_stream ? request.header("Last-Event-ID") : std::string_view();
  if (!last_event.empty()) {
    // A viewer that comes back repeats the address with which it began.
    list.after = decode_changes_cursor(last_event);
    if (!list.after) parameters.fault_of_header("Last-Event-ID", "must be an id of this feed");
  }
  if (!parameters.finish(exchange)) return;
  if (!is_stream) {
    exchange.query(std::move(list), [](Exchange& asked, Answer&& answer) {
      if (const auto* page = page_in(asked, answer)) reply_changes(asked, *page);
    });
    return;
  }
  auto query = list;
  exchange.query(std::move(query), [list = std::move(list)](Exchange& asked, Answer&& answer) {
    auto* page = page_in(asked, answer);
    if (page != nullptr) asked.stream_pages(std::make_unique<ChangeStream>(list, *page));
  });
}

}  // namespace

void add_change_routes(std::vector<Route>& routes) {
  routes.push_back(
      {.method = Method::get,
       .pattern = "/v1/changes",
       .access = Access::admin,
       .handler = get_changes});
}

}  // namespace cavea::http
