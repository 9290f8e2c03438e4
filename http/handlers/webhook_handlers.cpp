#include "http/handlers/webhook_handlers.hpp"

#include "http/cursor.hpp"
#include "http/handlers/answers.hpp"
#include "http/handlers/handler_context.hpp"
#include "http/handlers/list_input.hpp"
#include "http/handlers/request_input.hpp"
#include "http/json/webhook_codec.hpp"
#include "http/problem.hpp"
#include "http/random_bytes.hpp"

#include <memory>
#include <string>
#include <utility>

namespace cavea::http {

namespace {

using engine::Answer;

std::optional<engine::WebhookId> webhook_in_path(Exchange& exchange) {
  const auto id = engine::WebhookId::from(exchange.request().path_parameters[0]);
  if (!id) reply_refusal(exchange, engine::Rejection::webhook_not_found);
  return id;
}

void reply_webhook(Exchange& exchange, unsigned status, const engine::WebhookView& view) {
  auto response = exchange.make_response(status);
  if (status == 201) response.add_header("Location", "/v1/admin/webhooks/" + view.webhook.id.str());
  response.add_header("Cache-Control", "no-store");
  json::append_webhook(response.body, view, exchange.request().received_at);
  exchange.reply(std::move(response));
}

void reply_webhook_answer(Exchange& exchange, Answer&& answer) {
  const auto* view = answer_as<engine::WebhookView>(exchange, answer);
  if (view != nullptr) reply_webhook(exchange, 200, *view);
}

template <class What>
engine::CommandRequest webhook_request(const engine::WebhookId& id, What what) {
  return {engine::RecordRequest{engine::WebhookCommand{id, std::move(what)}}, {}};
}

void list_webhooks(Exchange& exchange) {
  ParameterReader parameters(exchange.request(), {});
  if (!parameters.finish(exchange)) return;
  exchange.query(engine::ListWebhooks{}, [](Exchange& asked, Answer&& answer) {
    const auto* page = answer_as<engine::WebhookPage>(asked, answer);
    if (page == nullptr) return;
    auto response = asked.make_response(200);
    response.add_header("Cache-Control", "no-store");
    const auto now = asked.request().received_at;
    append_page(response.body, page->webhooks, {}, [now](std::string& out, const auto& webhook) {
      json::append_webhook(out, {webhook, false}, now);
    });
    asked.reply(std::move(response));
  });
}

void create_webhook(Exchange& exchange, bool may_be_local) {
  const auto body = read_body(exchange);
  if (!body) return;
  auto input = json::read_webhook(*body, may_be_local);
  if (!input) return reply_bad_input(exchange, input.error());
  constexpr std::size_t id_bytes = 8;
  const auto id = input->id.value_or(*engine::WebhookId::from("wh-" + random_hex(id_bytes)));
  auto& create = input->create;
  create.secret = random_bytes(engine::limits::webhook_secret_bytes);
  exchange.submit(webhook_request(id, std::move(create)), [](Exchange& asked, Answer&& answer) {
    const auto* view = answer_as<engine::WebhookView>(asked, answer);
    if (view != nullptr) reply_webhook(asked, 201, *view);
  });
}

void get_webhook(Exchange& exchange) {
  const auto id = webhook_in_path(exchange);
  if (id) exchange.query(engine::GetWebhook{*id}, &reply_webhook_answer);
}

void patch_webhook(Exchange& exchange, bool may_be_local) {
  const auto id = webhook_in_path(exchange);
  if (!id) return;
  const auto body = read_body(exchange);
  if (!body) return;
  auto change = json::read_webhook_patch(*body, may_be_local);
  if (!change) return reply_bad_input(exchange, change.error());
  exchange.submit(webhook_request(*id, std::move(*change)), &reply_webhook_answer);
}

void delete_webhook(Exchange& exchange) {
  const auto id = webhook_in_path(exchange);
  if (!id) return;
  exchange.submit(
      webhook_request(*id, engine::DeleteWebhook{}),
      [](Exchange& asked, Answer&& answer) { reply_done(asked, answer); });
}

void enable_webhook(Exchange& exchange) {
  const auto id = webhook_in_path(exchange);
  if (!id || !check_no_body(exchange)) return;
  engine::ChangeWebhook change;
  change.is_enabled = true;
  exchange.submit(webhook_request(*id, std::move(change)), &reply_webhook_answer);
}

void rotate_webhook_secret(Exchange& exchange) {
  const auto id = webhook_in_path(exchange);
  if (!id) return;
  const auto body = read_body(exchange);
  if (!body) return;
  const auto keep_old = json::read_webhook_rotation(*body);
  if (!keep_old) return reply_bad_input(exchange, keep_old.error());
  engine::RotateWebhookSecret rotate;
  rotate.secret = random_bytes(engine::limits::webhook_secret_bytes);
  rotate.keep_old = *keep_old;
  exchange.submit(webhook_request(*id, std::move(rotate)), &reply_webhook_answer);
}

void replay_webhook(Exchange& exchange) {
  const auto id = webhook_in_path(exchange);
  if (!id) return;
  const auto body = read_body(exchange);
  if (!body) return;
  auto from = json::read_webhook_replay(*body, exchange.request().received_at);
  if (!from) return reply_bad_input(exchange, from.error());
  exchange.submit(
      webhook_request(*id, engine::ReplayWebhook{std::move(*from)}), &reply_webhook_answer);
}

void test_webhook(Exchange& exchange) {
  const auto id = webhook_in_path(exchange);
  if (!id || !check_no_body(exchange)) return;
  constexpr std::size_t event_bytes = 8;
  engine::TestWebhook test;
  test.id = *id;
  test.event = "test-" + random_hex(event_bytes);
  test.body = std::make_shared<const std::string>(
      json::webhook_test_body(*id, test.event, exchange.request().received_at));
  exchange.query(std::move(test), [](Exchange& asked, Answer&& answer) {
    const auto* tested = answer_as<engine::WebhookTested>(asked, answer);
    if (tested == nullptr) return;
    auto response = asked.make_response(200);
    response.add_header("Cache-Control", "no-store");
    json::append_webhook_tested(response.body, *tested);
    asked.reply(std::move(response));
  });
}

void list_webhook_deliveries(Exchange& exchange) {
  const auto id = webhook_in_path(exchange);
  if (!id) return;
  ParameterReader parameters(exchange.request(), {"limit", "cursor"});
  engine::ListWebhookDeliveries list;
  list.id = *id;
  list.limit = parameters.limit();
  list.after = parameters.cursor(decode_webhook_delivery_cursor);
  if (!parameters.finish(exchange)) return;
  exchange.query(std::move(list), [](Exchange& asked, Answer&& answer) {
    const auto* page = answer_as<engine::WebhookDeliveryPage>(asked, answer);
    if (page == nullptr) return;
    auto response = asked.make_response(200);
    response.add_header("Cache-Control", "no-store");
    append_page(
        response.body,
        page->deliveries,
        page->next ? encode_cursor(list_mark_of(asked.request()), *page->next) : std::string(),
        [](std::string& out, const auto& row) { json::append_webhook_delivery(out, row); });
    asked.reply(std::move(response));
  });
}

}  // namespace

void add_webhook_routes(std::vector<Route>& routes, const HandlerContext& context) {
  const auto add = [&](Method method, std::string_view rest, Handler handler) {
    routes.push_back(
        {.method = method,
         .pattern = "/v1/admin/webhooks" + std::string(rest),
         .access = Access::admin,
         .handler = std::move(handler)});
  };
  add(Method::get, "", list_webhooks);
  add(Method::post, "", [&context](Exchange& exchange) {
    create_webhook(exchange, context.webhooks_may_be_local);
  });
  add(Method::get, "/{id}", get_webhook);
  add(Method::patch, "/{id}", [&context](Exchange& exchange) {
    patch_webhook(exchange, context.webhooks_may_be_local);
  });
  add(Method::delete_, "/{id}", delete_webhook);
  add(Method::post, "/{id}/enable", enable_webhook);
  add(Method::post, "/{id}/rotate-secret", rotate_webhook_secret);
  add(Method::post, "/{id}/replay", replay_webhook);
  add(Method::post, "/{id}/test", test_webhook);
  add(Method::get, "/{id}/deliveries", list_webhook_deliveries);
}

}  // namespace cavea::http
