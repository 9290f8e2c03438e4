#include "engine/webhook.hpp"

#include <algorithm>
#include <utility>

namespace cavea::engine {

namespace {

/// The numbers never fall back to those of a webhook of the same id that was deleted before: what
/// is left of it must not be taken for this one's.
std::uint64_t grown(std::uint64_t number, Timestamp now) {
  return std::max(number + 1, static_cast<std::uint64_t>(std::max<std::int64_t>(now.ms, 1)));
}

void enable(Webhook& webhook, Timestamp now) {
  webhook.end = WebhookEnd::none;
  webhook.ended_at = {};
  webhook.runs = grown(webhook.runs, now);
}

void end(Webhook& webhook, WebhookEnd why, Timestamp now) {
  if (!webhook.is_enabled()) return;
  webhook.end = why;
  webhook.ended_at = now;
}

Webhook created(const WebhookId& id, const CreateWebhook& command, Timestamp now) {
  Webhook webhook;
  webhook.id = id;
  webhook.url = command.url;
  webhook.types = command.types;
  webhook.description = command.description;
  webhook.secret = command.secret;
  webhook.created_at = now;
  webhook.replays = grown(0, now);
  webhook.runs = grown(0, now);
  webhook.start = now;
  if (!command.is_enabled) end(webhook, WebhookEnd::by_hand, now);
  return webhook;
}

void change(Webhook& /*webhook*/, const CreateWebhook& /*command*/, Timestamp /*now*/) {}

void change(Webhook& webhook, const ChangeWebhook& command, Timestamp now) {
  const bool moves = command.url && *command.url != webhook.url;
  if (command.url) webhook.url = *command.url;
  if (command.types) webhook.types = *command.types;
  if (command.description) webhook.description = *command.description;
  if (command.is_enabled == false) end(webhook, WebhookEnd::by_hand, now);
  // What failed before says nothing of another address.
  if (command.is_enabled == true || (moves && webhook.is_enabled())) enable(webhook, now);
}

void change(Webhook& webhook, const EndWebhook& command, Timestamp now) {
  if (webhook.runs == command.runs) end(webhook, command.end, now);
}

void change(Webhook& webhook, const RotateWebhookSecret& command, Timestamp now) {
  webhook.old_secret = command.keep_old.ms > 0 ? webhook.secret : std::string();
  webhook.old_secret_until = webhook.old_secret.empty() ? Timestamp{} : now + command.keep_old;
  webhook.secret = command.secret;
}

void change(Webhook& webhook, const ReplayWebhook& command, Timestamp now) {
  webhook.start = command.from;
  webhook.replays = grown(webhook.replays, now);
}

void change(Webhook& /*webhook*/, const DeleteWebhook& /*command*/, Timestamp /*now*/) {}

}  // namespace

std::string_view name_of(WebhookEnd end) {
  switch (end) {
    case WebhookEnd::none:
      return "none";
    case WebhookEnd::by_hand:
      return "by_hand";
    case WebhookEnd::gone:
      return "gone";
    case WebhookEnd::failing:
      return "failing";
  }
  return "";
}

std::string_view name_of(WebhookDeliveryState state) {
  switch (state) {
    case WebhookDeliveryState::delivered:
      return "delivered";
    case WebhookDeliveryState::waiting:
      return "waiting";
    case WebhookDeliveryState::failed:
      return "failed";
    case WebhookDeliveryState::missed:
      return "missed";
  }
  return "";
}

ChangeTypes Webhook::wanted() const {
  if (types.empty()) return ChangeTypes::all();
  ChangeTypes wanted;
  for (const auto& name : types) {
    // One that a newer program knew is none of ours.
    wanted.bits |= ChangeTypes::named(name).value_or(ChangeTypes{}).bits;
  }
  return wanted;
}

std::vector<std::string> Webhook::secrets_at(Timestamp now) const {
  std::vector<std::string> secrets{secret};
  if (!old_secret.empty() && now < old_secret_until) secrets.push_back(old_secret);
  return secrets;
}

WebhookDecision decide(
    const std::optional<Webhook>& before,
    const WebhookCommand& command,
    std::size_t count,
    Timestamp now) {
  if (const auto* create = std::get_if<CreateWebhook>(&command.what)) {
    if (before) return {Rejection::id_used, std::nullopt};
    if (count >= limits::webhooks_max) return {Rejection::webhook_limit_reached, std::nullopt};
    return {std::nullopt, created(command.id, *create, now)};
  }
  if (!before) return {Rejection::webhook_not_found, std::nullopt};
  if (std::holds_alternative<DeleteWebhook>(command.what)) return {};

  auto webhook = *before;
  std::visit([&](const auto& what) { change(webhook, what, now); }, command.what);
  return {std::nullopt, std::move(webhook)};
}

}  // namespace cavea::engine
