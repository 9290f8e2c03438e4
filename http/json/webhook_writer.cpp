#include "http/base64url.hpp"
#include "http/json/time_writer.hpp"
#include "http/json/webhook_codec.hpp"
#include "http/json/writer.hpp"

#include <algorithm>

namespace cavea::http::json {

namespace {

void write_time_or_null(
    Writer& writer, std::string_view key, engine::Timestamp time, bool is_there) {
  if (is_there) return write_time(writer, key, time, TimeZone::utc());
  writer.key(key).null();
}

void write_text_or_null(Writer& writer, std::string_view key, std::string_view text) {
  writer.key(key);
  if (text.empty()) {
    writer.null();
  } else {
    writer.text(text);
  }
}

void write_status(Writer& writer, std::uint32_t status) {
  writer.key("status");
  if (status == 0) {
    writer.null();
  } else {
    writer.number(status);
  }
}

}  // namespace

std::string text_of_webhook_secret(std::string_view secret) {
  auto text = to_base64url(secret);
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  text.append((4 - text.size() % 4) % 4, '=');
  return "whsec_" + text;
}

void append_webhook(std::string& out, const engine::WebhookView& view, engine::Timestamp now) {
  const auto& webhook = view.webhook;
  Writer writer(out);
  writer.begin_object();
  writer.key("id").text(webhook.id.view());
  writer.key("url").text(webhook.url);
  writer.key("types");
  if (webhook.types.empty()) {
    writer.null();
  } else {
    writer.begin_array();
    for (const auto& type : webhook.types) writer.text(type);
    writer.end_array();
  }
  writer.key("description").text(webhook.description);
  writer.key("enabled").boolean(webhook.is_enabled());
  const bool is_enabled = webhook.is_enabled();
  write_text_or_null(
      writer, "disabled_because", is_enabled ? std::string_view() : name_of(webhook.end));
  write_time_or_null(writer, "disabled_at", webhook.ended_at, !is_enabled);
  write_time(writer, "created_at", webhook.created_at, TimeZone::utc());
  const bool has_old = webhook.secrets_at(now).size() > 1;
  write_time_or_null(writer, "old_secret_until", webhook.old_secret_until, has_old);
  if (view.has_new_secret) writer.key("secret").text(text_of_webhook_secret(webhook.secret));
  writer.end_object();
}

void append_webhook_delivery(std::string& out, const engine::WebhookDelivery& delivery) {
  Writer writer(out);
  writer.begin_object();
  writer.key("event").text(
      std::to_string(delivery.shard.value) + '-' + std::to_string(delivery.event.index) + '-'
      + std::to_string(delivery.event.ordinal));
  write_text_or_null(writer, "type", delivery.type);
  write_text_or_null(writer, "subject", delivery.subject);
  write_time(writer, "at", delivery.at, TimeZone::utc());
  writer.key("state").text(name_of(delivery.state));
  writer.key("attempts").number(delivery.attempts);
  write_status(writer, delivery.status);
  write_text_or_null(writer, "detail", delivery.detail);
  writer.key("took_ms").number(delivery.took.ms);
  write_time(writer, "last_at", delivery.last_at, TimeZone::utc());
  const bool is_tried_again = delivery.state == engine::WebhookDeliveryState::waiting;
  write_time_or_null(writer, "next_at", delivery.next_at, is_tried_again);
  writer.end_object();
}

void append_webhook_tested(std::string& out, const engine::WebhookTested& tested) {
  Writer writer(out);
  writer.begin_object().key("delivered").boolean(tested.is_delivered);
  write_status(writer, tested.status);
  write_text_or_null(writer, "detail", tested.detail);
  writer.key("took_ms").number(tested.took.ms).end_object();
}

std::string webhook_test_body(
    const engine::WebhookId& id, std::string_view event, engine::Timestamp now) {
  std::string body;
  Writer writer(body);
  writer.begin_object().key("specversion").text("1.0").key("id").text(event);
  writer.key("source").text("/v1/admin/webhooks/" + id.str());
  writer.key("type").text("cavea.webhook.test").key("subject").text(id.view());
  write_time(writer, "time", now, TimeZone::utc());
  writer.key("datacontenttype").text("application/json");
  writer.key("data").begin_object().end_object().end_object();
  return body;
}

}  // namespace cavea::http::json
