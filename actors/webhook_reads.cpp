#include "actors/reads.hpp"
#include "persistence/webhook_codec.hpp"

#include <algorithm>
#include <utility>

// Webhooks, and what was sent to them.

namespace cavea::actors {

namespace {

using persistence::RecordKind;

/// From which key on a shard has rows that come after the cursor; exclusive, counting down.
std::string key_after(
    const engine::WebhookId& id,
    const engine::WebhookDeliveryCursor& cursor,
    engine::ShardId shard) {
  // Where others of the same moment stand depends on the shard.
  engine::WebhookEvent event = cursor.event;
  if (shard < cursor.shard) event = {UINT64_MAX, UINT32_MAX};
  if (shard > cursor.shard) event = {};
  return persistence::record_keys::webhook_delivery(id, cursor.at, event);
}

}  // namespace

std::optional<engine::Webhook> Reads::webhook(const engine::WebhookId& id) const {
  const auto stored = value_or_fail(reader_.record(
      persistence::webhooks_shard, RecordKind::webhook, persistence::record_keys::webhook(id)));
  if (!stored) return std::nullopt;
  return value_or_fail(persistence::decode_webhook(*stored));
}

engine::Answer Reads::answer_of(const engine::ListWebhooks&, std::uint16_t) {
  persistence::RecordRange range;
  range.kind = RecordKind::webhook;
  range.limit = 2 * engine::limits::webhooks_max;
  engine::WebhookPage page;
  for (const auto& record : value_or_fail(reader_.records(persistence::webhooks_shard, range))) {
    page.webhooks.push_back(value_or_fail(persistence::decode_webhook(record.value)));
  }
  return page;
}

engine::Answer Reads::answer_of(const engine::GetWebhook& query, std::uint16_t) {
  auto found = webhook(query.id);
  if (!found) return engine::Refusal(engine::Rejection::webhook_not_found);
  return engine::WebhookView{*std::move(found)};
}

engine::Answer Reads::answer_of(
    const engine::ListWebhookDeliveries& query, std::uint16_t shard_count) {
  if (!webhook(query.id)) return engine::Refusal(engine::Rejection::webhook_not_found);
  engine::WebhookDeliveryPage page;
  auto& rows = page.deliveries;
  for (std::uint16_t number = 0; number < shard_count; ++number) {
    persistence::RecordRange range;
    range.kind = RecordKind::webhook_delivery;
    range.prefix = persistence::record_keys::webhook_deliveries_of(query.id);
    range.newest_first = true;
    range.limit = query.limit + 1;
    if (query.after) range.after = key_after(query.id, *query.after, {number});
    for (const auto& record : value_or_fail(reader_.records({number}, range))) {
      rows.push_back(value_or_fail(persistence::decode_webhook_delivery(record.value)));
      rows.back().shard = {number};
    }
  }
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    return cursor_of(a) > cursor_of(b);
  });
  if (rows.size() > query.limit) {
    rows.resize(query.limit);
    page.next = cursor_of(rows.back());
  }
  return page;
}

engine::Answer Reads::answer_of(const engine::TestWebhook&, std::uint16_t) {
  engine::assertion_failed("webhooks are tested by the node", __FILE__, __LINE__);
}

}  // namespace cavea::actors
