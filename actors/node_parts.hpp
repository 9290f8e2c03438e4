#pragma once

#include "actors/change_reads.hpp"
#include "actors/inbox_reads.hpp"
#include "actors/key_directory.hpp"
#include "actors/messages.hpp"
#include "actors/money_count.hpp"
#include "actors/node.hpp"
#include "actors/open_gate.hpp"
#include "actors/reads.hpp"
#include "actors/reconciliation_board.hpp"
#include "actors/shard_holder.hpp"
#include "actors/shard_parts.hpp"
#include "actors/step_answers.hpp"
#include "actors/swept_reservations.hpp"
#include "actors/turn_feed.hpp"
#include "actors/webhook_book.hpp"
#include "actors/work_inbox.hpp"

#include <caf/all.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace cavea::actors {

[[nodiscard]] std::int64_t system_clock_ms();

/// CAF reads nothing from the command line or from files: the node's own configuration decides.
struct SchedulerConfig : caf::actor_system_config {
  explicit SchedulerConfig(const NodeConfig& config) {
    // With `stealing`, a message may wait behind a handler that runs long (measured: 4 ms).
    set("scheduler.policy", caf::atom("sharing"));
    set("scheduler.max-threads", static_cast<std::size_t>(config.workers));
    set("scheduler.max-throughput", static_cast<std::size_t>(1'000));
  }
};

[[nodiscard]] bool deletes_venue(const engine::CommandRequest& request);

struct WebhookParts;

/// A shard as the bus sees it. Counter and inbox have a cache line of their own.
struct alignas(64) Shard {
  std::atomic<std::int64_t> waiting{0};
  WorkInbox inbox;
  ShardHolder holder;
  bool was_open = false;  ///< Led or followed since the start, as the next under `Parts::roles`.
  bool leads = false;
  caf::actor notifications;
  caf::actor webhooks;
  caf::actor sink;

  void push(WorkPtr work) {
    if (inbox.push(std::move(work))) holder.tell(inbox_atom::value);
  }
};

/// What a node is made of.
struct Node::Parts {
  Parts(
      engine::CommandBus& own_bus,
      NodeConfig node_config,
      persistence::Store& store,
      persistence::JournalProbe& journal_probe,
      ActorsProbe& actors_probe,
      persistence::Journal::FailureHandler failure_handler)
      : bus(own_bus),
        config(std::move(node_config)),
        probe(actors_probe),
        on_failure(failure_handler),
        scheduler_config(config),
        shards(config.shard_count),
        system(scheduler_config),
        feed(reads, config.shard_count),
        changes(reads, feed, config.shard_count, config.data_id),
        inboxes(reads, config.shard_count),
        money(reads, config.shard_count),
        webhooks(reader, reads, actors_probe),
        reader(store, config.shard_count),
        copies(reader),
        keys(reader, config.shard_count, failure_handler),
        reads(
            reader,
            journal,
            actors_probe,
            failure_handler,
            {.threads = config.reader_threads, .waiting_max = config.reads_max}),
        journal(store, journal_probe, failure_handler),
        gate(config.shard_count) {}

  engine::CommandBus& bus;
  NodeConfig config;
  ActorsProbe& probe;
  persistence::Journal::FailureHandler on_failure;
  SchedulerConfig scheduler_config;
  // Works point to the counters of their shard: they are destroyed last.
  std::vector<Shard> shards;
  StepAnswers step_answers;  ///< Works point to it, too.
  // Destroyed after the journal and the readers, whose threads send to actors until they end.
  caf::actor_system system;
  TurnFeed feed;
  SweptReservations swept;
  ChangeReads changes;
  InboxReads inboxes;
  MoneyCount money;
  ReconciliationBoard reconciliation;
  caf::actor diary;
  caf::actor reconciler;  ///< Null: nothing can be paid.
  WebhookBook webhooks;
  persistence::StateReader reader;
  StateCopies copies;
  KeyDirectory keys;
  Reads reads;
  persistence::Journal journal;  ///< Hands reads over until it ends.
  OpenGate gate;
  std::mutex roles;  ///< Which shards lead, and who tells others of what happens there.
  bool has_consumers = false;
  std::atomic<bool> is_ready{false};
  std::atomic<bool> is_stopped{false};
  std::atomic<bool> is_drained{false};  ///< Nothing is kept any more.

  void spawn_shard(std::uint16_t number);
  void give_shard(ShardHolder& holder, caf::actor actor);
  void hand_log_over(ShardParts& parts, std::weak_ptr<const ShardParts> weak);
  void on_leads(std::uint16_t number);
  void on_follows(std::uint16_t number);
  void note_open(Shard& shard);
  void spawn_consumers(std::uint16_t number);
  void stop_consumers(Shard& shard);
  [[nodiscard]] std::optional<std::uint64_t> told_until(engine::ShardId shard) const;
  void hold_log_for_notifications();
  void spawn_notifications(std::uint16_t number);
  [[nodiscard]] std::shared_ptr<WebhookParts> webhook_parts(std::uint16_t number);
  void hold_log_for_webhooks();
  void spawn_webhooks(std::uint16_t number);
  void spawn_sink(std::uint16_t number);
  void spawn_reconciler();
  void answer_reconciliation(bool is_to_start, engine::ReturnAddress back);
  void test_webhook(engine::TestWebhook query, engine::ReturnAddress back);
  [[nodiscard]] std::optional<engine::Refusal> refuse_replay(
      const engine::CommandRequest& request) const;
  void keep(engine::ShardId shard, KeepRecords request);
  [[nodiscard]] bool is_full(std::uint16_t shard) const;
  void send(
      engine::ShardId shard,
      WorkItem item,
      engine::ReturnAddress back,
      std::uint64_t key_new_at_us = 0);
  void send_command(
      engine::ShardId shard,
      engine::CommandRequest request,
      engine::ReturnAddress back,
      std::uint64_t key_new_at_us = 0);
  void send_with_key(
      engine::ShardId shard, engine::CommandRequest request, engine::ReturnAddress back);
  void find_key_then_send(
      engine::ShardId shard, engine::CommandRequest request, engine::ReturnAddress back);
  /// To its home shard, after another one, on which its key was used before, has looked for the
  /// key.
  void send_by_way_of(
      engine::ShardId other,
      engine::ShardId home,
      engine::CommandRequest request,
      engine::ReturnAddress back);
  void send_home(WorkPtr work);
  void send_subscription(
      const engine::OfferingId& offering, WorkItem item, engine::AnswerSink* sink);
  [[nodiscard]] engine::ShardId shard_of(const engine::CommandRequest& request) const;
};

}  // namespace cavea::actors
