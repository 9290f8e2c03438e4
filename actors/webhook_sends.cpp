#include "actors/limits.hpp"
#include "actors/turn_queue.hpp"
#include "actors/webhook_follower.hpp"
#include "persistence/webhook_codec.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

// How what was read is sent, and what became of it kept.

namespace cavea::actors {

namespace {

using engine::WebhookDeliveryState;
using persistence::RecordKind;
using persistence::RecordWrite;

/// The `id` of the CloudEvent.
std::string webhook_event_id(engine::ShardId shard, const engine::WebhookEvent& event) {
  return std::to_string(shard.value) + '-' + std::to_string(event.index) + '-'
         + std::to_string(event.ordinal);
}

}  // namespace

// ---- Sending ------------------------------------------------------------------------------------

void WebhookFollower::send_some() {
  const auto time = now();
  if (lane_.failures > 0) {
    // Nobody storms a server that does not answer: one at a time, a new one first, which may be
    // taken where an older one never will be.
    if (!under_way_.empty() || lane_.next_at > time) return;
    if (!lane_.is_full() && send_new()) return;
    (void)send_parked(time);
    return;
  }
  while (under_way_.size() < limits::webhook_sending_max && send_parked(time)) {
  }
  while (under_way_.size() < limits::webhook_sending_max && send_new()) {
  }
}

/// Sends the first event of the window that may go out; false: there is none.
bool WebhookFollower::send_new() {
  for (auto slot = window_.begin(); slot != window_.end(); ++slot) {
    if (slot->state != Slot::State::waiting) continue;
    if (lane_.is_parked(slot->subject)) {
      if (lane_.is_full()) return false;
      lane_.park(parked_of(slot->item));
      slot->state = Slot::State::settled;
      is_dirty_ = true;
      continue;
    }
    const bool is_behind = std::any_of(window_.begin(), slot, [&](const Slot& earlier) {
      return earlier.subject == slot->subject && earlier.state != Slot::State::settled;
    });
    if (is_behind) continue;
    slot->state = Slot::State::sending;
    send(slot->item);
    advance();
    return true;
  }
  advance();
  return false;
}

/// An event that failed is read again from the log, which has it as long as it is tried.
bool WebhookFollower::send_parked(engine::Timestamp time) {
  const auto* due = lane_.due(time, under_way_);
  if (due == nullptr) return false;
  under_way_.insert(due->event);
  parts_.reads->run_in_background([parts = shared_parts_, parked = *due, later = later_fn()](
                                      const persistence::StateReader& reader) {
    const engine::WebhookPlace before{parked.event.index - 1, parked.event.ordinal};
    auto page = read_page(*parts, reader, before, engine::ChangeTypes::all(), 1);
    Item item;
    item.event = parked.event;
    item.at = parked.at;
    if (!page.missed && !page.items.empty() && page.items.front().event == parked.event) {
      item = std::move(page.items.front());
    }
    later([parked, item](WebhookFollower& me) { me.on_fetched(parked, item); });
  });
  return true;
}

void WebhookFollower::on_fetched(const engine::ParkedEvent& parked, Item item) {
  if (item.body != nullptr && webhook_->is_enabled()) return send(std::move(item));
  under_way_.erase(parked.event);
  if (item.body == nullptr) {
    lane_.forget(parked.event);
    parts_.probe->webhook_missed.add();
    engine::WebhookDelivery row;
    row.event = parked.event;
    row.at = parked.at;
    row.state = WebhookDeliveryState::missed;
    row.attempts = parked.attempts;
    row.detail = "It was not kept any more when it was to be tried again.";
    row.last_at = now();
    note(std::move(row));
  }
  go_on();
}

void WebhookFollower::send(Item item) {
  under_way_.insert(item.event);
  engine::WebhookCall call;
  call.url = webhook_->url;
  call.at = now();
  call.secrets = webhook_->secrets_at(call.at);
  call.id = webhook_event_id(parts_.shard, item.event);
  call.body = item.body;
  item.body = nullptr;
  auto sent = std::make_shared<Item>(std::move(item));
  parts_.port->send(std::move(call), [sent, later = later_fn()](engine::DeliveryResult result) {
    later([sent, result = std::move(result)](WebhookFollower& me) {
      me.on_sent(std::move(*sent), result);
    });
  });
}

engine::ParkedEvent WebhookFollower::parked_of(const Item& item) const {
  const auto known = std::find_if(lane_.parked.begin(), lane_.parked.end(), [&](const auto& one) {
    return one.event == item.event;
  });
  if (known != lane_.parked.end()) return *known;
  engine::ParkedEvent parked;
  parked.event = item.event;
  parked.at = item.at;
  parked.subject = engine::stable_hash(item.subject);
  return parked;
}

void WebhookFollower::on_sent(Item item, engine::DeliveryResult result) {
  under_way_.erase(item.event);
  engine::WebhookDelivery row;
  row.event = item.event;
  row.at = item.at;
  row.type = item.type;
  row.subject = item.subject;
  row.status = result.status;
  row.took = result.took;
  row.last_at = now();
  if (result.kind == engine::DeliveryResult::Kind::delivered) {
    row.state = WebhookDeliveryState::delivered;
    row.attempts = parked_of(item).attempts + 1;
    lane_.succeed(item.event, row.last_at);
    parts_.book->note_success(webhook_->id, row.last_at);
    parts_.probe->webhook_delivered.add();
  } else {
    on_failed(item, result, row);
  }
  settle(item.event);
  note(std::move(row));
  go_on();
}

void WebhookFollower::on_failed(
    const Item& item, const engine::DeliveryResult& result, engine::WebhookDelivery& row) {
  std::uniform_real_distribution<double> spread(-1, 1);
  const auto failed = lane_.fail(parked_of(item), row.last_at, spread(random_), result.retry_after);
  row.state = failed.is_given_up ? WebhookDeliveryState::failed : WebhookDeliveryState::waiting;
  row.attempts = failed.attempts;
  row.next_at = failed.next_at;
  row.detail = result.detail.substr(0, limits::webhook_detail_max);
  auto& probe = *parts_.probe;
  (failed.is_given_up ? probe.webhook_given_up : probe.webhook_postponed).add();
  if (result.kind == engine::DeliveryResult::Kind::endpoint_gone) {
    return end_webhook(engine::WebhookEnd::gone);
  }
  const bool nothing_goes = lane_.has_failed_too_long(row.last_at)
                            && parts_.book->last_success(webhook_->id) <= lane_.failing_since;
  if (nothing_goes) end_webhook(engine::WebhookEnd::failing);
}

void WebhookFollower::end_webhook(engine::WebhookEnd why) {
  spdlog::warn(
      "event=webhook_disabled webhook={} shard={} reason={}",
      webhook_->id.view(),
      parts_.shard.value,
      engine::name_of(why));
  parts_.command({webhook_->id, engine::EndWebhook{why, webhook_->runs}});
}

// ---- Keeping ------------------------------------------------------------------------------------

void WebhookFollower::settle(const engine::WebhookEvent& event) {
  const auto slot = std::find_if(
      window_.begin(), window_.end(), [&](const Slot& one) { return one.item.event == event; });
  if (slot != window_.end()) slot->state = Slot::State::settled;
  advance();
}

/// Moves the lane's place behind all that is settled.
void WebhookFollower::advance() {
  while (!window_.empty() && window_.front().state == Slot::State::settled) {
    const auto& event = window_.front().item.event;
    lane_.place = {event.index - 1, event.ordinal + 1};
    window_.pop_front();
  }
  if (window_.empty()) lane_.place = head_;
}

void WebhookFollower::note(engine::WebhookDelivery row) {
  const auto event = row.event;
  rows_.insert_or_assign(event, std::move(row));
  is_dirty_ = true;
}

void WebhookFollower::keep() {
  if (is_keeping_ || !has_start_) return;
  // What it keeps is in the log, too: to keep a place for every entry would never end.
  const bool is_far_ahead = lane_.place.index >= kept_place_.index + limits::unkept_entries_max;
  const auto steady = steady_ms();
  const bool is_old =
      lane_.place != kept_place_ && steady >= last_kept_ms_ + limits::webhook_place_kept_ms;
  if (!is_dirty_ && !is_far_ahead && !is_old) return;
  last_kept_ms_ = steady;
  is_dirty_ = false;
  is_keeping_ = true;
  auto kept = std::make_shared<Kept>();
  kept->place = lane_.place;
  kept->needed_after = lane_.place.index;
  if (!lane_.parked.empty()) {
    kept->needed_after = std::min(kept->needed_after, lane_.parked.front().event.index - 1);
  }
  const auto& id = webhook_->id;
  kept->writes.push_back(
      {RecordKind::webhook_lane,
       persistence::record_keys::webhook_lane(id),
       persistence::encode(lane_)});
  for (const auto& [event, row] : rows_) {
    kept->writes.push_back(
        {RecordKind::webhook_delivery,
         persistence::record_keys::webhook_delivery(id, row.at, event),
         persistence::encode(row)});
  }
  rows_.clear();
  keep(std::move(kept));
}

void WebhookFollower::keep(std::shared_ptr<const Kept> kept) {
  // Nobody else writes these records, so that they may be written again when it is not known
  // whether they were.
  parts_.keep(
      {.decide = [kept](const RecordLookup&) { return kept->writes; },
       .then =
           [kept, later = later_, id = webhook_->id](bool is_kept) {
             later(id, 0, [kept, is_kept](WebhookFollower& me) { me.on_kept(kept, is_kept); });
           }});
}

void WebhookFollower::on_kept(const std::shared_ptr<const Kept>& kept, bool is_kept) {
  if (!is_kept) {
    unkept_ = kept;
    return;
  }
  is_keeping_ = false;
  kept_place_ = kept->place;
  needed_after_ = kept->needed_after;
  // The first write is the lane.
  rows_since_trim_ += kept->writes.size() - 1;
  trim();
  go_on();
}

void WebhookFollower::on_tick() {
  if (unkept_ != nullptr) keep(std::exchange(unkept_, nullptr));
  go_on();
}

/// Forgets the oldest of what was sent.
void WebhookFollower::trim() {
  if (is_trimming_ || rows_since_trim_ < limits::webhook_rows_before_trim) return;
  is_trimming_ = true;
  rows_since_trim_ = 0;
  parts_.reads->run_in_background_after_writes(
      [parts = shared_parts_, id = webhook_->id, later = later_fn()](const auto& reader) {
        persistence::RecordRange range;
        range.kind = RecordKind::webhook_delivery;
        range.prefix = persistence::record_keys::webhook_deliveries_of(id);
        range.newest_first = true;
        range.limit = limits::webhook_rows_max + 2 * limits::webhook_rows_before_trim;
        auto rows = parts->reads->value_or_fail(reader.records(parts->shard, range));
        auto old = std::make_shared<std::vector<RecordWrite>>();
        for (std::size_t i = limits::webhook_rows_max; i < rows.size(); ++i) {
          old->push_back({RecordKind::webhook_delivery, std::move(rows[i].key), std::nullopt});
        }
        parts->keep(
            {.decide = [old](const RecordLookup&) { return *old; },
             .then =
                 [later](bool) {
                   later([](WebhookFollower& me) {
                     me.is_trimming_ = false;
                     me.trim();
                   });
                 }});
      });
}

void WebhookFollower::show() {
  std::int64_t pending = 0;
  if (webhook_->is_enabled()) {
    pending = static_cast<std::int64_t>(lane_.parked.size());
    for (const auto& slot : window_) pending += slot.state == Slot::State::settled ? 0 : 1;
  }
  parts_.probe->webhook_events_pending.add(pending - std::exchange(shown_, pending));
}

}  // namespace cavea::actors
