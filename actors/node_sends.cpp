#include "actors/node_parts.hpp"
#include "actors/turn_queue.hpp"
#include "actors/venue_use.hpp"
#include "cluster/placement.hpp"
#include "persistence/webhook_codec.hpp"

#include <memory>

// How commands and queries find their shard.

namespace cavea::actors {

bool deletes_venue(const engine::CommandRequest& request) {
  const auto* to_venue = std::get_if<engine::VenueRequest>(&request.what);
  return to_venue != nullptr && std::holds_alternative<engine::DeleteVenue>(to_venue->command);
}

void Node::Parts::send(
    engine::ShardId shard, WorkItem item, engine::ReturnAddress back, std::uint64_t key_new_at_us) {
  if (!is_ready.load(std::memory_order_acquire)) {
    deliver(back, engine::Refusal(engine::Rejection::not_ready));
    return;
  }
  if (shard.value >= config.shard_count) {
    deliver(back, engine::Refusal(engine::Rejection::reservation_not_found));
    return;
  }
  if (is_full(shard.value)) {
    deliver(back, engine::Refusal(engine::Rejection::overloaded));
    return;
  }
  auto& to = shards[shard.value];
  auto work = caf::make_counted<Work>(std::move(item), back, to.waiting);
  work->key_new_at_us = key_new_at_us;
  to.push(std::move(work));
}

void Node::Parts::send_command(
    engine::ShardId shard,
    engine::CommandRequest request,
    engine::ReturnAddress back,
    std::uint64_t key_new_at_us) {
  if (!deletes_venue(request)) {
    send(shard, WorkItem(std::move(request)), back, key_new_at_us);
    return;
  }
  // The offerings of a venue are on all shards, so its own shard cannot know them.
  auto kept = std::make_shared<engine::CommandRequest>(std::move(request));
  reads.run(
      [this, shard, kept, back](const persistence::StateReader& from) {
        const auto now_ms = config.clock_ms ? config.clock_ms() : system_clock_ms();
        if (must_stay(from, reads, std::get<engine::VenueRequest>(kept->what), shard, {now_ms})) {
          deliver(back, engine::Refusal(engine::Rejection::venue_in_use));
          return;
        }
        send(shard, WorkItem(std::move(*kept)), back);
      },
      back);
}

/// Sends a command by way of the shard on which its key was used before, if there is one.
void Node::Parts::send_with_key(
    engine::ShardId shard, engine::CommandRequest request, engine::ReturnAddress back) {
  const auto now_us = steady_us();
  const auto use = keys.note(*request.idempotency, shard);
  if (use.is_new) {
    send_command(shard, std::move(request), back, now_us);
  } else if (!use.last) {
    find_key_then_send(shard, std::move(request), back);
  } else if (*use.last == shard) {
    send_command(shard, std::move(request), back);
  } else {
    send_by_way_of(*use.last, shard, std::move(request), back);
  }
}

void Node::Parts::find_key_then_send(
    engine::ShardId shard, engine::CommandRequest request, engine::ReturnAddress back) {
  auto kept = std::make_shared<engine::CommandRequest>(std::move(request));
  reads.run(
      [this, shard, kept, back](const persistence::StateReader&) {
        const auto found = reads.value_or_fail(keys.find(*kept->idempotency, shard));
        if (found == shard) {
          send_command(shard, std::move(*kept), back);
        } else {
          send_by_way_of(found, shard, std::move(*kept), back);
        }
      },
      back);
}

void Node::Parts::send_by_way_of(
    engine::ShardId other,
    engine::ShardId home,
    engine::CommandRequest request,
    engine::ReturnAddress back) {
  if (is_full(other.value) || is_full(home.value)) {
    deliver(back, engine::Refusal(engine::Rejection::overloaded));
    return;
  }
  auto& to = shards[other.value];
  auto work = caf::make_counted<Work>(WorkItem(std::move(request)), back, to.waiting);
  work->home = home;
  to.push(std::move(work));
}

void Node::Parts::send_home(WorkPtr work) {
  const auto home = *work->home;
  keys.move(*work->idempotency_key(), home);
  shards[home.value].push(std::move(work));
}

void Node::Parts::send_subscription(
    const engine::OfferingId& offering, WorkItem item, engine::AnswerSink* sink) {
  if (!is_ready.load(std::memory_order_acquire)) {
    sink->publish(offering, engine::Refusal(engine::Rejection::not_ready));
    return;
  }
  auto& to = shards[cluster::shard_of(offering.view(), config.shard_count).value];
  auto work = caf::make_counted<Work>(std::move(item), engine::ReturnAddress{}, to.waiting);
  work->subscriber = sink;
  to.push(std::move(work));
}

engine::ShardId Node::Parts::shard_of(const engine::CommandRequest& request) const {
  if (const auto* offering = std::get_if<engine::OfferingRequest>(&request.what)) {
    return cluster::shard_of(offering->offering.view(), config.shard_count);
  }
  if (const auto* venue = std::get_if<engine::VenueRequest>(&request.what)) {
    return cluster::shard_of(venue->venue.view(), config.shard_count);
  }
  if (const auto* saga = std::get_if<engine::SagaRequest>(&request.what)) {
    const auto* begin = std::get_if<engine::BeginReservation>(&saga->command);
    if (begin == nullptr) return saga->reservation.shard();
    // A saga lives beside its first leg.
    if (begin->legs.empty()) return {};
    return cluster::shard_of(begin->legs.front().offering.view(), config.shard_count);
  }
  if (const auto* records = std::get_if<engine::RecordRequest>(&request.what)) {
    const auto* person = std::get_if<engine::ChangePerson>(&records->command);
    if (person != nullptr) return cluster::shard_of(person->user, config.shard_count);
    if (std::holds_alternative<engine::WebhookCommand>(records->command)) {
      return persistence::webhooks_shard;
    }
    const auto* check_in = std::get_if<engine::CheckIn>(&records->command);
    if (check_in != nullptr) {
      return cluster::shard_of(check_in->offering.view(), config.shard_count);
    }
    const auto shard = std::get<engine::SettleDeadLetter>(records->command).id.shard;
    // What no shard has, none has.
    return shard.value < config.shard_count ? shard : engine::ShardId{};
  }
  return std::get<engine::ReservationRequest>(request.what).reservation.shard();
}

}  // namespace cavea::actors
