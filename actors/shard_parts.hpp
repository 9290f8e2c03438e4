#pragma once

#include "actors/inbox_reads.hpp"
#include "actors/money_count.hpp"
#include "actors/probe.hpp"
#include "actors/reads.hpp"
#include "actors/saga_actor.hpp"
#include "actors/shard_holder.hpp"
#include "actors/shard_log.hpp"
#include "actors/turn_feed.hpp"
#include "actors/webhook_book.hpp"
#include "actors/work_inbox.hpp"

#include <caf/all.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace cavea::actors {

/// What the actors of a shard work with. Everything outlives them.
struct ShardParts {
  engine::ShardId id;
  std::uint16_t shard_count = 1;
  std::int64_t rest_ms = 2'000;
  std::int64_t idle_ms = 60'000;
  std::int64_t work_max = 0;  ///< Works on their way at which a shard is full.
  std::int64_t idempotency_ms = 24 * 3'600'000;
  std::int64_t keep_ms =
      0;  ///< How long turns are kept for readers; 0: while consensus needs them.
  const persistence::StateReader* reader = nullptr;
  persistence::Journal* journal = nullptr;
  Reads* reads = nullptr;
  TurnFeed* feed = nullptr;
  InboxReads* inboxes = nullptr;
  MoneyCount* money = nullptr;
  WebhookBook* webhooks = nullptr;
  ActorsProbe* probe = nullptr;
  caf::actor diary;
  WorkInbox* inbox = nullptr;                    ///< From the bus.
  std::atomic<std::int64_t>* waiting = nullptr;  ///< Works of this shard on their way.
  std::function<std::int64_t()> clock_ms;        ///< Wall clock.
  std::function<void(const engine::OfferingId&)> before_decision;  ///< A fault to inject, or empty.
  std::function<void(WorkPtr)> send_home;  ///< To the shard in `Work::home`.
  SagaParts sagas;
  ShardHolder* holder = nullptr;
  ShardLogParts log;
  std::vector<cluster::ServerId> members;  ///< Who is to have the shard, first who is to lead it.

  /// The shard leads and takes commands. On its actor's thread, as the others.
  std::function<void()> on_leads;
  std::function<void()> on_follows;  ///< It does not, or not any more.
  std::function<void()> begin_copy;  ///< The state is about to be replaced by a copy,
  std::function<void()> end_copy;    ///< and now the whole copy is handed in.
  std::function<void(std::shared_ptr<ShardLog>)> lead;    ///< Spawns the actor that leads,
  std::function<void(std::shared_ptr<ShardLog>)> follow;  ///< or the one that follows.
  persistence::Journal::FailureHandler on_failure;
};

}  // namespace cavea::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::shared_ptr<const cavea::actors::ShardParts>)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(std::shared_ptr<cavea::actors::ShardLog>)
