#pragma once

#include "engine/webhook.hpp"
#include "http/json/document.hpp"
#include "http/json/findings.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace cavea::http::json {

/// What a webhook is made with; the secret and an id that is not named are the caller's to make.
struct WebhookInput {
  std::optional<engine::WebhookId> id;
  engine::CreateWebhook create;
};

/// `may_be_local`: see `fault_of_webhook_url`.
[[nodiscard]] engine::Result<WebhookInput, BadInput> read_webhook(
    const Json& value, bool may_be_local);
[[nodiscard]] engine::Result<engine::ChangeWebhook, BadInput> read_webhook_patch(
    const Json& value, bool may_be_local);

/// How long the secret before goes on signing; a day when it is not said.
[[nodiscard]] engine::Result<engine::Duration, BadInput> read_webhook_rotation(const Json& value);

/// `now` and times are those of the node.
[[nodiscard]] engine::Result<engine::WebhookStart, BadInput> read_webhook_replay(
    const Json& value, engine::Timestamp now);

/// "whsec_" and the secret in base64, as Standard Webhooks shows it.
[[nodiscard]] std::string text_of_webhook_secret(std::string_view secret);

/// The secret is written only where `view` says that it is new.
void append_webhook(std::string& out, const engine::WebhookView& view, engine::Timestamp now);

void append_webhook_delivery(std::string& out, const engine::WebhookDelivery& delivery);
void append_webhook_tested(std::string& out, const engine::WebhookTested& tested);

/// What is sent to test a webhook: a CloudEvent of a type that no event has.
[[nodiscard]] std::string webhook_test_body(
    const engine::WebhookId& id, std::string_view event, engine::Timestamp now);

}  // namespace cavea::http::json
