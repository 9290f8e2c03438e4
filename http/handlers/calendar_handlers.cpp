#include "http/handlers/calendar_handlers.hpp"

#include "engine/assert.hpp"
#include "http/etag.hpp"
#include "http/handlers/answers.hpp"
#include "http/handlers/request_input.hpp"
#include "http/json/time_writer.hpp"
#include "http/json/writer.hpp"
#include "http/limits.hpp"
#include "tickets/calendar.hpp"
#include "tickets/calendar_link.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace cavea::http {

namespace {

using engine::Answer;
using engine::Rejection;

// ---- The address --------------------------------------------------------------------------------

/// Says where the calendar of the caller is from now on.
void reply_address(Exchange& exchange, Answer& answer, const tickets::TicketKey& key) {
  const auto* person = answer_as<engine::PersonView>(exchange, answer);
  if (person == nullptr) return;
  const auto& request = exchange.request();
  tickets::CalendarLink link;
  link.user = request.principal->user;
  link.epoch = person->settings.calendar_epoch;
  link.expires_at = request.received_at + limits::calendar_link_time;
  link.expires_at.ms -= link.expires_at.ms % 1000;
  auto response = exchange.make_response(200);
  response.add_header("Cache-Control", "no-store");
  json::Writer writer(response.body);
  writer.begin_object();
  writer.key("path").text("/v1/calendars/" + key.sign(link) + ".ics");
  json::write_time(writer, "expires_at", link.expires_at, TimeZone::utc());
  writer.end_object();
  exchange.reply(std::move(response));
}

void get_address(Exchange& exchange, const HandlerContext& context) {
  engine::GetPerson query;
  query.user = exchange.request().principal->user;
  exchange.query(std::move(query), [&key = *context.ticket_key](Exchange& asked, Answer&& answer) {
    reply_address(asked, answer, key);
  });
}

void reset_address(Exchange& exchange, const HandlerContext& context) {
  if (!check_no_body(exchange)) return;
  engine::ChangePerson change;
  change.user = exchange.request().principal->user;
  change.resets_calendar = true;
  exchange.submit(
      {engine::RecordRequest{std::move(change)}, {}},
      [&key = *context.ticket_key](Exchange& asked, Answer&& answer) {
        reply_address(asked, answer, key);
      });
}

// ---- The calendar -------------------------------------------------------------------------------

/// Whether it is still of interest.
bool is_shown(const tickets::CalendarEvent& event, engine::Timestamp now) {
  if (event.ends_at < now - limits::calendar_past_time) return false;
  return !event.is_cancelled || event.changed_at >= now - limits::calendar_cancelled_time;
}

std::string text_of(
    const engine::CalendarView& view, engine::Timestamp now, std::string_view page_url) {
  tickets::Calendar calendar;
  calendar.name = "Reservations";
  calendar.refresh_after = limits::calendar_refresh_time;
  while (page_url.ends_with('/')) page_url.remove_suffix(1);
  for (const auto& entry : view.entries) {
    for (auto& event : tickets::calendar_events_of(entry.view, entry.changed_at, view.venues)) {
      if (!is_shown(event, now)) continue;
      if (!page_url.empty()) {
        event.url.append(page_url).append("/reservations/").append(entry.view.reservation.id.str());
      }
      calendar.events.push_back(std::move(event));
    }
  }
  return tickets::calendar_text(calendar);
}

void reply_calendar(Exchange& exchange, Answer& answer, const std::string& page_url) {
  const auto* view = answer_as<engine::CalendarView>(exchange, answer);
  if (view == nullptr) return;
  const auto& request = exchange.request();
  auto text = text_of(*view, request.received_at, page_url);
  const auto tag = engine::stable_hash(text);
  const bool is_known = if_none_match_has(request.header("If-None-Match"), tag);
  auto response = exchange.make_response(is_known ? 304 : 200);
  response.add_header("ETag", make_etag(tag));
  // It is one person's, and what it says may change at any time.
  response.add_header("Cache-Control", "private, no-cache");
  response.content_type = is_known ? std::string_view() : content_type::calendar;
  if (!is_known) response.body = std::move(text);
  exchange.reply(std::move(response));
}

/// Nobody is told why an address leads nowhere: what is wrong with it, who asks cannot mend.
void get_calendar(Exchange& exchange, const HandlerContext& context) {
  const auto& request = exchange.request();
  std::string_view name = request.path_parameters[0];
  constexpr std::string_view ending = ".ics";
  if (!name.ends_with(ending)) return reply_refusal(exchange, Rejection::calendar_not_found);
  name.remove_suffix(ending.size());
  auto link = context.ticket_key->verify_calendar(name, request.received_at);
  if (!link) return reply_refusal(exchange, Rejection::calendar_not_found);
  engine::GetCalendar query;
  query.user = std::move(link->user);
  query.epoch = link->epoch;
  exchange.query(
      std::move(query), [&page_url = context.page_url](Exchange& asked, Answer&& answer) {
        reply_calendar(asked, answer, page_url);
      });
}

}  // namespace

void add_calendar_routes(std::vector<Route>& routes, const HandlerContext& context) {
  const auto add = [&](Method method,
                       std::string pattern,
                       Access access,
                       void (*handler)(Exchange&, const HandlerContext&)) {
    routes.push_back(
        {.method = method,
         .pattern = std::move(pattern),
         .access = access,
         .handler = [&context, handler](Exchange& exchange) {
           CAVEA_ASSERT(context.ticket_key != nullptr);
           handler(exchange, context);
         }});
  };
  add(Method::get, "/v1/me/calendar", Access::user, get_address);
  add(Method::post, "/v1/me/calendar/reset", Access::user, reset_address);
  add(Method::get, "/v1/calendars/{name}", Access::anyone, get_calendar);
}

}  // namespace cavea::http
