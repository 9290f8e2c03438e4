#include "actors/webhook_actor.hpp"

#include "actors/limits.hpp"
#include "actors/messages.hpp"
#include "actors/turn_queue.hpp"
#include "persistence/webhook_codec.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace cavea::actors {

namespace {

using persistence::RecordKind;
using persistence::RecordWrite;

/// Records of a deleted webhook that are removed in one step.
constexpr std::size_t cleared_at_once = 500;

std::uint64_t needed_after(const engine::WebhookLane& lane) {
  const auto parked = lane.parked.empty() ? UINT64_MAX : lane.parked.front().event.index - 1;
  return std::min(lane.place.index, parked);
}

}  // namespace

std::vector<KeptLane> read_lanes(const WebhookParts& parts) {
  persistence::RecordRange range;
  range.kind = RecordKind::webhook_lane;
  range.limit = 1'000;
  std::vector<KeptLane> lanes;
  for (const auto& record : parts.reads->value_or_fail(parts.reader->records(parts.shard, range))) {
    const auto id = engine::WebhookId::from(record.key);
    if (!id) continue;
    lanes.push_back(
        {*id, parts.reads->value_or_fail(persistence::decode_webhook_lane(record.value))});
  }
  return lanes;
}

void hold_for_webhooks(const WebhookParts& parts) {
  auto after = UINT64_MAX;
  for (const auto& [id, lane] : read_lanes(parts)) after = std::min(after, needed_after(lane));
  if (after != UINT64_MAX) parts.feed->keep_after(webhook_consumer, parts.shard, after);
}

WebhookState::WebhookState(
    caf::event_based_actor* self,
    std::shared_ptr<const WebhookParts> parts,
    const std::vector<KeptLane>& kept)
    : self_(self), parts_(std::move(parts)) {
  for (const auto& [id, lane] : kept) kept_.emplace(id, lane);
}

void WebhookState::on_list(const WebhookBook::List& list) {
  std::set<engine::WebhookId> there;
  const auto later = [me = caf::actor_cast<caf::actor>(self_)](
                         engine::WebhookId id, std::uint64_t token, WebhookFollower::Step step) {
    caf::anon_send(me, Stepped{id, token, std::move(step)});
  };
  for (const auto& webhook : *list) {
    there.insert(webhook->id);
    // One of the same name as one that was deleted waits until that is gone.
    if (clearing_.contains(webhook->id)) continue;
    auto& follower = followers_[webhook->id];
    if (follower != nullptr) {
      follower->follow(webhook);
      continue;
    }
    std::optional<engine::WebhookLane> lane;
    if (auto kept = kept_.extract(webhook->id)) lane = std::move(kept.mapped());
    follower = std::make_unique<WebhookFollower>(parts_, webhook, std::move(lane), later);
    // Before it looks where it is to begin.
    hold();
    follower->go_on();
  }
  for (auto one = followers_.begin(); one != followers_.end();) {
    if (there.contains(one->first)) {
      ++one;
      continue;
    }
    clear(one->first);
    one = followers_.erase(one);
  }
  for (const auto& [id, lane] : std::exchange(kept_, {})) clear(id);
  hold();
}

void WebhookState::on_step(const Stepped& stepped) {
  const auto found = followers_.find(stepped.id);
  if (found == followers_.end()) return;
  auto& follower = *found->second;
  if (stepped.token != 0 && stepped.token != follower.token()) return;
  stepped.step(follower);
  hold();
}

// ---- What is left of a deleted one --------------------------------------------------------------

void WebhookState::clear(const engine::WebhookId& id) {
  clearing_.insert(id);
  // What its follower gave away to be kept is kept first, so that it is seen.
  parts_->keep(
      {.decide = [](const RecordLookup&) { return std::vector<RecordWrite>(); },
       .then = [id, me = caf::actor_cast<caf::actor>(self_)](
                   bool) { caf::anon_send(me, Settled{id}); }});
}

