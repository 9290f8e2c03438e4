#include "actors/shard_actor.hpp"
#include "persistence/webhook_codec.hpp"

#include <utility>
#include <variant>

// How the shard that has the webhooks changes them.

namespace cavea::actors {

/// All of them, also those that are not committed yet.
std::set<engine::WebhookId>& ShardState::webhooks() {
  if (webhooks_) return *webhooks_;
  webhooks_.emplace();
  persistence::RecordRange range;
  range.kind = persistence::RecordKind::webhook;
  range.limit = 2 * engine::limits::webhooks_max;
  for (const auto& record : value_or_fail(parts_.reader->records(parts_.id, range))) {
    if (const auto id = engine::WebhookId::from(record.key)) webhooks_->insert(*id);
  }
  return *webhooks_;
}

void ShardState::carry_out(WorkPtr work, const engine::WebhookCommand& command) {
  const auto key = persistence::record_keys::webhook(command.id);
  std::optional<engine::Webhook> before;
  if (const auto stored = records_.find(persistence::RecordKind::webhook, key)) {
    before = value_or_fail(persistence::decode_webhook(*stored));
  }
  auto decision = engine::decide(before, command, webhooks().size(), work->at);
  if (decision.refused) {
    work->outcome = engine::Answer(engine::Refusal(*decision.refused));
    return keep(std::move(work), {});
  }
  std::vector<persistence::RecordWrite> writes;
  if (!decision.webhook) {
    webhooks().erase(command.id);
    writes.push_back({persistence::RecordKind::webhook, key, std::nullopt});
    work->outcome = engine::Answer(engine::Done{});
  } else {
    webhooks().insert(command.id);
    if (decision.webhook != before) {
      writes.push_back(
          {persistence::RecordKind::webhook, key, persistence::encode(*decision.webhook)});
    }
    const bool has_new_secret =
        std::holds_alternative<engine::CreateWebhook>(command.what)
        || std::holds_alternative<engine::RotateWebhookSecret>(command.what);
    work->outcome =
        engine::Answer(engine::WebhookView{*std::move(decision.webhook), has_new_secret});
  }
  keep(std::move(work), std::move(writes));
}

}  // namespace cavea::actors
