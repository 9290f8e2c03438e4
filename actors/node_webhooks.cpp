#include "actors/node_parts.hpp"
#include "actors/webhook_actor.hpp"
#include "cluster/placement.hpp"

#include <utility>

// The node's part in webhooks: their actors, and what is asked of the port at once.

namespace cavea::actors {

std::shared_ptr<WebhookParts> Node::Parts::webhook_parts(std::uint16_t number) {
  const engine::ShardId shard{number};
  auto parts = std::make_shared<WebhookParts>();
  parts->shard = shard;
  parts->shard_count = config.shard_count;
  parts->data_id = config.data_id;
  parts->port = config.webhooks;
  parts->write = config.write_change;
  parts->reader = &reader;
  parts->reads = &reads;
  parts->swept = &swept;
  parts->feed = &feed;
  parts->book = &webhooks;
  parts->probe = &probe;
  parts->waiting = &shards[number].waiting;
  parts->clock_ms = config.clock_ms ? config.clock_ms : system_clock_ms;
  parts->keep = [this, shard](KeepRecords request) { keep(shard, std::move(request)); };
  parts->command = [this](engine::WebhookCommand command) {
    bus.submit({engine::RecordRequest{std::move(command)}, {}}, {});
  };
  return parts;
}

void Node::Parts::hold_log_for_webhooks() {
  if (config.webhooks == nullptr) return;
  for (std::uint16_t i = 0; i < config.shard_count; ++i) hold_for_webhooks(*webhook_parts(i));
}

void Node::Parts::spawn_webhooks(std::uint16_t number) {
  auto parts = webhook_parts(number);
  auto kept = std::make_shared<const std::vector<KeptLane>>(read_lanes(*parts));
  auto& actor = shards[number].webhooks;
  actor = system.spawn(
      webhook_actor, std::shared_ptr<const WebhookParts>(std::move(parts)), std::move(kept));
  webhooks.subscribe([actor](const WebhookBook::List& list) { caf::anon_send(actor, list); });
  caf::anon_send(actor, webhooks.list());
}

void Node::Parts::test_webhook(engine::TestWebhook query, engine::ReturnAddress back) {
  if (config.webhooks == nullptr) {
    deliver(back, engine::Refusal(engine::Rejection::not_ready));
    return;
  }
  reads.run(
      [this, query = std::move(query), back](const auto&) {
        const auto webhook = reads.webhook(query.id);
        if (!webhook) {
          deliver(back, engine::Refusal(engine::Rejection::webhook_not_found));
          return;
        }
        engine::WebhookCall call;
        call.url = webhook->url;
        call.at = {config.clock_ms ? config.clock_ms() : system_clock_ms()};
        call.secrets = webhook->secrets_at(call.at);
        call.id = query.event;
        call.body = query.body;
        config.webhooks->send(std::move(call), [back](engine::DeliveryResult result) {
          engine::WebhookTested tested;
          tested.is_delivered = result.kind == engine::DeliveryResult::Kind::delivered;
          tested.status = result.status;
          tested.detail = std::move(result.detail);
          tested.took = result.took;
          deliver(back, std::move(tested));
        });
      },
      back);
}

/// Why a replay cannot begin there; nothing: it can.
std::optional<engine::Refusal> Node::Parts::refuse_replay(
    const engine::CommandRequest& request) const {
  const auto* records = std::get_if<engine::RecordRequest>(&request.what);
  if (records == nullptr) return std::nullopt;
  const auto* command = std::get_if<engine::WebhookCommand>(&records->command);
  if (command == nullptr) return std::nullopt;
  const auto* replay = std::get_if<engine::ReplayWebhook>(&command->what);
  if (replay == nullptr) return std::nullopt;
  const auto* from = std::get_if<engine::ChangesPosition>(&replay->from);
  if (from == nullptr) return std::nullopt;
  using engine::ChangesPosition;
  const auto first = from->part * ChangesPosition::shards_per_part;
  const bool is_ours = from->data == config.data_id
                       && from->part < ChangesPosition::parts_of(config.shard_count)
                       && from->read.size()
                              == static_cast<std::size_t>(std::min<int>(
                                  ChangesPosition::shards_per_part, config.shard_count - first));
  if (is_ours) return std::nullopt;
  engine::Refusal refusal(engine::Rejection::changes_cursor_unknown);
  refusal.faults.push_back({"/from", "is of other data than this node's"});
  return refusal;
}

}  // namespace cavea::actors
