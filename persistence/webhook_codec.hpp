#pragma once

#include "engine/webhook.hpp"
#include "engine/webhook_lane.hpp"
#include "persistence/store.hpp"

#include <string>
#include <string_view>

// The records of webhooks: FORMAT.md, "Kinds of records".

namespace cavea::persistence {

namespace record_keys {

[[nodiscard]] std::string webhook(const engine::WebhookId& id);
[[nodiscard]] std::string webhook_lane(const engine::WebhookId& id);
/// All deliveries of a webhook begin with it.
[[nodiscard]] std::string webhook_deliveries_of(const engine::WebhookId& id);
[[nodiscard]] std::string webhook_delivery(
    const engine::WebhookId& id, engine::Timestamp at, const engine::WebhookEvent& event);

}  // namespace record_keys

/// The shard that has the webhooks; lanes and deliveries are in the shard that they are of.
inline constexpr engine::ShardId webhooks_shard{0};

// One `encode` and one `decode` each, as in `record_codec.hpp`.

[[nodiscard]] std::string encode(const engine::Webhook& webhook);
[[nodiscard]] std::string encode(const engine::WebhookLane& lane);
[[nodiscard]] std::string encode(const engine::WebhookDelivery& delivery);

[[nodiscard]] Read<engine::Webhook> decode_webhook(std::string_view value);
[[nodiscard]] Read<engine::WebhookLane> decode_webhook_lane(std::string_view value);
/// `shard` is not in the value.
[[nodiscard]] Read<engine::WebhookDelivery> decode_webhook_delivery(std::string_view value);

}  // namespace cavea::persistence