void WebhookState::on_settled(const Settled& settled) {
  const auto& id = settled.id;
  parts_->reads->run_in_background_after_writes(
      [parts = parts_, id, me = caf::actor_cast<caf::actor>(self_)](const auto& reader) {
        persistence::RecordRange range;
        range.kind = RecordKind::webhook_delivery;
        range.prefix = persistence::record_keys::webhook_deliveries_of(id);
        range.limit = cleared_at_once;
        auto writes = std::make_shared<std::vector<RecordWrite>>();
        for (auto& row : parts->reads->value_or_fail(reader.records(parts->shard, range))) {
          writes->push_back({RecordKind::webhook_delivery, std::move(row.key), std::nullopt});
        }
        const bool is_last = writes->size() < cleared_at_once;
        if (is_last) {
          writes->push_back(
              {RecordKind::webhook_lane, persistence::record_keys::webhook_lane(id), std::nullopt});
        }
        parts->keep(
            {.decide = [writes](const RecordLookup&) { return *writes; },
             .then =
                 [me, id, is_last](bool is_kept) {
                   caf::anon_send(me, Cleared{id, is_kept && is_last});
                 }});
      });
}

void WebhookState::on_cleared(const Cleared& cleared) {
  if (!cleared.is_done) {
    uncleared_.push_back(cleared.id);
    return;
  }
  clearing_.erase(cleared.id);
  on_list(parts_->book->list());
}

// ---- By the clock -------------------------------------------------------------------------------

void WebhookState::on_tick() {
  for (const auto& [id, follower] : followers_) follower->on_tick();
  for (const auto& id : std::exchange(uncleared_, {})) clear(id);
  look_for_floor();
  hold();
  self_->delayed_send(self_, std::chrono::milliseconds(limits::webhook_tick_ms), tick_atom::value);
}

/// What is older than an event is tried for is kept for webhooks no longer.
void WebhookState::look_for_floor() {
  const auto steady = steady_ms();
  if (followers_.empty() || steady < next_floor_look_ms_) return;
  next_floor_look_ms_ = steady + limits::webhook_hold_look_ms;
  const auto since = engine::Timestamp{parts_->clock_ms()} - engine::limits::webhook_tried_for;
  parts_->reads->run_in_background(
      [parts = parts_, since, me = caf::actor_cast<caf::actor>(self_)](const auto& reader) {
        const auto first =
            parts->reads->value_or_fail(reader.turn_log().first_since(parts->shard, since)).index;
        caf::anon_send(me, Floor{first < 2 ? 0 : first - 2});
      });
}

void WebhookState::on_floor(Floor floor) {
  floor_ = std::max(floor_, floor.index);
  hold();
}

void WebhookState::hold() {
  auto after = UINT64_MAX - 1;
  for (const auto& [id, follower] : followers_) {
    after = std::min(after, follower->needed_after().value_or(after));
  }
  parts_->feed->keep_after(webhook_consumer, parts_->shard, std::max(after, floor_));
}

caf::behavior webhook_actor(
    caf::stateful_actor<std::unique_ptr<WebhookState>>* self,
    std::shared_ptr<const WebhookParts> parts,
    std::shared_ptr<const std::vector<KeptLane>> kept) {
  self->state = std::make_unique<WebhookState>(self, parts, *kept);
  self->send(self, tick_atom::value);
  return {
      [self](const WebhookBook::List& list) { self->state->on_list(list); },
      [self](const WebhookState::Stepped& stepped) { self->state->on_step(stepped); },
      [self](WebhookState::Floor floor) { self->state->on_floor(floor); },
      [self](const WebhookState::Settled& settled) { self->state->on_settled(settled); },
      [self](const WebhookState::Cleared& cleared) { self->state->on_cleared(cleared); },
      [self](tick_atom) { self->state->on_tick(); }};
}

}  // namespace cavea::actors
