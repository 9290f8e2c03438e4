#include "actors/webhook_book.hpp"

#include "persistence/webhook_codec.hpp"

#include <algorithm>
#include <utility>

namespace cavea::actors {

void WebhookBook::load() {
  read_and_tell();
}

void WebhookBook::refresh() {
  reads_.run_in_background_after_writes([this](const auto&) { read_and_tell(); });
}

void WebhookBook::read_and_tell() {
  const std::lock_guard reading(reading_);
  persistence::RecordRange range;
  range.kind = persistence::RecordKind::webhook;
  range.limit = 2 * engine::limits::webhooks_max;
  std::vector<std::shared_ptr<const engine::Webhook>> webhooks;
  std::int64_t disabled = 0;
  for (const auto& record :
       reads_.value_or_fail(reader_.records(persistence::webhooks_shard, range))) {
    auto webhook = reads_.value_or_fail(persistence::decode_webhook(record.value));
    disabled += webhook.is_enabled() ? 0 : 1;
    webhooks.push_back(std::make_shared<const engine::Webhook>(std::move(webhook)));
  }
  probe_.webhooks_enabled.set(static_cast<std::int64_t>(webhooks.size()) - disabled);
  probe_.webhooks_disabled.set(disabled);
  std::vector<std::function<void(const List&)>> subscribers;
  List list = std::make_shared<const std::vector<std::shared_ptr<const engine::Webhook>>>(
      std::move(webhooks));
  {
    const std::lock_guard lock(mutex_);
    list_ = list;
    subscribers = subscribers_;
  }
  for (const auto& subscriber : subscribers) subscriber(list);
}

WebhookBook::List WebhookBook::list() const {
  const std::lock_guard lock(mutex_);
  return list_;
}

void WebhookBook::subscribe(std::function<void(const List&)> subscriber) {
  const std::lock_guard lock(mutex_);
  subscribers_.push_back(std::move(subscriber));
}

void WebhookBook::stop() {
  std::vector<std::function<void(const List&)>> gone;
  const std::lock_guard lock(mutex_);
  gone.swap(subscribers_);
}

void WebhookBook::note_success(const engine::WebhookId& id, engine::Timestamp now) {
  const std::lock_guard lock(mutex_);
  auto& last = last_success_[id];
  last = std::max(last, now);
}

engine::Timestamp WebhookBook::last_success(const engine::WebhookId& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = last_success_.find(id);
  return found == last_success_.end() ? engine::Timestamp{} : found->second;
}

}  // namespace cavea::actors
