#include "actors/webhook_follower.hpp"

#include "actors/limits.hpp"
#include "actors/shard_changes.hpp"
#include "actors/turn_queue.hpp"
#include "persistence/webhook_codec.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>
#include <variant>

// How a webhook's place in the log is found, and what is behind it read. Sending and keeping are in
// webhook_sends.cpp.

namespace cavea::actors {

namespace {

using engine::ChangesPosition;
using engine::WebhookPlace;

ShardOfData shard_of_data(const WebhookParts& parts) {
  return {.data = parts.data_id, .shard_count = parts.shard_count, .shard = parts.shard};
}

}  // namespace

WebhookFollower::WebhookFollower(
    std::shared_ptr<const WebhookParts> parts,
    std::shared_ptr<const engine::Webhook> webhook,
    std::optional<engine::WebhookLane> lane,
    Later later)
    : shared_parts_(std::move(parts)),
      parts_(*shared_parts_),
      webhook_(std::move(webhook)),
      later_(std::move(later)),
      last_kept_ms_(steady_ms()),
      random_(std::random_device()()) {
  if (lane) {
    lane_ = *std::move(lane);
    has_start_ = true;
    needed_after_ = lane_.place.index;
    // Whether another shard delivered something meanwhile is not known: the day begins anew.
    if (lane_.failing_since != engine::Timestamp{}) lane_.failing_since = now();
    if (!lane_.parked.empty()) {
      needed_after_ = std::min(*needed_after_, lane_.parked.front().event.index - 1);
    }
    kept_place_ = head_ = lane_.place;
  }
}

WebhookFollower::~WebhookFollower() {
  parts_.probe->webhook_events_pending.add(-shown_);
}

void WebhookFollower::follow(std::shared_ptr<const engine::Webhook> webhook) {
  const bool wants_other = webhook->types != webhook_->types;
  const bool is_replayed = webhook->replays != webhook_->replays;
  webhook_ = std::move(webhook);
  if (wants_other || is_replayed) begin_anew();
  go_on();
}

/// What is read already may be what nobody wants, and what is under way counts no more.
void WebhookFollower::begin_anew() {
  ++token_;
  window_.clear();
  under_way_.clear();
  is_reading_ = is_waiting_ = is_finding_ = is_trimming_ = false;
  head_ = lane_.place;
}

void WebhookFollower::go_on() {
  if (!webhook_->is_enabled()) {
    keep();
    return show();
  }
  if (!has_start_ || lane_.replays != webhook_->replays) {
    find_start();
  } else {
    if (lane_.runs != webhook_->runs) {
      lane_.begin_again(now());
      lane_.runs = webhook_->runs;
      is_dirty_ = true;
    }
    read();
    send_some();
  }
  keep();
  show();
}

// ---- Beginning ----------------------------------------------------------------------------------

void WebhookFollower::find_start() {
  if (is_finding_ || is_keeping_) return;
  is_finding_ = true;
  if (const auto* position = std::get_if<ChangesPosition>(&webhook_->start)) {
    const bool is_of_part = position->part == part_of(parts_.shard);
    if (is_of_part) return start_at(place_in(*position, parts_.shard));
    // Other parts stay where they are.
    if (has_start_) return start_at(lane_.place);
  }
  const auto* since = std::get_if<engine::Timestamp>(&webhook_->start);
  const auto from = since == nullptr ? webhook_->created_at : *since;
  parts_.reads->run_in_background(
      [from, shard = parts_.shard, reads = parts_.reads, later = later_fn()](const auto& reader) {
        const auto log = reader.turn_log();
        // Entries before it are no turns, and may be let go of at any time.
        const auto oldest = reads->value_or_fail(log.first_since(shard, {INT64_MIN})).index;
        const auto first = reads->value_or_fail(log.first_since(shard, from)).index;
        // The one before began earlier, but may go on until after that time.
        const auto index = std::max(first, oldest + 1) - 2;
        later([index, first, from](WebhookFollower& me) {
          me.start_at({index, 0});
          me.began_ = {first, from};
          me.is_beginning_ = true;
        });
      });
}

void WebhookFollower::start_at(WebhookPlace place) {
  begin_anew();
  began_ = {};
  is_beginning_ = false;
  lane_ = {};
  lane_.replays = webhook_->replays;
  lane_.runs = webhook_->runs;
  lane_.place = head_ = place;
  has_start_ = true;
  is_dirty_ = true;
  needed_after_ = std::min(needed_after_.value_or(place.index), place.index);
  later([](WebhookFollower& me) { me.go_on(); });
}

// ---- Reading ------------------------------------------------------------------------------------

void WebhookFollower::read() {
  if (is_reading_ || is_waiting_ || lane_.is_full()) return;
  if (window_.size() > limits::webhook_window / 2) return;
  // People who reserve come first: while they do, a tick reads a page, and not every step.
  const auto steady = steady_ms();
  const bool is_busy =
      parts_.waiting->load(std::memory_order_relaxed) > limits::notification_waits_above;
  if (is_busy && steady < last_read_ms_ + limits::webhook_tick_ms) return;
  last_read_ms_ = steady;
  is_reading_ = true;
  parts_.reads->run_in_background([parts = shared_parts_,
                                   after = head_,
                                   types = webhook_->wanted(),
                                   later = later_fn()](const persistence::StateReader& reader) {
    auto page =
        std::make_shared<Page>(read_page(*parts, reader, after, types, limits::webhook_window / 2));
    later([page](WebhookFollower& me) { me.on_page(std::move(*page)); });
  });
}

WebhookFollower::Page WebhookFollower::read_page(
    const WebhookParts& parts,
    const persistence::StateReader& reader,
    WebhookPlace after,
    engine::ChangeTypes types,
    std::uint32_t limit) {
  engine::ListChanges query;
  query.after = position_at(shard_of_data(parts), after);
  query.filter.types = types;
  query.limit = limit;
  Page page;
  const ChangePageReader::Sources from{
      reader, *parts.reads, *parts.swept, parts.shard_count, parts.data_id, parts.shard};
  const auto read = read_events(from, *parts.feed, query);
  page.next = place_in(read.next, parts.shard);
  page.has_more = read.has_more;
  if (read.is_cut) page.missed = engine::WebhookEvent{page.next.index, 0};
  for (const auto& event : read.events) {
    auto body = std::make_shared<std::string>();
    parts.write(*body, event);
    Item item;
    item.event = {event.index, event.ordinal};
    item.at = event.at;
    item.type = engine::name_of(event.type);
    item.subject = std::visit([](const auto& subject) { return subject.str(); }, event.subject);
    item.body = std::move(body);
    page.items.push_back(std::move(item));
  }
  return page;
}

void WebhookFollower::on_page(Page page) {
  is_reading_ = false;
  // Who begins at a time begins with the oldest that is kept, when that is younger.
  if (page.missed && !is_beginning_) {
    spdlog::error(
        "event=webhook_events_missed webhook={} shard={} after={} hint=\"older turns were not "
        "kept\"",
        webhook_->id.view(),
        parts_.shard.value,
        head_.index);
    parts_.probe->webhook_missed.add();
    engine::WebhookDelivery row;
    row.event = *page.missed;
    row.at = row.last_at = now();
    row.state = engine::WebhookDeliveryState::missed;
    row.detail = "What happened before was not kept any more.";
    note(std::move(row));
  }
  is_beginning_ = is_beginning_ && page.missed.has_value();
  head_ = page.next;
  for (auto& item : page.items) {
    if (item.event.index < began_.entry && item.at < began_.at) continue;
    const auto subject = engine::stable_hash(item.subject);
    window_.push_back({std::move(item), subject, Slot::State::waiting});
  }
  advance();
  if (!page.has_more) wait_for_more();
  go_on();
}

void WebhookFollower::wait_for_more() {
  is_waiting_ = true;
  parts_.feed->wake_after(
      {{parts_.shard, head_.index}}, INT64_MAX, [later = later_fn()](TurnFeed::Woken why) {
        if (why != TurnFeed::Woken::by_more) return;
        later([](WebhookFollower& me) {
          me.is_waiting_ = false;
          me.go_on();
        });
      });
}

std::optional<std::uint64_t> WebhookFollower::needed_after() const {
  if (!webhook_->is_enabled()) return std::nullopt;
  // Where it is to begin is not known: anywhere.
  if (!has_start_ || is_finding_ || lane_.replays != webhook_->replays) return 0;
  return needed_after_;
}

}  // namespace cavea::actors
