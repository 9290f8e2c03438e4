#include "http/handlers/notification_handlers.hpp"

#include "http/cursor.hpp"
#include "http/handlers/answers.hpp"
#include "http/handlers/handler_context.hpp"
#include "http/handlers/list_input.hpp"
#include "http/handlers/request_input.hpp"
#include "http/inbox_stream.hpp"
#include "http/json/notification_codec.hpp"

#include <string>
#include <utility>

namespace cavea::http {

namespace {

using engine::Answer;

// ---- The inbox ----------------------------------------------------------------------------------

void reply_inbox(Exchange& exchange, Answer&& answer) {
  const auto* page = answer_as<engine::InboxPage>(exchange, answer);
  if (page == nullptr) return;
  auto response = exchange.make_response(200);
  response.add_header("Cache-Control", "no-store");
  append_inbox(response.body, *page, list_mark_of(exchange.request()));
  exchange.reply(std::move(response));
}

void list_my_inbox(Exchange& exchange) {
  const auto& request = exchange.request();
  ParameterReader parameters(request, {"limit", "cursor"});
  engine::ListInbox list;
  list.user = request.principal->user;
  list.limit = parameters.limit();
  list.after = parameters.cursor(decode_inbox_cursor);
  const bool is_stream = wants_stream(request);
  if (is_stream && list.after)
    parameters.fault("cursor", "is not for a stream: it shows the newest");
  if (!parameters.finish(exchange)) return;
  if (!is_stream) return exchange.query(std::move(list), &reply_inbox);
  auto query = list;
  exchange.query(std::move(query), [list = std::move(list)](Exchange& asked, Answer&& answer) {
    const auto* page = answer_as<engine::InboxPage>(asked, answer);
    if (page == nullptr) return;
    const auto mark = list_mark_of(asked.request());
    asked.stream_pages(std::make_unique<InboxStream>(list, *page, mark));
  });
}

void reply_marked(Exchange& exchange, Answer&& answer) {
  if (answer_as<engine::PersonView>(exchange, answer) == nullptr) return;
  auto response = exchange.make_response(204);
  response.content_type = {};
  exchange.reply(std::move(response));
}

void mark_read(Exchange& exchange) {
  const auto body = read_body(exchange);
  if (!body) return;
  const auto until = json::read_read_until(*body);
  if (!until) return reply_bad_input(exchange, until.error());
  engine::ChangePerson change;
  change.user = exchange.request().principal->user;
  change.read_until = *until;
  exchange.submit({engine::RecordRequest{std::move(change)}, {}}, &reply_marked);
}

// ---- Settings -----------------------------------------------------------------------------------

/// Says how somebody wants to be told; `languages` outlives the server.
Continuation replying_settings(const std::vector<std::string>& languages) {
  return [&languages](Exchange& exchange, Answer&& answer) {
    const auto* view = answer_as<engine::PersonView>(exchange, answer);
    if (view == nullptr) return;
    auto response = exchange.make_response(200);
    response.add_header("Cache-Control", "no-store");
    json::append_settings(response.body, view->settings, languages);
    exchange.reply(std::move(response));
  };
}

void change_settings(Exchange& exchange, const std::vector<std::string>& languages) {
  const auto body = read_body(exchange);
  if (!body) return;
  auto input = json::read_settings(*body, languages);
  if (!input) return reply_bad_input(exchange, input.error());
  engine::ChangePerson change;
  change.user = exchange.request().principal->user;
  change.email = std::move(input->email);
  change.language = std::move(input->language);
  exchange.submit({engine::RecordRequest{std::move(change)}, {}}, replying_settings(languages));
}

// ---- Dead letters -------------------------------------------------------------------------------

void list_dead_letters(Exchange& exchange) {
  ParameterReader parameters(exchange.request(), {"limit", "cursor"});
  engine::ListDeadLetters list;
  list.limit = parameters.limit();
  list.after = parameters.cursor(decode_dead_letter_cursor);
  if (!parameters.finish(exchange)) return;
  exchange.query(list, [](Exchange& asked, Answer&& answer) {
    const auto* page = answer_as<engine::DeadLetterPage>(asked, answer);
    if (page == nullptr) return;
    auto response = asked.make_response(200);
    response.add_header("Cache-Control", "no-store");
    append_page(
        response.body,
        page->letters,
        page->next ? encode_cursor(list_mark_of(asked.request()), *page->next) : std::string(),
        [](std::string& out, const auto& letter) { json::append_dead_letter(out, letter); });
    asked.reply(std::move(response));
  });
}

void settle_dead_letter(Exchange& exchange, bool is_tried_again) {
  const auto id = engine::notification_id_from(exchange.request().path_parameters[0]);
  if (!id) return reply_refusal(exchange, engine::Rejection::dead_letter_not_found);
  if (is_tried_again && !check_no_body(exchange)) return;
  exchange.submit(
      {engine::RecordRequest{engine::SettleDeadLetter{*id, is_tried_again}}, {}},
      [](Exchange& asked, Answer&& answer) { reply_done(asked, answer); });
}

}  // namespace

void add_notification_routes(std::vector<Route>& routes, const HandlerContext& context) {
  const auto add = [&](Method method, std::string pattern, Access access, Handler handler) {
    routes.push_back(
        {.method = method,
         .pattern = std::move(pattern),
         .access = access,
         .handler = std::move(handler)});
  };
  add(Method::get, "/v1/me/notifications", Access::user, list_my_inbox);
  add(Method::post, "/v1/me/notifications/read", Access::user, mark_read);
  add(Method::get, "/v1/me/settings", Access::user, [&context](Exchange& exchange) {
    engine::GetPerson query;
    query.user = exchange.request().principal->user;
    exchange.query(std::move(query), replying_settings(context.languages));
  });
  add(Method::put, "/v1/me/settings", Access::user, [&context](Exchange& exchange) {
    change_settings(exchange, context.languages);
  });
  const std::string letters = "/v1/admin/dead-letters";
  add(Method::get, letters, Access::admin, list_dead_letters);
  add(Method::post, letters + "/{id}/retry", Access::admin, [](Exchange& exchange) {
    settle_dead_letter(exchange, true);
  });
  add(Method::delete_, letters + "/{id}", Access::admin, [](Exchange& exchange) {
    settle_dead_letter(exchange, false);
  });
}

}  // namespace cavea::http
